/** What a field of the usage record is, whatever it is a part of. */

/** What a field may hold by itself. Whoever writes or shows fields says how for each of these. */
export interface PlainTypes {
  readonly text: string;
  /** ISO 8601. */
  readonly time: string;
  readonly 'epoch-ms': number;
  readonly flag: boolean;
  readonly integer: number;
  readonly count: number;
  /** Recorded in whole ones. */
  readonly milliseconds: number;
  /** Recorded in tenths. */
  readonly 'fine-milliseconds': number;
  /** Nano-USD; US dollars as a decimal string where it is shown. */
  readonly money: bigint;
  /** The same of what makes an amount larger, or smaller: below zero. */
  readonly 'money-change': bigint;
  /** US dollars as a decimal string. */
  readonly usd: string;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly amounts: Readonly<Record<string, number>>;
}

/** One field, and where it shows. */
export type FieldOf<Type extends string> = {
  readonly type: Type;
  /** Of a record that has it only where there is something to say. */
  readonly optional?: true;
  /** Name in the request's log line; absent: not there. */
  readonly log?: string;
  /** Metric that it is a value of. */
  readonly metric?: string;
} & (InAnswers | NotInAnswers);

export interface InAnswers {
  /** Name in the admin API's answers. */
  readonly api: string;
  /** What the API's document says of it beside its type. */
  readonly words?: string;
  /** A count that the rollups add up, under the same name. */
  readonly measure?: true;
  /** Title of its column in the command's tables; absent: no column. */
  readonly column?: string;
}

type NotInAnswers = { readonly [Key in keyof InAnswers]?: undefined };

type OptionalNames<Of> = { [Name in keyof Of]: Of[Name] extends { readonly optional: true } ? Name : never }[keyof Of];

/** What fields hold, by their names. */
export type ValuesOf<Types, Of extends Readonly<Record<string, FieldOf<keyof Types & string>>>> = {
  readonly [Name in Exclude<keyof Of, OptionalNames<Of>>]: Types[Of[Name]['type']];
} & { readonly [Name in OptionalNames<Of>]?: Types[Of[Name]['type']] };

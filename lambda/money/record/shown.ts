import type { InAnswers } from './field';
import type { Field } from './fields';

type Fields = Readonly<Record<string, Field>>;
/** Where a field may show. */
type Place = 'api' | 'log' | 'metric' | 'measure' | 'column';

/** The types of all of these fields. */
export type TypeOf<Of extends Fields> = Of[keyof Of]['type'];

/** The types of the fields that show there. */
export type TypeShown<Of extends Fields, At extends Place> = {
  [Name in keyof Of]: Of[Name] extends { readonly [Key in At]: unknown } ? Of[Name]['type'] : never;
}[keyof Of];

/** A field with its name, for those who go through all that show somewhere. */
export type Shown<Of extends Fields, At extends Place> = Field & { readonly name: string; readonly type: TypeShown<Of, At> } & {
  readonly [Key in At]-?: NonNullable<Field[Key]>;
} & (At extends keyof InAnswers ? InAnswers : unknown);

/** The fields that show there, in their order. */
export function shown<Of extends Fields, At extends Place>(fields: Of, at: At): readonly Shown<Of, At>[] {
  return named(fields).filter((field) => field[at] !== undefined) as unknown as readonly Shown<Of, At>[];
}

/** All fields with their names, in their order. */
export function named<Of extends Field>(fields: Readonly<Record<string, Of>>): readonly (Of & { readonly name: string })[] {
  return Object.entries(fields).map(([name, field]) => ({ ...field, name }));
}

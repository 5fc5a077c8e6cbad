import type { KeptRecord } from '../ports';
import type { AttemptRecord } from '../record';

/** What usage is told apart by. A request that has no value of a dimension lacks it here. */
export interface UsageTuple {
  readonly team?: string;
  readonly project?: string;
  readonly user?: string;
  readonly key?: string;
  /** The model as the caller asked for it. */
  readonly alias?: string;
  readonly provider?: string;
  /** `provider/model`, as it was asked of the provider. */
  readonly model?: string;
  readonly region?: string;
  /** `ok`, or an error's code. */
  readonly outcome?: string;
  /** Of a refused call: whose budget or limit it was. */
  readonly level?: string;
  /** On whose behalf the caller asked, as it says. */
  readonly end_user?: string;
  /** Of what the key is bound to. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Of what the caller said of the request. */
  readonly labels?: Readonly<Record<string, string>>;
}

type Plain = Exclude<keyof UsageTuple, 'tags' | 'labels'>;

/** Dimensions with one value a request; beside them there are `tag:NAME` and `label:NAME`. */
export const PLAIN_DIMENSIONS: readonly Plain[] = [
  'team',
  'project',
  'user',
  'key',
  'alias',
  'provider',
  'model',
  'region',
  'outcome',
  'level',
  'end_user',
];
const NAMED = /^(tag|label):(.+)$/s;

/** What a record's requests are counted under; of one that no provider answered, under the last that was asked. */
export function tupleOf(record: KeptRecord): UsageTuple {
  const last = record.attempts?.at(-1);
  const provider = record.provider ?? last?.provider;
  const model = record.requestModel ?? last?.model;
  return made({ ...whoOf(record), ...placeOf(provider, model, last?.region), outcome: record.outcome ?? 'ok' });
}

/** What one attempt is counted under. */
export function tupleOfAttempt(record: KeptRecord, { provider, model, region, outcome }: AttemptRecord): UsageTuple {
  return made({ ...whoOf(record), ...placeOf(provider, model, region), outcome });
}

function whoOf({ teamId, projectId, userId, keyId, originalModel, tags, labels, endUser }: KeptRecord): Fields {
  return { team: teamId, project: projectId, user: userId, key: keyId, alias: originalModel, tags, labels, end_user: endUser };
}

function placeOf(provider: string | undefined, model: string | undefined, region: string | undefined): Fields {
  return { provider, region, model: provider === undefined || model === undefined ? undefined : `${provider}/${model}` };
}

type Fields = { readonly [Name in keyof UsageTuple]?: UsageTuple[Name] | undefined };

/** The tuple of these fields: equal ones have equal texts. */
function made(fields: Fields): UsageTuple {
  const tuple: Record<string, unknown> = {};
  for (const name of PLAIN_DIMENSIONS) if (fields[name] !== undefined && fields[name] !== '') tuple[name] = fields[name];
  for (const name of ['tags', 'labels'] as const) {
    const pairs = Object.entries(fields[name] ?? {}).filter(([, value]) => value !== '');
    if (pairs.length > 0) tuple[name] = Object.fromEntries(pairs.sort(([left], [right]) => (left < right ? -1 : 1)));
  }
  return tuple as UsageTuple;
}

/** The tuple with other values in place of its own. @param change gets a dimension and its value there */
export async function changed(
  tuple: UsageTuple,
  change: (dimension: string, value: string) => Promise<string | undefined>,
): Promise<UsageTuple> {
  const fields: Record<string, unknown> = { ...tuple };
  for (const name of PLAIN_DIMENSIONS) if (tuple[name] !== undefined) fields[name] = await change(name, tuple[name]);
  if (tuple.labels !== undefined) {
    const labels: Record<string, string> = {};
    for (const [name, value] of Object.entries(tuple.labels)) {
      const kept = await change(`label:${name}`, value);
      if (kept !== undefined) labels[name] = kept;
    }
    fields['labels'] = labels;
  }
  return made(fields);
}

/** As text, the same for the same tuple. */
export function textOfTuple(tuple: UsageTuple): string {
  return JSON.stringify(tuple);
}

export function isDimension(name: string): boolean {
  return (PLAIN_DIMENSIONS as readonly string[]).includes(name) || NAMED.test(name);
}

/** Its value of a dimension; a tag that nothing binds is the caller's label of that name. */
export function dimensionOf(tuple: UsageTuple, dimension: string): string | undefined {
  const [, kind, name] = NAMED.exec(dimension) ?? [];
  if (name === undefined) return tuple[dimension as Plain];
  const label = own(tuple.labels, name);
  return kind === 'label' ? label : (own(tuple.tags, name) ?? label);
}

function own(pairs: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return pairs !== undefined && Object.hasOwn(pairs, name) ? pairs[name] : undefined;
}

import type { TransitionFields } from '../../money/ports';
import type { CounterReservation, RequestResult } from '../../money/record';
import type { Item, Storable } from './attributes';
import { toAttribute } from './attributes';
import { attributeName, writeReservation } from './request-record';

/** One update of a record: its expression, and the values for it. */
export interface TransitionUpdate {
  readonly expression: string;
  readonly names: Record<string, string>;
  /** Holds what the result says; what the expression sets beside it is for the store to fill in. */
  readonly values: Item;
}

const RESULT_FIELDS: readonly (keyof RequestResult)[] = [
  'status',
  'outcome',
  'provider',
  'requestModel',
  'responseModel',
  'usage',
  'costNanoUsd',
  'priceVersion',
  'priceSource',
  'attempts',
  'finishReason',
  'incomplete',
  'latencyMs',
  'timeToFirstChunkMs',
  'overheadMs',
  'malformedEvents',
  'labels',
];
const ATTRIBUTES = RESULT_FIELDS.map(attributeName);
const PLACEHOLDERS = ATTRIBUTES.map((name) => `:${name}`);
const ALWAYS = ['id', 'state', 'updated_at', 'ttl'];
const OPEN = ['open_shard', 'open_until'];
/** A record stays where it was first listed, so that what is adjusted late is found by the day on which it ended. */
const LISTED = ['feed', 'feed_at'];

/** By the combination of attributes that an update sets. The same few come all the time. */
const made = new Map<number, TransitionUpdate>();
const MOST_MADE = 500;

/** Writes what a change of state sets. */
export function writeTransition(fields: TransitionFields, conditionValues: Item): TransitionUpdate {
  const present: number[] = [];
  let combination = (fields.openUntilMs === undefined ? 0 : fields.openUntilMs === null ? 1 : 2) + (fields.listed === true ? 4 : 0);
  for (let index = 0; index < RESULT_FIELDS.length; index++) {
    if (fields[RESULT_FIELDS[index] as keyof RequestResult] === undefined) continue;
    combination += 8 << index;
    present.push(index);
  }
  let update = made.get(combination);
  if (update === undefined) {
    if (made.size >= MOST_MADE) made.clear();
    update = makeUpdate(fields, present);
    made.set(combination, update);
  }
  // The copy of an object with all its keys is made at once; one that grows key by key is not.
  const values: Item = { ...update.values, ...conditionValues };
  for (const index of present) {
    values[PLACEHOLDERS[index] as string] = toAttribute(fields[RESULT_FIELDS[index] as keyof RequestResult] as Storable);
  }
  return { expression: update.expression, names: update.names, values };
}

/** The same update, which also says what the counters hold: for a record that may not exist yet. */
export function withHeld(
  update: TransitionUpdate,
  held: { readonly counters: readonly CounterReservation[]; readonly expiresAtMs: number } | undefined,
): TransitionUpdate {
  if (held === undefined) return update;
  const { expression, names, values } = update;
  return {
    expression: expression.replace('SET ', 'SET #counters = :counters, #expires = :expires, '),
    names: { ...names, '#counters': 'counters', '#expires': attributeName('expiresAtMs') },
    values: { ...values, ':counters': { L: held.counters.map(writeReservation) }, ':expires': { N: String(held.expiresAtMs) } },
  };
}

function makeUpdate(fields: TransitionFields, present: readonly number[]): TransitionUpdate {
  const attributes = [
    ...ALWAYS,
    ...present.map((index) => ATTRIBUTES[index] as string),
    ...(typeof fields.openUntilMs === 'number' ? OPEN : []),
    ...(fields.listed === true ? LISTED : []),
  ];
  const remove = fields.openUntilMs === null ? ` REMOVE ${OPEN.join(', ')}` : '';
  const blank = attributes.map((name) => `":${name}":{"NULL":true}`);
  return {
    expression: `SET ${attributes.map((name) => `#${name} = ${LISTED.includes(name) ? `if_not_exists(#${name}, :${name})` : `:${name}`}`).join(', ')}${remove}`,
    names: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
    values: JSON.parse(`{${blank.join(',')}}`) as Item,
  };
}

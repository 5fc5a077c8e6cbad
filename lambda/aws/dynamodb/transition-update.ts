import type { TransitionFields } from '../../money/ports';
import type { CounterReservation, RequestResult } from '../../money/record';
import { INTENT_FIELDS, RESULT_FIELDS } from '../../money/record';
import type { Item } from './attributes';
import { combinations } from './combinations';
import { blankItem, type WritableField, writable, writeReservations } from './request-record';

/** One update of a record: its expression, and the values for it. */
export interface TransitionUpdate {
  readonly expression: string;
  readonly names: Record<string, string>;
  /** Holds what the result says; what the expression sets beside it is for the store to fill in. */
  readonly values: Item;
}

const ALWAYS = ['id', 'state', 'updated_at', 'ttl'];
const OPEN = ['open_shard', 'open_until'];
/** A record stays where it was first listed, so that what is adjusted late is found by the day on which it ended. */
const LISTED = ['feed', 'feed_at'];

const LEFT_OPEN = 0;
const TAKEN_OUT = 1;
const KEPT_OPEN = 2;
const ADDED_TO_LIST = 3;

const updateOf = combinations(writable(RESULT_FIELDS), makeUpdate);

/** Writes what a change of state sets. */
export function writeTransition(fields: TransitionFields, conditionValues: Item): TransitionUpdate {
  const open = fields.openUntilMs === undefined ? LEFT_OPEN : fields.openUntilMs === null ? TAKEN_OUT : KEPT_OPEN;
  const { present, made } = updateOf(fields, open + (fields.listed === true ? ADDED_TO_LIST : 0));
  const values: Item = { ...made.values, ...conditionValues };
  for (const { name, placeholder, write } of present) values[placeholder] = write(fields[name as keyof RequestResult]);
  return { expression: made.expression, names: made.names, values };
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
    names: { ...names, '#counters': INTENT_FIELDS.counters.attribute, '#expires': INTENT_FIELDS.expiresAtMs.attribute },
    values: { ...values, ':counters': writeReservations(held.counters), ':expires': { N: String(held.expiresAtMs) } },
  };
}

function makeUpdate(present: readonly WritableField[], kind: number): TransitionUpdate {
  const open = kind % ADDED_TO_LIST;
  const attributes = [
    ...ALWAYS,
    ...present.map(({ attribute }) => attribute),
    ...(open === KEPT_OPEN ? OPEN : []),
    ...(kind >= ADDED_TO_LIST ? LISTED : []),
  ];
  const remove = open === TAKEN_OUT ? ` REMOVE ${OPEN.join(', ')}` : '';
  return {
    expression: `SET ${attributes.map((name) => `#${name} = ${LISTED.includes(name) ? `if_not_exists(#${name}, :${name})` : `:${name}`}`).join(', ')}${remove}`,
    names: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
    values: blankItem(attributes.map((name) => `:${name}`)),
  };
}

import type { PageEntry, TakenTokens, WindowName } from '../ports/pages';
import { CALL_FIELDS, type Field, named, RESULT_FIELDS } from '../record';
import type { Held, LastWord } from './decide';
import type { QueuedWork, SettlementQueue } from './persist';

/** JSON has no such integers, so they are written as text. */
const AMOUNTS = named<Field>({ ...CALL_FIELDS, ...RESULT_FIELDS }).flatMap(({ name, type }) =>
  type === 'money' || type === 'money-change' ? [{ name, mayBeBelowZero: type === 'money-change' }] : [],
);

/** Writes work as a queue's message. */
export function writeQueued(work: QueuedWork): string {
  return JSON.stringify(work, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Reads a message back. Undefined when it is none of ours, which no retry would change. */
export function readQueued(message: unknown): QueuedWork | undefined {
  if (!isObject(message) || !Array.isArray(message['held'])) return undefined;
  const { kind } = message;
  const record = readWord(message['record']);
  if ((kind !== 'settle' && kind !== 'unsent') || record === undefined) return undefined;
  const held: Held[] = [];
  for (const one of message['held']) {
    const entry = isObject(one) && typeof one['key'] === 'string' ? readEntry(one['entry']) : undefined;
    if (entry === undefined) return undefined;
    held.push({ key: one.key, entry });
  }
  return { kind, record, held };
}

function readWord(found: unknown): LastWord | undefined {
  if (!isObject(found) || typeof found['id'] !== 'string' || !Array.isArray(found['pages'])) return undefined;
  if ((found['state'] !== 'settled' && found['state'] !== 'void') || found['costNanoUsd'] === undefined) return undefined;
  const read: Record<string, unknown> = { ...found };
  for (const { name, mayBeBelowZero } of AMOUNTS) {
    const amount = read[name];
    if (amount === undefined) continue;
    if (typeof amount !== 'string' || !isAmount(mayBeBelowZero ? amount.replace(/^-/, '') : amount)) return undefined;
    read[name] = BigInt(amount);
  }
  return read as unknown as LastWord;
}

function readEntry(found: unknown): PageEntry | undefined {
  if (!isObject(found)) return undefined;
  const { nanoUsd, heardByMs, expiresAtMs, starts, slot, tokens, tryNumber } = found;
  if (!isAmount(nanoUsd) || typeof heardByMs !== 'number' || typeof expiresAtMs !== 'number') return undefined;
  if (typeof slot !== 'boolean' || !isObject(starts) || !isObject(tokens)) return undefined;
  if (!Object.values(starts).every((startMs) => typeof startMs === 'number')) return undefined;
  if (
    !Object.values(tokens).every((taken) => isObject(taken) && typeof taken['startMs'] === 'number' && typeof taken['amount'] === 'number')
  )
    return undefined;
  return {
    nanoUsd: BigInt(nanoUsd),
    heardByMs,
    expiresAtMs,
    starts: starts as Record<string, number>,
    slot,
    tokens: tokens as Partial<Record<WindowName, TakenTokens>>,
    tryNumber: typeof tryNumber === 'number' ? tryNumber : undefined,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isAmount(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,30}$/.test(value);
}

/** A settlement queue over a queue of text. */
export function settlementQueue(queue: { send(message: string): Promise<void> }): SettlementQueue {
  return { send: (work) => queue.send(writeQueued(work)) };
}

import type { CounterReservation, Field, RequestResult } from '../record/fields';
import { named, RESULT_FIELDS } from '../record/fields';
import type { Unsent } from './abandonment';
import type { QueuedWork, SettlementQueue } from './persist';
import type { Settlement } from './settlement';

/** JSON has no such integers, so they are written as text. */
const AMOUNTS: readonly string[] = named<Field>(RESULT_FIELDS).flatMap(({ name, type }) => (type === 'money' ? [name] : []));

/** Writes work as a queue's message. */
export function writeQueued(work: QueuedWork): string {
  return JSON.stringify(work, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Reads a message back. Undefined when it is none of ours, which no retry would change. */
export function readQueued(message: unknown): QueuedWork | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const fields = message as Record<string, unknown>;
  if (typeof fields['attemptId'] !== 'string') return undefined;
  return fields['kind'] === 'unsent' ? readUnsent(fields['attemptId'], fields) : readSettlement(fields['attemptId'], fields);
}

function readSettlement(attemptId: string, { kind, result }: Record<string, unknown>): Settlement | undefined {
  if ((kind !== 'settle' && kind !== 'release') || typeof result !== 'object' || result === null) return undefined;
  const read: Record<string, unknown> = { ...result };
  if (read['costNanoUsd'] === undefined) return undefined;
  for (const name of AMOUNTS) {
    const amount = read[name];
    if (amount === undefined) continue;
    if (!isAmount(amount)) return undefined;
    read[name] = BigInt(amount);
  }
  return { attemptId, kind, result: read as RequestResult };
}

function readUnsent(attemptId: string, { outcome, counters, expiresAtMs }: Record<string, unknown>): Unsent | undefined {
  if (typeof outcome !== 'string' || typeof expiresAtMs !== 'number' || !Array.isArray(counters)) return undefined;
  const read: CounterReservation[] = [];
  for (const { counter, nanoUsd } of counters as Record<string, unknown>[]) {
    if (typeof counter !== 'string' || !isAmount(nanoUsd)) return undefined;
    read.push({ counter, nanoUsd: BigInt(nanoUsd) });
  }
  return { attemptId, kind: 'unsent', outcome, counters: read, expiresAtMs };
}

function isAmount(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,30}$/.test(value);
}

/** A settlement queue over a queue of text. */
export function settlementQueue(queue: { send(message: string, delaySeconds?: number): Promise<void> }): SettlementQueue {
  return { send: (work, delaySeconds) => queue.send(writeQueued(work), delaySeconds) };
}

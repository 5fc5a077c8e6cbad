import type { CounterReservation, RequestResult } from '../record/request-record';
import type { Unsent } from './abandonment';
import type { QueuedWork, SettlementQueue } from './persist';
import type { Settlement } from './settlement';

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
  const { costNanoUsd, ...rest } = result as Record<string, unknown>;
  if (!isAmount(costNanoUsd)) return undefined;
  return { attemptId, kind, result: { ...(rest as RequestResult), costNanoUsd: BigInt(costNanoUsd) } };
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

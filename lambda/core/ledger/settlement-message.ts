import type { RequestResult } from '../stores/request-record';
import type { SettlementQueue } from './reservation';
import type { Settlement } from './settlement';

/** Writes a settlement as a queue's message. */
export function writeSettlement(settlement: Settlement): string {
  return JSON.stringify(settlement, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** Reads a message back. Undefined when it is not a settlement, which no retry would change. */
export function readSettlement(message: unknown): Settlement | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { attemptId, kind, result } = message as Record<string, unknown>;
  if (typeof attemptId !== 'string' || (kind !== 'settle' && kind !== 'release') || typeof result !== 'object' || result === null)
    return undefined;
  const { costNanoUsd, ...rest } = result as Record<string, unknown>;
  if (typeof costNanoUsd !== 'string' || !/^\d{1,30}$/.test(costNanoUsd)) return undefined;
  return { attemptId, kind, result: { ...(rest as RequestResult), costNanoUsd: BigInt(costNanoUsd) } };
}

/** A settlement queue over a queue of text. */
export function settlementQueue(queue: { send(message: string): Promise<void> }): SettlementQueue {
  return { send: (settlement) => queue.send(writeSettlement(settlement)) };
}

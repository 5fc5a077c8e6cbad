import type { Refusal } from './admission';
import type { KeyRow } from './holders';
import type { BoundLevel } from './levels';
import { levelName, type PlannedCounter } from './plan';

/** Why a key's row admits nothing; undefined when it does. */
export function keyRefusal(row: KeyRow | undefined, nowMs: number): Refusal | undefined {
  if (row === undefined) return { reason: 'key_invalid' };
  if (row.status === 'revoked') return { reason: 'key_revoked', level: 'key', levelId: row.id };
  if (row.status === 'blocked') return { reason: 'key_blocked', level: 'key', levelId: row.id };
  if (row.expiresAt !== undefined && Date.parse(row.expiresAt) <= nowMs) return { reason: 'key_expired', level: 'key', levelId: row.id };
  return undefined;
}

/** The refusal of a level that is not open. */
export function shutRefusalOf(level: BoundLevel): Refusal {
  return { reason: level.status === 'revoked' ? 'key_revoked' : 'key_blocked', ...levelName(level) };
}

/** A budget's refusal as callers are told. */
export function moneyRefusalOf(
  planned: PlannedCounter,
  kind: 'spent' | 'reserved',
  retryAfterMs: number | undefined,
  neededNanoUsd: bigint,
  nowMs: number,
): Refusal {
  const named = { ...levelName(planned.level), limit: planned.budget.period, neededNanoUsd };
  if (kind === 'reserved') return { reason: 'budget_reserved', ...named, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const untilReset = planned.period.endMs - nowMs;
  return { reason: 'budget_spent', ...named, ...(Number.isFinite(untilReset) ? { retryAfterMs: untilReset } : {}) };
}

/** A limit's refusal as callers are told. */
export function gateRefusalOf(level: PlannedCounter['level'], limit: string, retryAfterMs: number): Refusal {
  const reason = limit === 'concurrent_requests' ? 'concurrency_limited' : 'rate_limited';
  return { reason, ...levelName(level), limit, retryAfterMs };
}

import type { PlannedPage } from '../pages';
import type { Refusal } from './admission';
import type { KeyRow, LevelKind } from './holders';
import type { BoundLevel } from './levels';
import type { MoneyPlace } from './money-place';
import type { LimitRefusal, MoneyRefusal } from './refusals';

/** Why a key's row admits nothing; undefined when it does. */
export function keyRefusal(row: KeyRow, nowMs: number): Refusal | undefined {
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
  { page, period }: MoneyPlace,
  { kind, retryAfterMs }: MoneyRefusal,
  neededNanoUsd: bigint,
  nowMs: number,
): Refusal {
  const named = { ...levelName(page.level), ...(period.budget === undefined ? {} : { limit: period.budget.period }), neededNanoUsd };
  if (kind === 'reserved') return { reason: 'budget_reserved', ...named, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const untilReset = period.spec.endMs - nowMs;
  return { reason: 'budget_spent', ...named, ...(Number.isFinite(untilReset) ? { retryAfterMs: untilReset } : {}) };
}

/** A limit's refusal as callers are told. */
export function limitRefusalOf({ level }: PlannedPage, { limit, retryAfterMs }: LimitRefusal): Refusal {
  const reason = limit === 'concurrent_requests' ? 'concurrency_limited' : 'rate_limited';
  return { reason, ...levelName(level), limit, retryAfterMs };
}

/** The level as a refusal names it. */
function levelName(level: BoundLevel): { readonly level: LevelKind; readonly levelId: string } {
  return { level: level.kind, levelId: level.id };
}

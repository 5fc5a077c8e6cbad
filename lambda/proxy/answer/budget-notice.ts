import type { Refusal, Reservation } from '../../money/ledger';
import type { DialectCodec } from '../../wire/protocols';

type Notice = Readonly<Record<string, string>> | undefined;

/**
 * How the caller's own client is told that a budget is nearly spent.
 *
 * @param ownNanoUsd what this call holds itself, which is mostly cap that it will not use
 */
export function budgetNotice(dialect: DialectCodec, budget: Reservation['budget'], ownNanoUsd: bigint): Notice {
  if (dialect.budgetHeaders === undefined || budget === undefined) return undefined;
  const { limitNanoUsd, remainingNanoUsd } = budget;
  return dialect.budgetHeaders({ spent: false, limitNanoUsd, usedNanoUsd: limitNanoUsd - remainingNanoUsd - ownNanoUsd });
}

/**
 * The same for a budget that is spent.
 *
 * @param nowMs epoch ms
 */
export function spentNotice(dialect: DialectCodec, { reason, retryAfterMs }: Refusal, nowMs: number): Notice {
  if (dialect.budgetHeaders === undefined || reason !== 'budget_spent') return undefined;
  return dialect.budgetHeaders({
    spent: true,
    ...(retryAfterMs === undefined ? {} : { resetsAt: Math.ceil((nowMs + retryAfterMs) / 1_000) }),
  });
}

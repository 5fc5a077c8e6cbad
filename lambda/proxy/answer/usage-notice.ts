import type { Refusal, Reservation } from '../../money/ledger';
import type { DialectName } from '../../wire/model';

/** Shares of a budget from which on a caller is warned, dearest first. */
const THRESHOLDS = [0.95, 0.75] as const;
const FAMILY = 'anthropic-ratelimit-unified';

/**
 * How Anthropic's own clients are told that a budget is nearly spent: Claude Code shows it as a notice. Other callers have
 * `x-gateway-budget-*`.
 *
 * @param ownNanoUsd what this call holds itself, which is mostly cap that it will not use
 * @returns no headers while there is nothing to warn of
 */
export function usageNotice(dialect: DialectName, budget: Reservation['budget'], ownNanoUsd: bigint): Record<string, string> {
  if (dialect !== 'anthropic-messages' || budget === undefined || budget.limitNanoUsd <= 0n) return {};
  const spent = budget.limitNanoUsd - budget.remainingNanoUsd - ownNanoUsd;
  const share = Number((spent * 1_000n) / budget.limitNanoUsd) / 1_000;
  const threshold = THRESHOLDS.find((least) => share >= least);
  if (threshold === undefined) return {};
  return {
    [`${FAMILY}-status`]: 'allowed_warning',
    [`${FAMILY}-representative-claim`]: 'overage',
    [`${FAMILY}-overage-status`]: 'allowed_warning',
    [`${FAMILY}-overage-utilization`]: String(share),
    [`${FAMILY}-overage-surpassed-threshold`]: String(threshold),
  };
}

/**
 * The same for a budget that is spent.
 *
 * @param nowMs epoch ms
 */
export function spentNotice(dialect: DialectName, { reason, retryAfterMs }: Refusal, nowMs: number): Record<string, string> {
  if (dialect !== 'anthropic-messages' || reason !== 'budget_spent') return {};
  const reset = retryAfterMs === undefined ? undefined : String(Math.ceil((nowMs + retryAfterMs) / 1_000));
  return {
    [`${FAMILY}-status`]: 'rejected',
    [`${FAMILY}-representative-claim`]: 'overage',
    [`${FAMILY}-overage-status`]: 'rejected',
    ...(reset === undefined ? {} : { [`${FAMILY}-reset`]: reset, [`${FAMILY}-overage-reset`]: reset }),
  };
}

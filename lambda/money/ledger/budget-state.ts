import type { BudgetConfig } from '../../../lib/private/contract';
import type { JsonObject } from '../../platform/json';
import type { CounterStore } from '../ports/counters';
import { formatUsd } from '../pricing/money';
import type { FreshBudgets } from './fresh-budget';
import type { BoundLevel } from './levels';
import type { Period } from './period';
import { plannedCounter } from './plan';

/** Where the figures come from. */
export interface BudgetSources {
  readonly counters: Pick<CounterStore, 'get'>;
  /** Of budgets that no call has met in their period. */
  readonly fresh: FreshBudgets;
}

/**
 * How every budget of a level stands at this moment, as the APIs show it: the counters' own figures, not the rollups'.
 *
 * @param scope how the caller knows the level: `team:research`
 */
export function budgetStates(
  { counters, fresh }: BudgetSources,
  level: BoundLevel,
  scope: string,
  nowMs: number,
): Promise<readonly JsonObject[]> {
  return Promise.all(
    level.budgets.map(async (budget) => {
      const planned = plannedCounter(level, budget, nowMs);
      const { spec, period } = planned;
      const counter = await counters.get(spec.key);
      // A counter that has not met today's budget yet moves by the difference when it does.
      const remaining =
        counter === undefined
          ? spec.limitNanoUsd - ((await fresh(planned))?.spentNanoUsd ?? 0n)
          : counter.remainingNanoUsd + spec.limitNanoUsd - counter.limitNanoUsd;
      const reserved = [...(counter?.open.values() ?? [])].reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
      return {
        ...nameOf(budget, scope),
        limit_usd: formatUsd(spec.limitNanoUsd),
        spent_usd: formatUsd(spec.limitNanoUsd - remaining - reserved),
        reserved_usd: formatUsd(reserved),
        remaining_usd: formatUsd(remaining),
        resets_at: resetOf(period),
      };
    }),
  );
}

/** That a level has budgets, for callers who may not know how they stand. */
export function budgetNames(level: BoundLevel, scope: string, nowMs: number): readonly JsonObject[] {
  return level.budgets.map((budget) => ({ ...nameOf(budget, scope), resets_at: resetOf(plannedCounter(level, budget, nowMs).period) }));
}

function nameOf({ period, model, soft = false }: BudgetConfig, scope: string): JsonObject {
  return { scope, period, ...(model === undefined ? {} : { model }), soft };
}

function resetOf({ endMs }: Period): string | null {
  return Number.isFinite(endMs) ? new Date(endMs).toISOString() : null;
}

import type { BudgetConfig } from '../../../lib/private/contract';
import type { JsonObject } from '../../platform/json';
import type { BoundLevel } from '../ledger/levels';
import { periodAt } from '../ledger/period';
import type { PageStore } from '../ports/page-store';
import type { PageState } from '../ports/pages';
import { formatUsd, usd } from '../pricing/money';
import { type PlannedPage, type PlannedPeriod, plannedPage } from './plan';
import { readWhole } from './shards';

/** What a level spent in a period before it stood on its page. Undefined: the budget is gone. */
export type SpentBefore = (page: PlannedPage, period: PlannedPeriod) => Promise<bigint | undefined>;

/** Where the figures come from. */
export interface BudgetSources {
  readonly pages: Pick<PageStore, 'read'>;
  readonly spentBefore: SpentBefore;
  /** Frees what dead calls hold on these pages, so that nobody is shown it as reserved. Default: nothing is freed. */
  readonly heal?: (pages: readonly PageState[]) => Promise<void>;
}

/**
 * How every budget of a level stands at this moment, as the APIs show it: the pages' own figures, not the rollups'.
 *
 * @param scope how the caller knows the level: `team:research`
 */
export async function budgetStates(
  sources: BudgetSources,
  level: BoundLevel,
  scope: string,
  nowMs: number,
): Promise<readonly JsonObject[]> {
  const narrowings = [...new Set(level.budgets.map(({ model = '*' }) => model))];
  const planned = narrowings.map((narrowing) => plannedPage(level, narrowing, nowMs));
  const roots = planned.map(({ spec }) => spec.key);
  let states = await readWhole(sources.pages, roots);
  const found = states.filter((state) => state !== undefined);
  if (sources.heal !== undefined && found.some(({ open }) => open.size > 0)) {
    await sources.heal(found);
    states = await readWhole(sources.pages, roots);
  }
  return Promise.all(
    level.budgets.map(async (budget) => {
      const index = narrowings.indexOf(budget.model ?? '*');
      const { spent, reserved } = await figuresOf(sources, planned[index] as PlannedPage, budget, states[index], nowMs);
      const limit = limitOf(budget, nowMs);
      return {
        ...nameOf(budget, scope),
        limit_usd: formatUsd(limit),
        spent_usd: formatUsd(spent),
        reserved_usd: formatUsd(reserved),
        remaining_usd: formatUsd(limit - spent - reserved),
        resets_at: resetOf(level, budget, nowMs),
      };
    }),
  );
}

/** That a level has budgets, for callers who may not know how they stand. */
export function budgetNames(level: BoundLevel, scope: string, nowMs: number): readonly JsonObject[] {
  return level.budgets.map((budget) => ({ ...nameOf(budget, scope), resets_at: resetOf(level, budget, nowMs) }));
}

async function figuresOf(
  { spentBefore }: BudgetSources,
  page: PlannedPage,
  budget: BudgetConfig,
  state: PageState | undefined,
  nowMs: number,
): Promise<{ readonly spent: bigint; readonly reserved: bigint }> {
  const startMs = periodAt(budget.period, nowMs, page.level.timeZone).startMs;
  const period = page.periods.find(({ spec, budget: own }) => own?.period === budget.period && spec.startMs === startMs);
  if (period === undefined) return { spent: 0n, reserved: 0n };
  const { name } = period.spec;
  const found = state?.periods[name];
  if (found === undefined) return { spent: (await spentBefore(page, period)) ?? 0n, reserved: 0n };
  // Its last call was in a period that has passed.
  if (found.startMs < startMs) return { spent: 0n, reserved: 0n };
  let reserved = 0n;
  for (const { nanoUsd, starts } of state?.open.values() ?? []) if (starts[name] === found.startMs) reserved += nanoUsd;
  return { spent: found.limitNanoUsd - found.remainingNanoUsd - reserved, reserved };
}

function limitOf({ limit_usd, increase }: BudgetConfig, nowMs: number): bigint {
  const extra = increase === undefined || Date.parse(increase.expires_at) <= nowMs ? 0n : usd(increase.limit_usd);
  return usd(limit_usd) + extra;
}

function nameOf({ period, model, soft = false }: BudgetConfig, scope: string): JsonObject {
  return { scope, period, ...(model === undefined ? {} : { model }), soft };
}

function resetOf({ timeZone }: BoundLevel, { period }: BudgetConfig, nowMs: number): string | null {
  const { endMs } = periodAt(period, nowMs, timeZone);
  return Number.isFinite(endMs) ? new Date(endMs).toISOString() : null;
}

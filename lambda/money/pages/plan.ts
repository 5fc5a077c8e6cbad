import type { BudgetConfig, LimitsConfig } from '../../../lib/private/contract';
import { bindsModel } from '../../wire/model';
import type { RemovedBudget } from '../ledger/holders';
import type { BoundLevel } from '../ledger/levels';
import { type Period, periodAt } from '../ledger/period';
import type { PageSpec, PeriodSpec, WindowName } from '../ports/pages';
import { usd } from '../pricing/money';
import { pageKey } from './names';

/** A budget, as one period of a page. */
export interface PlannedPeriod {
  readonly spec: PeriodSpec;
  /** Undefined: the page counts it although there is no budget. */
  readonly budget: BudgetConfig | undefined;
  readonly period: Period;
  /** Its budget was taken away, or there is none: it is shown to nobody. */
  readonly hidden: boolean;
}

/** A page that a request must reserve on. */
export interface PlannedPage {
  readonly spec: PageSpec;
  readonly level: BoundLevel;
  readonly narrowing: string;
  readonly periods: readonly PlannedPeriod[];
}

/** What a budget's and a limit's patterns are held against. */
export interface PageQuestion {
  readonly originalModel: string;
  readonly candidateModels: readonly string[];
}

/** Steps of a page's generation for each of its level's: one more than increases can end on one page. */
const STEPS = 8;
const EVERY_MODEL = '*';
const LIMITS = ['requests_per_minute', 'requests_per_day', 'tokens_per_minute', 'tokens_per_day', 'concurrent_requests'] as const;
/** What a key's page counts also without a budget, so that one put in force later knows what was spent. */
const ALWAYS_COUNTED = ['month', 'lifetime'] as const;

/**
 * The pages that a request reserves on, the first of the attempt first: one for each level and glob that has a budget or a limit, and the
 * key's own in any case.
 *
 * @param phases least generation by page, learnt from pages that knew better
 */
export function pagesOf(
  levels: readonly BoundLevel[],
  { originalModel, candidateModels }: PageQuestion,
  nowMs: number,
  phases: ReadonlyMap<string, number>,
): readonly PlannedPage[] {
  const first: PlannedPage[] = [];
  const others: PlannedPage[] = [];
  for (const level of levels) {
    for (const page of keptPages(level, nowMs, phases)) {
      const { narrowing } = page;
      if (narrowing !== EVERY_MODEL && !bindsModel(narrowing, originalModel, candidateModels)) continue;
      if (level.kind === 'key' && narrowing === EVERY_MODEL) first.push(page);
      else if (isNeeded(page.spec)) others.push(page);
    }
  }
  for (const page of others) first.push(page);
  return first;
}

function isNeeded({ periods, requests, tokens, slots }: PageSpec): boolean {
  return periods.length > 0 || hasAny(requests) || hasAny(tokens) || slots !== undefined;
}

/** What a level's pages are from one moment to another. */
interface KeptPages {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly phases: readonly (number | undefined)[];
  readonly pages: readonly PlannedPage[];
}

/** Levels are kept as long as their rows hold. */
const kept = new WeakMap<BoundLevel, KeptPages>();

function keptPages(level: BoundLevel, nowMs: number, phases: ReadonlyMap<string, number>): readonly PlannedPage[] {
  const found = kept.get(level);
  if (found !== undefined && found.fromMs <= nowMs && nowMs < found.untilMs && isSamePhase(found, phases)) return found.pages;
  const pages = [...narrowingsOf(level)].map((narrowing) => plannedPage(level, narrowing, nowMs, phases));
  const known = pages.map(({ spec }) => phases.get(spec.key));
  kept.set(level, { fromMs: nowMs, untilMs: untilOf(level, pages, nowMs), phases: known, pages });
  return pages;
}

function isSamePhase({ pages, phases: known }: KeptPages, phases: ReadonlyMap<string, number>): boolean {
  for (let index = 0; index < pages.length; index++) if (phases.get((pages[index] as PlannedPage).spec.key) !== known[index]) return false;
  return true;
}

/** When the next period begins, or the next increase ends. */
function untilOf(level: BoundLevel, pages: readonly PlannedPage[], nowMs: number): number {
  let untilMs = Number.POSITIVE_INFINITY;
  const until = (ms: number): void => {
    if (ms > nowMs && ms < untilMs) untilMs = ms;
  };
  for (const { periods } of pages) for (const { spec } of periods) until(spec.endMs);
  for (const budget of level.budgets) until(endOf(budget));
  for (const removed of level.removedBudgets) until(removed.untilMs ?? Number.POSITIVE_INFINITY);
  return untilMs;
}

/** Globs for which a level has a budget or limits, the wide one always. */
export function narrowingsOf(level: BoundLevel): ReadonlySet<string> {
  const globs = new Set([EVERY_MODEL]);
  for (const { model } of level.budgets) if (model !== undefined) globs.add(model);
  for (const { budget } of level.removedBudgets) if (budget.model !== undefined) globs.add(budget.model);
  for (const glob in level.limits.per_model) globs.add(glob);
  return globs;
}

/** One page of a level at a moment. */
export function plannedPage(
  level: BoundLevel,
  narrowing: string,
  nowMs: number,
  phases: ReadonlyMap<string, number> = new Map(),
): PlannedPage {
  const key = pageKey(level.label, narrowing);
  const own = level.budgets.filter(({ model = EVERY_MODEL }) => model === narrowing);
  const { ended, generation } = generationOf(key, level.limitsGeneration, own, nowMs, phases);
  const periods = new Map<string, PlannedPeriod>();
  for (const budget of own) {
    const planned = plannedPeriod(level, budget, nowMs, ended);
    const other = periods.get(planned.spec.name);
    // Two budgets of one level, period and glob are one: the tighter.
    if (other === undefined || planned.spec.limitNanoUsd < other.spec.limitNanoUsd) periods.set(planned.spec.name, planned);
  }
  for (const removed of level.removedBudgets) {
    if ((removed.budget.model ?? EVERY_MODEL) !== narrowing) continue;
    const planned = countingPeriod(level, removed, nowMs);
    if (planned !== undefined && !periods.has(planned.spec.name)) periods.set(planned.spec.name, planned);
  }
  for (const budget of level.kind === 'key' && narrowing === EVERY_MODEL ? alwaysCounted() : []) {
    const planned = plannedPeriod(level, budget, nowMs, ended);
    if (!periods.has(planned.spec.name)) {
      periods.set(planned.spec.name, { ...planned, spec: { ...planned.spec, binds: false }, budget: undefined, hidden: true });
    }
  }
  const { per_model: perModel = {} } = level.limits;
  const limits = narrowing === EVERY_MODEL ? tighter(level.limits, perModel[EVERY_MODEL]) : (perModel[narrowing] ?? {});
  const list = [...periods.values()];
  const spec: PageSpec = { key, root: key, generation, periods: list.map((period) => period.spec), ...limitsOf(limits) };
  return { spec, level, narrowing, periods: list };
}

/**
 * A period's name on its page. A budget that was put in force in mid-period without having been counted until then counts for itself: what
 * stands under the plain name may have a gap.
 */
export function periodName(
  level: Pick<BoundLevel, 'restarts'>,
  narrowing: string,
  period: BudgetConfig['period'],
  startMs: number,
): string {
  const restart = level.restarts[restartName(narrowing, period, startMs)];
  return restart === undefined ? period : `${period}.${restart}`;
}

/** How a level's row names one period of one of its pages. */
export function restartName(narrowing: string, period: BudgetConfig['period'], startMs: number): string {
  return `${narrowing}#${period}#${startMs}`;
}

/** A budget that was taken away: it counts until its period ends, and refuses nothing. */
export function countingPeriod(level: BoundLevel, { budget, timeZone, untilMs }: RemovedBudget, nowMs: number): PlannedPeriod | undefined {
  if (untilMs !== undefined && untilMs <= nowMs) return undefined;
  const planned = plannedPeriod({ ...level, timeZone }, budget, nowMs, NOTHING_ENDED);
  return { ...planned, spec: { ...planned.spec, binds: false }, hidden: true };
}

const NOTHING_ENDED: ReadonlySet<BudgetConfig> = new Set();

function plannedPeriod(level: BoundLevel, budget: BudgetConfig, nowMs: number, ended: ReadonlySet<BudgetConfig>): PlannedPeriod {
  const period = periodAt(budget.period, nowMs, level.timeZone);
  const extra = budget.increase === undefined || ended.has(budget) ? 0n : usd(budget.increase.limit_usd);
  const spec: PeriodSpec = {
    name: periodName(level, budget.model ?? EVERY_MODEL, budget.period, period.startMs),
    startMs: period.startMs,
    endMs: period.endMs,
    limitNanoUsd: usd(budget.limit_usd) + extra,
    binds: budget.soft !== true,
  };
  return { spec, budget, period, hidden: false };
}

/**
 * A page's generation: several for each of its level's, so that the end of a temporary increase, which nobody writes, is a step of its own
 * and never taken back by a process whose clock is behind.
 */
function generationOf(
  key: string,
  levelGeneration: number,
  budgets: readonly BudgetConfig[],
  nowMs: number,
  phases: ReadonlyMap<string, number>,
): { readonly generation: number; readonly ended: ReadonlySet<BudgetConfig> } {
  const known = phases.get(key) ?? 0;
  const base = levelGeneration * STEPS;
  const increased = budgets.filter(({ increase }) => increase !== undefined).sort((left, right) => endOf(left) - endOf(right));
  const over = increased.filter((budget) => endOf(budget) <= nowMs).length;
  const count = known > base && known < base + STEPS ? Math.max(over, known - base) : over;
  // A level without a row goes by the document, also where it had a row before: its page's generation is then as good as any.
  const generation = levelGeneration === 0 ? Math.max(base + count, known) : base + count;
  return { generation, ended: new Set(increased.slice(0, count)) };
}

function endOf({ increase }: BudgetConfig): number {
  return increase === undefined ? Number.POSITIVE_INFINITY : Date.parse(increase.expires_at);
}

/** What a key's page counts without a budget, as budgets of nothing. */
export function alwaysCounted(): readonly BudgetConfig[] {
  return ALWAYS_COUNTED.map((period) => ({ period, limit_usd: '0' }));
}

/** Limits of every model may be written in two places: of each the tighter holds. */
function tighter(limits: LimitsConfig, others: LimitsConfig = {}): LimitsConfig {
  const both: Record<string, number> = {};
  for (const name of LIMITS) {
    const least = Math.min(limits[name] ?? Number.POSITIVE_INFINITY, others[name] ?? Number.POSITIVE_INFINITY);
    if (least !== Number.POSITIVE_INFINITY) both[name] = least;
  }
  return both;
}

function limitsOf(limits: LimitsConfig): Pick<PageSpec, 'requests' | 'tokens' | 'slots'> {
  return {
    requests: windowed(limits.requests_per_minute, limits.requests_per_day),
    tokens: windowed(limits.tokens_per_minute, limits.tokens_per_day),
    slots: limits.concurrent_requests,
  };
}

function windowed(minute: number | undefined, day: number | undefined): Readonly<Partial<Record<WindowName, number>>> {
  const limits: Partial<Record<WindowName, number>> = {};
  if (minute !== undefined) limits.minute = minute;
  if (day !== undefined) limits.day = day;
  return limits;
}

function hasAny(limits: object): boolean {
  for (const _window in limits) return true;
  return false;
}

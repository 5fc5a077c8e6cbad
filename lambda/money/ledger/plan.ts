import type { BudgetConfig, LimitsConfig } from '../../../lib/private/contract';
import { bindsModel } from '../../wire/model';
import type { CounterSpec } from '../ports/counters';
import type { GateSpec } from '../ports/gates';
import { usd } from '../pricing/money';
import type { LevelKind, RemovedBudget } from './holders';
import type { BoundLevel } from './levels';
import { counterKey, gateKey } from './names';
import { type Period, periodAt } from './period';

/** A money counter that a request must hold money on. */
export interface PlannedCounter {
  readonly spec: CounterSpec;
  /** The item to reserve on: the counter, or one of its escrow shards. */
  readonly key: string;
  readonly level: BoundLevel;
  readonly budget: BudgetConfig;
  readonly period: Period;
  /** Its budget was taken away: it is shown to nobody. */
  readonly removed?: boolean;
}

/** Rates, tokens and concurrency that a request must pass. */
export interface PlannedGate {
  readonly spec: GateSpec;
  readonly level: BoundLevel;
}

/** Everything that one request must reserve. */
export interface Plan {
  readonly counters: readonly PlannedCounter[];
  readonly gates: readonly PlannedGate[];
}

/** What a budget's and a limit's patterns are held against. */
export interface PlanRequest {
  readonly originalModel: string;
  readonly candidateModels: readonly string[];
  /** Free calls touch no budget. */
  readonly free: boolean;
}

/**
 * Lists what binds a request.
 *
 * @param phases least generation by counter key, learnt from counters that knew better (see `generationOf`)
 */
export function planOf(levels: readonly BoundLevel[], request: PlanRequest, nowMs: number, phases: ReadonlyMap<string, number>): Plan {
  const covers = (pattern: string): boolean => bindsModel(pattern, request.originalModel, request.candidateModels);
  const counters = new Map<string, PlannedCounter>();
  const gates: PlannedGate[] = [];
  for (const level of levels) {
    for (const budget of request.free ? [] : level.budgets) {
      if (budget.model !== undefined && !covers(budget.model)) continue;
      const planned = plannedCounter(level, budget, nowMs, phases);
      const other = counters.get(planned.spec.key);
      // Two budgets of one level, period and glob are one: the tighter.
      if (other === undefined || planned.spec.limitNanoUsd < other.spec.limitNanoUsd) counters.set(planned.spec.key, planned);
    }
    for (const removed of request.free ? [] : level.removedBudgets) {
      if (removed.budget.model !== undefined && !covers(removed.budget.model)) continue;
      const planned = removedCounter(level, removed, nowMs, phases);
      if (planned !== undefined && !counters.has(planned.spec.key)) counters.set(planned.spec.key, planned);
    }
    const top = gateSpec(level.label, '*', level.limits);
    if (top !== undefined) gates.push({ spec: top, level });
    for (const [glob, limits] of Object.entries(level.limits.per_model ?? {})) {
      const spec = covers(glob) ? gateSpec(level.label, glob, limits) : undefined;
      if (spec !== undefined) gates.push({ spec, level });
    }
  }
  return { counters: [...counters.values()], gates };
}

/** The counter of one budget at a moment. */
export function plannedCounter(
  level: BoundLevel,
  budget: BudgetConfig,
  nowMs: number,
  phases: ReadonlyMap<string, number> = new Map(),
): PlannedCounter {
  const period = periodAt(budget.period, nowMs, level.timeZone);
  const key = counterKey(level.label, budget.model ?? '*', budget.period, period.startMs, level.restarts);
  const over = budget.increase === undefined || Date.parse(budget.increase.expires_at) <= nowMs;
  const ended = over || (phases.get(key) ?? 0) >= generationOf(level.generation, true);
  const extra = ended || budget.increase === undefined ? 0n : usd(budget.increase.limit_usd);
  const own = generationOf(level.generation, budget.increase !== undefined && ended);
  const spec: CounterSpec = {
    key,
    limitNanoUsd: usd(budget.limit_usd) + extra,
    // A level without a row goes by the document, also where it had a row before: its counter's generation is then as good as any.
    generation: level.generation === 0 ? Math.max(own, phases.get(key) ?? 0) : own,
    soft: budget.soft === true,
  };
  return { spec, key, level, budget, period };
}

/** The counter of a budget that was taken away: it counts until its period ends, and refuses nothing. */
export function removedCounter(
  level: BoundLevel,
  { budget, timeZone, untilMs }: RemovedBudget,
  nowMs: number,
  phases: ReadonlyMap<string, number> = new Map(),
): PlannedCounter | undefined {
  if (untilMs !== undefined && untilMs <= nowMs) return undefined;
  const planned = plannedCounter({ ...level, timeZone }, budget, nowMs, phases);
  return { ...planned, spec: { ...planned.spec, soft: true }, removed: true };
}

/**
 * A counter's generation: two for each of its level's, so that the end of a temporary increase, which nobody writes,
 * is a step of its own and never taken back by a process whose clock is behind.
 */
export function generationOf(levelGeneration: number, increaseEnded: boolean): number {
  return levelGeneration * 2 + (increaseEnded ? 1 : 0);
}

function gateSpec(label: string, narrowing: string, limits: LimitsConfig): GateSpec | undefined {
  const spec: GateSpec = {
    key: gateKey(label, narrowing),
    requestsPerMinute: limits.requests_per_minute,
    requestsPerDay: limits.requests_per_day,
    tokensPerMinute: limits.tokens_per_minute,
    tokensPerDay: limits.tokens_per_day,
    concurrentRequests: limits.concurrent_requests,
  };
  const binds = spec.requestsPerMinute ?? spec.requestsPerDay ?? spec.tokensPerMinute ?? spec.tokensPerDay ?? spec.concurrentRequests;
  return binds === undefined ? undefined : spec;
}

/** The level as a refusal names it. */
export function levelName(level: BoundLevel): { readonly level: LevelKind; readonly levelId: string } {
  return { level: level.kind, levelId: level.id };
}

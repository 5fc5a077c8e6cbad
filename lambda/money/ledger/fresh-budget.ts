import type { GatewayDocument } from '../../../lib/private/contract';
import type { Clock, Pause } from '../../platform/runtime';
import type { CounterStore, FreshBudget } from '../ports/counters';
import type { KeyRows, LevelRows } from '../ports/rows';

import type { SpendStore } from '../ports/spend';
import { CALL_TIMEOUT_MS } from './attempt';
import type { LevelRow } from './holders';
import { type BoundLevel, bindLevel } from './levels';
import { LIFETIME_MS } from './lifetime';
import { type PlannedCounter, plannedCounter, removedCounter } from './plan';

export interface FreshBudgetOptions {
  readonly identity: KeyRows;
  readonly counters: Pick<CounterStore, 'get'>;
  readonly levels: Pick<LevelRows, 'refresh'>;
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly clock: Clock;
  /** Default: none were learnt. */
  readonly phases?: ReadonlyMap<string, number>;
  /** What levels have spent, for budgets added in mid-period. Default: nothing. */
  readonly spend?: SpendStore;
}

const NOTHING = { spentNanoUsd: 0n } as const;

/** What a level spent before a counter existed is added up within seconds; it is asked for this long after the counter was made. */
const LATE_MS = [2_000, 8_000] as const;

/** Charges a new counter with what had ended before it was made and was not added up by then. Never rejects. */
export async function chargeLate(
  options: Pick<FreshBudgetOptions, 'spend' | 'clock'> & {
    readonly counters: Pick<CounterStore, 'startFrom'>;
    readonly pause: Pause;
  },
  { level, budget, period, spec }: PlannedCounter,
): Promise<void> {
  const { spend, counters, clock, pause } = options;
  for (const ms of spend === undefined ? [] : LATE_MS) {
    await pause(ms);
    try {
      // What is set aside on the counter itself is added up too, and may be while it is read.
      const counted = await spend?.counted(spec.key);
      const all = await spend?.between(level.label, period.startMs, period.endMs, clock.now(), budget.model);
      if (all !== undefined && counted !== undefined && counted === (await spend?.counted(spec.key))) {
        await counters.startFrom(spec.key, all - counted);
      }
    } catch {
      // The next round asks again.
    }
  }
}

/** Where the counter of a budget starts that does not exist yet. Reads, and writes nothing. Undefined: the budget is gone. */
export type FreshBudgets = (planned: PlannedCounter) => Promise<FreshBudget | undefined>;

/** Reads the budget of a counter that does not exist yet, so that no older limit can create it. */
export function createFreshBudgets(options: FreshBudgetOptions): FreshBudgets {
  const { clock, levels, phases = new Map() } = options;

  async function fresh(planned: PlannedCounter): Promise<FreshBudget | undefined> {
    const { kind, id } = planned.level;
    const row: LevelRow | undefined =
      kind === 'key'
        ? await options.identity.get('key', id, { consistent: true, timeoutMs: CALL_TIMEOUT_MS })
        : await levels.refresh(kind, id);
    const level = bindLevel(options.document, kind, id, row);
    const now = clock.now();
    const binding = level.budgets.map((budget) => plannedCounter(level, budget, now, phases));
    const counting = level.removedBudgets.map((removed) => removedCounter(level, removed, now, phases));
    const own = (candidate: PlannedCounter | undefined): candidate is PlannedCounter => candidate?.spec.key === planned.spec.key;
    const current = (binding.some(own) ? binding : counting)
      .filter(own)
      .sort((left, right) => (left.spec.limitNanoUsd < right.spec.limitNanoUsd ? -1 : 1))[0];
    if (current === undefined) return undefined;
    return { spec: current.spec, ...(await spentBefore(level, current, row, now)) };
  }

  /** A budget that is older than its period has had its counter from the period's first request on. */
  async function spentBefore(
    level: BoundLevel,
    current: PlannedCounter,
    row: LevelRow | undefined,
    now: number,
  ): Promise<Pick<FreshBudget, 'spentNanoUsd' | 'late'>> {
    if (row === undefined || Date.parse(row.updatedAt) <= current.period.startMs) return NOTHING;
    // Nothing was spent by a key before there was one; whom it belongs to, and tags, may be older than their rows.
    if (level.kind === 'key' && row.updatedAt === row.createdAt) return NOTHING;
    const moved = await spentInOtherZone(level, current, Date.parse(row.updatedAt), now);
    if (moved !== undefined) return { spentNanoUsd: moved };
    if (options.spend === undefined) return NOTHING;
    const { startMs, endMs } = current.period;
    return { spentNanoUsd: await between(level, startMs, endMs, now, current.budget.model), late: true };
  }

  /**
   * The budget's counter from before the time zone changed, under way requests included, corrected by what the periods do not share: that
   * is hours old, so it is all there.
   */
  async function spentInOtherZone(
    level: BoundLevel,
    { budget, period, spec }: PlannedCounter,
    changedMs: number,
    now: number,
  ): Promise<bigint | undefined> {
    const same = level.removedBudgets.find(
      ({ budget: other }) => other.period === budget.period && (other.model ?? '*') === (budget.model ?? '*'),
    );
    const planned = same === undefined ? undefined : removedCounter(level, same, now, phases);
    if (planned === undefined || planned.spec.key === spec.key) return undefined;
    const counter = await options.counters.get(planned.spec.key, CALL_TIMEOUT_MS);
    if (counter === undefined) return undefined;
    // What began since the change is set aside on both.
    const both = [...counter.open.values()].filter(({ expiresAtMs }) => expiresAtMs - LIFETIME_MS >= changedMs);
    const spent = both.reduce((sum, { nanoUsd }) => sum - nanoUsd, counter.limitNanoUsd - counter.remainingNanoUsd);
    const oldStartMs = planned.period.startMs;
    if (oldStartMs === period.startMs) return spent;
    return period.startMs < oldStartMs
      ? spent + (await between(level, period.startMs, oldStartMs, now, budget.model))
      : spent - (await between(level, oldStartMs, period.startMs, now, budget.model));
  }

  async function between(level: BoundLevel, startMs: number, endMs: number, now: number, model: string | undefined): Promise<bigint> {
    return (await options.spend?.between(level.label, startMs, endMs, now, model)) ?? 0n;
  }

  return fresh;
}

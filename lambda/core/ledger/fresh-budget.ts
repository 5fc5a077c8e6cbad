import type { GatewayDocument } from '../../../lib/private/contract';
import type { Clock } from '../runtime/clock';
import type { FreshBudget } from '../stores/counters';
import type { IdentityStore } from '../stores/identity';
import { CALL_TIMEOUT_MS } from './attempt';
import { bindLevel, type LevelCache } from './levels';
import { type PlannedCounter, plannedCounter, removedCounter } from './plan';

/** What a level spent in a period before its counter existed, in nano-USD. */
export type SpentBefore = (
  level: { readonly kind: string; readonly id: string },
  startMs: number,
  endMs: number,
  model?: string,
) => Promise<bigint>;

export interface FreshBudgetOptions {
  readonly identity: IdentityStore;
  readonly levels: LevelCache;
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly clock: Clock;
  readonly phases: ReadonlyMap<string, number>;
  readonly spentBefore?: SpentBefore;
  readonly pause: (ms: number) => Promise<void>;
}

/** Reads the budget of a counter that does not exist yet, so that no older limit can create it. Undefined: it is gone. */
export function createFreshBudgets(options: FreshBudgetOptions): (planned: PlannedCounter) => Promise<FreshBudget | undefined> {
  const { clock, levels, phases, pause } = options;

  async function fresh(planned: PlannedCounter): Promise<FreshBudget | undefined> {
    const { kind, id } = planned.level;
    const row =
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
    const { startMs, endMs } = current.period;
    // A budget that is older than the period had a counter from the period's first request on.
    const changed = row !== undefined && row.updatedAt !== row.createdAt && Date.parse(row.updatedAt) > startMs;
    const spentNanoUsd = changed ? await spentSince({ kind, id }, startMs, endMs, current.budget.model) : 0n;
    return { spec: current.spec, spentNanoUsd };
  }

  /** The rollups have no deadline of their own that a waiting caller could bear. */
  async function spentSince(
    level: { kind: string; id: string },
    startMs: number,
    endMs: number,
    model: string | undefined,
  ): Promise<bigint> {
    if (options.spentBefore === undefined) return 0n;
    const late = pause(CALL_TIMEOUT_MS).then(() => {
      throw Object.assign(new Error('the rollups do not answer'), { name: 'TimeoutError' });
    });
    late.catch(() => undefined);
    return Promise.race([options.spentBefore(level, startMs, endMs, model), late]);
  }

  return fresh;
}

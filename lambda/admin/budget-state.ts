import type { GatewayDocument } from '../../lib/private/contract';
import { bindLevel, plannedCounter } from '../core/ledger';
import type { JsonObject } from '../core/model/json';
import { formatUsd } from '../core/pricing/money';
import type { CounterStore, LevelKind, LevelRecord } from '../core/stores';

export interface BudgetStateParts {
  readonly counters: Pick<CounterStore, 'get'>;
  readonly document: Partial<Pick<GatewayDocument, 'gateway' | 'defaults'>>;
}

/** How every budget of a level stands at this moment: the counters' own figures, not the rollups'. */
export async function budgetStates(
  parts: BudgetStateParts,
  kind: LevelKind,
  record: LevelRecord,
  now: number,
): Promise<readonly JsonObject[]> {
  const document = { gateway: parts.document.gateway ?? {}, defaults: parts.document.defaults ?? {} };
  const level = bindLevel(document, kind, record.id, record);
  return Promise.all(
    level.budgets.map(async (budget) => {
      const { spec, period } = plannedCounter(level, budget, now);
      const counter = await parts.counters.get(spec.key);
      // A counter that has not met today's budget yet moves by the difference when it does.
      const remaining = counter === undefined ? spec.limitNanoUsd : counter.remainingNanoUsd + spec.limitNanoUsd - counter.limitNanoUsd;
      const reserved = [...(counter?.open.values() ?? [])].reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
      return {
        scope: kind === 'gateway' ? kind : `${kind}:${record.id}`,
        period: budget.period,
        ...(budget.model === undefined ? {} : { model: budget.model }),
        soft: spec.soft,
        limit_usd: formatUsd(spec.limitNanoUsd),
        spent_usd: formatUsd(spec.limitNanoUsd - remaining - reserved),
        reserved_usd: formatUsd(reserved),
        remaining_usd: formatUsd(remaining),
        resets_at: Number.isFinite(period.endMs) ? new Date(period.endMs).toISOString() : null,
      };
    }),
  );
}

import type { GatewayDocument } from '../../lib/private/contract';
import type { AlertStore, RollupStore } from '../aws/dynamodb';
import type { IdentityStore, LevelRecord } from '../identity';
import type { LevelKind } from '../money/ledger';
import { bindLevel, plannedCounter } from '../money/ledger';
import { formatUsd } from '../money/pricing';
import type { Clock } from '../platform/runtime';

export interface BudgetAlertParts {
  readonly identity: Pick<IdentityStore, 'get'>;
  readonly rollups: Pick<RollupStore, 'row'>;
  /** What a counter started with: rollups know what was set aside on it since. */
  readonly spentBefore: (counter: string) => Promise<bigint>;
  readonly alerts: AlertStore;
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly clock: Pick<Clock, 'now'>;
}

const COUNTER = /^money#([a-z]+)#(.+)#([^#]+)#(hour|day|week|month|lifetime)#(\d+)(?:\.\d+)?$/;

/**
 * Raises an alert for every threshold that the spend on these counters has reached. Looks at how things stand, not at what
 * changed, so that doing it again finds the same and raises nothing twice.
 */
export async function raiseBudgetAlerts(parts: BudgetAlertParts, counters: readonly string[]): Promise<void> {
  for (const counter of new Set(counters)) await checkCounter(parts, counter);
}

async function checkCounter({ identity, rollups, spentBefore, alerts, document, clock }: BudgetAlertParts, counter: string): Promise<void> {
  const match = COUNTER.exec(counter);
  if (match === null) return;
  const [, kind, id, model, period, start] = match as unknown as [string, LevelKind, string, string, string, string];
  const row = (await identity.get(kind, id)) as LevelRecord | undefined;
  const level = bindLevel(document, kind, id, row);
  const watched = level.budgets.filter(
    (budget) => budget.period === period && (budget.model ?? '*') === model && budget.alert_at !== undefined,
  );
  if (watched.length === 0) return;

  const [before, since] = await Promise.all([
    spentBefore(counter),
    rollups.row({ scope: '', dimension: 'counter', value: counter }, '', 0),
  ]);
  const spent = before + (since?.cost_nano_usd ?? 0n);
  for (const budget of watched) {
    const limit = plannedCounter(level, budget, clock.now()).spec.limitNanoUsd;
    for (const threshold of budget.alert_at ?? []) {
      if (spent * 1_000_000n < limit * BigInt(Math.round(threshold * 1_000_000))) continue;
      await alerts.raise({
        counter,
        level: kind,
        levelId: id,
        period,
        periodStart: new Date(Number(start)).toISOString(),
        ...(model === '*' ? {} : { model }),
        threshold,
        limitUsd: formatUsd(limit),
        spentNanoUsd: spent,
        at: new Date(clock.now()).toISOString(),
      });
    }
  }
}

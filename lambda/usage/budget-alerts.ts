import type { GatewayDocument } from '../../lib/private/contract';
import type { AlertStore, Contribution } from '../aws/dynamodb';
import type { IdentityStore, LevelRecord } from '../identity';
import { bindLevel, type LevelKind, periodAt } from '../money/ledger';
import { type BudgetSources, budgetStates, pageKey } from '../money/pages';
import { parseUsd } from '../money/pricing';
import type { Clock } from '../platform/runtime';

export interface BudgetAlertParts {
  readonly identity: Pick<IdentityStore, 'get'>;
  readonly budgets: BudgetSources;
  readonly alerts: AlertStore;
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Raises an alert for every threshold that the spend of these calls' levels has reached. Looks at how things stand, not at what changed, so
 * that doing it again finds the same and raises nothing twice.
 */
export async function raiseBudgetAlerts(
  parts: BudgetAlertParts,
  contributions: readonly Pick<Contribution, 'levels' | 'pages'>[],
): Promise<void> {
  const spentAt = new Set<string>();
  for (const { levels, pages } of contributions) {
    for (const label of levels) if (pages.some((page) => page.startsWith(pageKey(label, '')))) spentAt.add(label);
  }
  for (const label of spentAt) await checkLevel(parts, label);
}

async function checkLevel({ identity, budgets, alerts, document, clock }: BudgetAlertParts, label: string): Promise<void> {
  const kind = label.slice(0, label.indexOf('#')) as LevelKind;
  const id = label.slice(kind.length + 1);
  const whole = bindLevel(document, kind, id, (await identity.get(kind, id)) as LevelRecord | undefined);
  const level = { ...whole, budgets: whole.budgets.filter(({ alert_at: thresholds }) => thresholds !== undefined) };
  if (level.budgets.length === 0) return;
  const nowMs = clock.now();
  const states = await budgetStates(budgets, level, label, nowMs);
  for (const [index, { period, model, alert_at: thresholds = [] }] of level.budgets.entries()) {
    const limitUsd = String(states[index]?.['limit_usd']);
    const [spent, limit] = [parseUsd(String(states[index]?.['spent_usd'])) ?? 0n, parseUsd(limitUsd) ?? 0n];
    const { startMs } = periodAt(period, nowMs, level.timeZone);
    for (const threshold of thresholds) {
      if (spent * 1_000_000n < limit * BigInt(Math.round(threshold * 1_000_000))) continue;
      await alerts.raise({
        counter: `${pageKey(label, model ?? '*')}#${period}#${startMs}`,
        level: kind,
        levelId: id,
        period,
        periodStart: new Date(startMs).toISOString(),
        ...(model === undefined ? {} : { model }),
        threshold,
        limitUsd,
        spentNanoUsd: spent,
        at: new Date(nowMs).toISOString(),
      });
    }
  }
}

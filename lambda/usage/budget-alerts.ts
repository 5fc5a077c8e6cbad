import { type BudgetConfig, EVENTS, type GatewayDocument } from '../../lib/private/contract';
import type { AlertStore } from '../aws/dynamodb';
import type { IdentityStore, LevelRecord } from '../identity';
import { bindLevel, type LevelKind, periodAt } from '../money/ledger';
import { type BudgetSources, budgetStates, pageKey } from '../money/pages';
import type { SpendStore } from '../money/ports';
import { formatUsd, parseUsd } from '../money/pricing';
import type { Contribution } from '../money/rollup';
import { type Clock, isoTime, type Log } from '../platform/runtime';

export interface BudgetAlertParts {
  readonly identity: Pick<IdentityStore, 'get'>;
  readonly budgets: BudgetSources;
  /** What was spent in periods that their pages have left behind. */
  readonly spend: Pick<SpendStore, 'between'>;
  readonly alerts: AlertStore;
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

const PERCENT = 100;

type BoundLevel = ReturnType<typeof bindLevel>;
type Calls = readonly Pick<Contribution, 'levels' | 'pages'>[];

/**
 * Raises an alert for every threshold that the spend of these calls' levels has reached. Looks at how things stand, not at what changed, so
 * that doing it again finds the same and raises nothing twice.
 */
export async function raiseBudgetAlerts(parts: BudgetAlertParts, calls: Calls): Promise<void> {
  const spentAt = new Set<string>();
  for (const { levels, pages } of calls) {
    for (const label of levels) if (pages.some(({ page }) => page.startsWith(pageKey(label, '')))) spentAt.add(label);
  }
  for (const label of spentAt) await checkLevel(parts, label, calls);
}

async function checkLevel(parts: BudgetAlertParts, label: string, calls: Calls): Promise<void> {
  const { identity, budgets, document, clock } = parts;
  const kind = label.slice(0, label.indexOf('#')) as LevelKind;
  const id = label.slice(kind.length + 1);
  const whole = bindLevel(document, kind, id, (await identity.get(kind, id)) as LevelRecord | undefined);
  const level = { ...whole, budgets: whole.budgets.filter(({ alert_at: thresholds }) => thresholds !== undefined) };
  if (level.budgets.length === 0) return;
  const nowMs = clock.now();
  const states = await budgetStates(budgets, level, label, nowMs);
  for (const [index, budget] of level.budgets.entries()) {
    const limitUsd = String(states[index]?.['limit_usd']);
    const { startMs } = periodAt(budget.period, nowMs, level.timeZone);
    await raise(parts, level, budget, limitUsd, startMs, parseUsd(String(states[index]?.['spent_usd'])) ?? 0n);
    // Calls of a period's last moments are told of when the next has begun.
    for (const passedMs of passedStarts(label, budget, startMs, calls)) {
      const { endMs } = periodAt(budget.period, passedMs, level.timeZone);
      const spent = await parts.spend.between(label, passedMs, endMs, nowMs, budget.model);
      await raise(parts, level, budget, limitUsd, passedMs, spent);
    }
  }
}

/** Starts of a budget's earlier periods that these calls took money from. */
function passedStarts(label: string, { period, model = '*' }: BudgetConfig, currentMs: number, calls: Calls): ReadonlySet<number> {
  const starts = new Set<number>();
  const key = pageKey(label, model);
  for (const { pages } of calls) {
    for (const { page, starts: taken } of pages) {
      // Of the page itself, or of one of its shards.
      if (page !== key && !page.startsWith(`${key}#`)) continue;
      for (const [name, startMs] of Object.entries(taken)) {
        if ((name === period || name.startsWith(`${period}.`)) && startMs < currentMs) starts.add(startMs);
      }
    }
  }
  return starts;
}

async function raise(
  { alerts, clock, log }: Pick<BudgetAlertParts, 'alerts' | 'clock' | 'log'>,
  { kind, label }: BoundLevel,
  { period, model, alert_at: thresholds = [] }: BudgetConfig,
  limitUsd: string,
  startMs: number,
  spentNanoUsd: bigint,
): Promise<void> {
  const limit = parseUsd(limitUsd) ?? 0n;
  for (const threshold of thresholds) {
    if (spentNanoUsd * 1_000_000n < limit * BigInt(Math.round(threshold * 1_000_000))) continue;
    const counter = `${pageKey(label, model ?? '*')}#${period}#${startMs}`;
    const levelId = label.slice(kind.length + 1);
    const isNew = await alerts.raise({
      id: `${counter}#${threshold}#${limitUsd}`,
      type: EVENTS.BUDGET_THRESHOLD,
      at: isoTime(clock.now()),
      detail: {
        level: kind,
        level_id: levelId,
        period,
        period_start: isoTime(startMs),
        ...(model === undefined ? {} : { model }),
        threshold,
        limit_usd: limitUsd,
        spent_usd: formatUsd(spentNanoUsd),
      },
    });
    if (!isNew) continue;
    // For the finance dashboard.
    const budget = [kind, levelId, period, ...(model === undefined ? [] : [model])].join(' ');
    log.write('info', 'budget-threshold', { budget, count: Math.round(threshold * PERCENT), costNanoUsd: String(spentNanoUsd) });
  }
}

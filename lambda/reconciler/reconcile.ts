import { gunzipSync } from 'node:zlib';
import { type BillConfig, METRICS } from '../../lib/private/contract';
import type { ObjectStore } from '../archive';
import { type RollupStore, rowsOfDay } from '../aws/dynamodb';
import { type BillLine, differencesOf, type OwnUsage, readBill, TOLERATED_MILLIONTHS } from '../money/reconciliation';
import { COST, TEAM_ADJUSTMENT } from '../money/rollup';
import { type Clock, daysBefore, type Log, type Metrics, utcDay } from '../platform/runtime';

export interface ReconcileParts {
  readonly bills: readonly BillConfig[];
  readonly rollups: Pick<RollupStore, 'epochs' | 'list'>;
  bucketOf(name: string): Pick<ObjectStore, 'get' | 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
}

/** Bills are a day or two behind; a day is held against them as long as it may still change there. */
const FIRST_DAYS_AGO = 9;
const LAST_DAYS_AGO = 2;
/** Files of one bill that are read. */
const MOST_FILES = 200;
/** Millionths. */
const PERCENT = 10_000;
/** What cannot be read agrees with nothing. */
const UNREAD_PERCENT = 100;

/** Holds each bill against what was recorded. One that cannot be read is told of, and the others go on. */
export async function reconcile(parts: ReconcileParts): Promise<void> {
  const { bills, clock, log } = parts;
  const days = Array.from({ length: FIRST_DAYS_AGO - LAST_DAYS_AGO + 1 }, (_unused, index) =>
    daysBefore(utcDay(clock.now()), FIRST_DAYS_AGO - index),
  );
  for (const bill of bills) {
    try {
      await reconcileBill(parts, bill, days);
    } catch (error) {
      parts.metrics.emit({ [METRICS.RECONCILIATION_DRIFT]: UNREAD_PERCENT });
      log.write('error', 'bill-unread', {
        provider: bill.provider,
        code: error instanceof Error ? error.name : 'unknown',
        reason: bill.format,
      });
    }
  }
}

async function reconcileBill(parts: ReconcileParts, bill: BillConfig, days: readonly string[]): Promise<void> {
  const { log, metrics } = parts;
  const { provider, format } = bill;
  const lines = (await readLines(parts, bill, days)).filter(({ day }) => days.includes(day));
  if (lines.length === 0) return log.write('warn', 'bill-empty', { provider, reason: format });
  const differences = differencesOf(lines, await ownUsage(parts, provider, [...new Set(lines.map(({ day }) => day))]));
  const drifting = differences.filter(({ driftMillionths }) => driftMillionths > TOLERATED_MILLIONTHS);
  for (const { day, model, measured, driftMillionths } of drifting) {
    log.write('warn', 'bill-drift', { provider, model, reason: `${day} ${measured}`, count: Number(driftMillionths) });
  }
  const worst = Math.max(0, ...differences.map(({ driftMillionths }) => Number(driftMillionths)));
  metrics.emit({ [METRICS.RECONCILIATION_DRIFT]: worst / PERCENT });
  log.write('info', 'bill-reconciled', { provider, count: differences.length });
}

async function readLines({ bucketOf }: ReconcileParts, bill: BillConfig, days: readonly string[]): Promise<readonly BillLine[]> {
  const bucket = bucketOf(bill.bucket);
  const lines: BillLine[] = [];
  for (const key of await keysOf(bucket, bill.prefix, days)) {
    const bytes = await bucket.get(key);
    if (bytes === undefined) continue;
    const text = (key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    // One by one: a file of logs has more lines than a call has arguments.
    for (const line of readBill(bill.format, text).lines) lines.push(line);
  }
  return lines;
}

const A_FILE = /\.(csv|json|jsonl)(\.gz)?$/;
/** A month, or a day, as keys of exports and of logs write it. */
const DATED = /(20\d\d)[-/]?(0[1-9]|1[0-2])(?:[-/]?([0-2]\d|3[01]))?(?!\d)/g;

/** Objects that may hold something of these days: where their keys name a month or a day, only those that name one of these. */
async function keysOf(bucket: Pick<ObjectStore, 'list'>, prefix: string, days: readonly string[]): Promise<readonly string[]> {
  const months = new Set(days.map((day) => day.slice(0, 7)));
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await bucket.list(prefix, after === undefined ? {} : { after });
    found.push(...page.keys.filter((key) => A_FILE.test(key) && mayHold(key.slice(prefix.length), months, days)));
    after = page.more ? page.keys.at(-1) : undefined;
  } while (after !== undefined);
  if (found.length > MOST_FILES) throw Object.assign(new Error('the bill has too many files'), { name: 'TooManyFiles' });
  return found;
}

function mayHold(name: string, months: ReadonlySet<string>, days: readonly string[]): boolean {
  const dates = [...name.matchAll(DATED)];
  if (dates.length === 0) return true;
  return dates.some(([, year, month, day]) =>
    day === undefined ? months.has(`${year}-${month}`) : days.includes(`${year}-${month}-${day}`) || months.has(`${year}-${month}`),
  );
}

/** What each model cost at the provider's terms: without what teams are charged on top. */
async function ownUsage({ rollups }: ReconcileParts, provider: string, days: readonly string[]): Promise<readonly OwnUsage[]> {
  const sums = new Map<string, OwnUsage>();
  for (const day of days) {
    for (const { tuple, sums: row } of await rowsOfDay(rollups, day)) {
      if (tuple.provider !== provider || tuple.model === undefined) continue;
      const model = tuple.model.slice(provider.length + 1);
      const name = `${day} ${model}`;
      const before = sums.get(name);
      sums.set(name, {
        day,
        model,
        nanoUsd: (before?.nanoUsd ?? 0n) + (row[COST] ?? 0n) - (row[TEAM_ADJUSTMENT] ?? 0n),
        inputTokens: (before?.inputTokens ?? 0n) + (row['input_tokens'] ?? 0n),
        outputTokens: (before?.outputTokens ?? 0n) + (row['output_tokens'] ?? 0n),
      });
    }
  }
  return [...sums.values()];
}

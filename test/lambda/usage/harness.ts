import type { DynamoDBRecord } from 'aws-lambda';
import type { Item, RollupRow, Totals } from '../../../lambda/aws/dynamodb';
import {
  addTotals,
  contributionOf,
  createAlertStore,
  createIdentityStore,
  createPageStore,
  createRollupStore,
  createSpendStore,
  createUsageRecordStore,
  isRequestItem,
  isZero,
  NO_TOTALS,
  readRecord,
} from '../../../lambda/aws/dynamodb';
import type { BusEvent } from '../../../lambda/aws/events';
import type { UsageRecord } from '../../../lambda/money/record';
import type { Clock } from '../../../lambda/platform/runtime/clock';
import { createLog } from '../../../lambda/platform/runtime/log';
import { raiseBudgetAlerts } from '../../../lambda/usage/budget-alerts';
import { createProcessor } from '../../../lambda/usage/process';
import { rebuildDays } from '../../../lambda/usage/rebuild';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../support/memory-dynamodb';
import { usageRecord } from '../../support/usage-record';

export const NOON = Date.parse('2026-11-24T12:00:00Z');

/** The usage function over the memory table; what the tables' streams would carry is kept in `stream`. */
export function createUsageHarness() {
  const database = createMemoryDynamoDb();
  const stream: DynamoDBRecord[] = [];
  const published: BusEvent[] = [];
  const lines: string[] = [];
  const state = { now: NOON, elapsedMs: 0, busFails: false };
  const clock: Clock = { now: () => state.now, monotonic: () => state.elapsedMs };
  database.listener = ({ table, oldItem, newItem }) => {
    if (table === TABLE_NAMES.records || table === TABLE_NAMES.audit) stream.push(toStreamRecord(stream.length, oldItem, newItem));
  };
  const log = createLog('debug', (line) => lines.push(line));
  const records = createUsageRecordStore(database, TABLE_NAMES.records, clock);
  const rollups = createRollupStore(database, TABLE_NAMES.records);
  const identity = createIdentityStore(database, TABLE_NAMES.identity);
  const pages = createPageStore(database, TABLE_NAMES.counters);
  const writer = createRollupWriter(rollups, clock, async () => {});
  const alerts = {
    identity,
    budgets: { pages, spentBefore: async () => 0n },
    spend: createSpendStore(database, TABLE_NAMES.records),
    alerts: createAlertStore(database, TABLE_NAMES.records),
    document: { gateway: {}, defaults: {} },
    clock,
  };
  const process = createProcessor({
    rollups: writer,
    raiseAlerts: (contributions) => raiseBudgetAlerts(alerts, contributions),
    rebuildDays: (requests) => rebuildDays({ records, rollups, writer, clock, log, pause: async () => {} }, requests),
    bus: {
      async publish(events) {
        if (state.busFails) throw Object.assign(new Error('the bus is down'), { name: 'TimeoutError' });
        published.push(...events);
      },
    },
    gateway: 'test',
    log,
    clock,
  });

  return {
    database,
    stream,
    published,
    lines,
    state,
    records,
    rollups,
    identity,
    pages,
    deliver: (batch: readonly DynamoDBRecord[]) => process({ Records: [...batch] }),
    /** Delivers what the stream holds, and what that adds to it, until nothing is left. */
    async drain() {
      while (stream.length > 0) await process({ Records: stream.splice(0) });
    },
    /** Settles one request. */
    async request(call: Partial<UsageRecord> & { readonly id: string }, result: Partial<UsageRecord> = {}) {
      const createdAt = new Date(state.now).toISOString();
      const usual = { outcome: 'ok', costNanoUsd: 7n, provider: 'openai', requestModel: 'gpt' };
      await records.put(usageRecord({ createdAt, keyId: 'key1', ...usual, ...call, ...result }));
    },
    /** What the rollups should hold: the fold of every request's record. */
    fold: () => foldOf(database.items(TABLE_NAMES.records)),
    /** What they hold, under the epochs that are read. */
    async held() {
      const rows = new Map<string, Totals>();
      for (const item of database.items(TABLE_NAMES.records)) {
        const pk = item['pk']?.S ?? '';
        if (!pk.startsWith('rollup#')) continue;
        const day = item['day']?.S ?? '';
        const epoch = Number(item['epoch']?.N ?? 0);
        if (epoch !== (await rollups.epochs(day)).current) continue;
        const [, scope = '', dimension = ''] = pk.split('#');
        const value = item['value']?.S ?? '';
        const totals = (await rollups.row({ scope, dimension, value }, day, epoch)) as Totals;
        if (!isZero(totals)) rows.set(nameOf({ scope, dimension, value }, day), totals);
      }
      return Object.fromEntries([...rows].sort());
    },
  };
}

export type UsageHarness = ReturnType<typeof createUsageHarness>;

function foldOf(items: readonly Item[]): Record<string, Totals> {
  const rows = new Map<string, Totals>();
  for (const record of items.filter(isRequestItem).map(readRecord)) {
    const contribution = contributionOf(record);
    for (const row of contribution?.rows ?? []) {
      const name = nameOf(row, contribution?.day as string);
      rows.set(name, addTotals(rows.get(name) ?? NO_TOTALS, contribution?.totals as Totals));
    }
  }
  return Object.fromEntries([...rows].filter(([, totals]) => !isZero(totals)).sort());
}

function nameOf({ scope, dimension, value }: RollupRow, day: string): string {
  return `${day} ${scope} ${dimension} ${value}`;
}

export function toStreamRecord(sequence: number, oldItem: Item | undefined, newItem: Item | undefined): DynamoDBRecord {
  const item = (newItem ?? oldItem) as Item;
  return {
    eventID: `event-${sequence}-${Math.random()}`,
    eventName: oldItem === undefined ? 'INSERT' : newItem === undefined ? 'REMOVE' : 'MODIFY',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      Keys: { pk: item['pk'], sk: item['sk'] },
      SequenceNumber: String(sequence),
      ApproximateCreationDateTime: NOON / 1_000,
      ...(oldItem === undefined ? {} : { OldImage: oldItem }),
      ...(newItem === undefined ? {} : { NewImage: newItem }),
    },
  } as DynamoDBRecord;
}

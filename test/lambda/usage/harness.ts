import type { DynamoDBRecord } from 'aws-lambda';
import { createEndUserDigests, createTrailWriter, type Trail, trailsOf } from '../../../lambda/archive';
import type { Item } from '../../../lambda/aws/dynamodb';
import {
  createAlertStore,
  createDailySpend,
  createIdentityStore,
  createPageStore,
  createRefusalStore,
  createRollupStore,
  createSpendStore,
  createSubjectKeys,
  createTrailHeads,
  createUsageRecordStore,
  isRequestItem,
  readRecord,
} from '../../../lambda/aws/dynamodb';
import type { BusEvent } from '../../../lambda/aws/events';
import type { UsageRecord } from '../../../lambda/money/record';
import { classOf } from '../../../lambda/money/rollup/sketch';
import type { Clock } from '../../../lambda/platform/runtime/clock';
import { createLog } from '../../../lambda/platform/runtime/log';
import { raiseBudgetAlerts } from '../../../lambda/usage/budget-alerts';
import { createProcessor } from '../../../lambda/usage/process';
import { rebuildDays } from '../../../lambda/usage/rebuild';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
import { createSpendAnomalies } from '../../../lambda/usage/spend-anomalies';
import { checkPublished } from '../../support/event-schema';
import { createMemoryBucket } from '../../support/memory-bucket';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../support/memory-dynamodb';
import { usageRecord } from '../../support/usage-record';

export const NOON = Date.parse('2026-11-24T12:00:00Z');

/** The usage function over the memory table; what the tables' streams would carry is kept in `stream`. */
export function createUsageHarness({ archives = false } = {}) {
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
  const refusals = createRefusalStore(database, TABLE_NAMES.records);
  const rollups = createRollupStore(database, TABLE_NAMES.records);
  const identity = createIdentityStore(database, TABLE_NAMES.identity);
  const pages = createPageStore(database, TABLE_NAMES.counters);
  const writer = createRollupWriter(rollups, clock, async () => {});
  const alerts = createAlertStore(database, TABLE_NAMES.records);
  const raiseSpendAnomalies = createSpendAnomalies({ spend: createDailySpend(database, TABLE_NAMES.records), alerts, clock });
  const budgetParts = {
    identity,
    budgets: { pages, spentBefore: async () => 0n },
    spend: createSpendStore(database, TABLE_NAMES.records),
    alerts,
    document: { gateway: {}, defaults: {} },
    clock,
    log,
  };
  const bucket = createMemoryBucket();
  const heads = createTrailHeads(database, TABLE_NAMES.records);
  const process = createProcessor({
    rollups: writer,
    async raiseAlerts(contributions) {
      await raiseBudgetAlerts(budgetParts, contributions);
      await raiseSpendAnomalies(contributions);
    },
    alerts,
    rebuildDays: (requests) => rebuildDays({ records, refusals, rollups, writer, clock, log, pause: async () => {} }, requests),
    bus: {
      async publish(events) {
        if (state.busFails) throw Object.assign(new Error('the bus is down'), { name: 'TimeoutError' });
        events.forEach(checkPublished);
        published.push(...events);
      },
    },
    endUserDigests: createEndUserDigests(createSubjectKeys(database, TABLE_NAMES.records, clock), clock),
    trail: archives ? createTrailWriter(trailsOf('requests')[0] as Trail, { objects: bucket, heads, clock }) : undefined,
    gateway: 'test',
    log,
    clock,
  });

  return {
    database,
    bucket,
    stream,
    published,
    lines,
    state,
    records,
    refusals,
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
    /** What the rollups should hold: the fold of every request's record, for every dimension and period. */
    fold: () => foldOf(database.items(TABLE_NAMES.records)),
    /** What they hold, under the epochs that are read. */
    async held() {
      const held = new Fold();
      for (const { pk, sk, tuple, ...sums } of database.items(TABLE_NAMES.records)) {
        if (pk?.S?.startsWith('usage#') !== true) continue;
        const [hour = '', epoch = ''] = (sk?.S ?? '').split('#');
        if (Number(epoch) !== (await rollups.epochs(hour.slice(0, 10))).current) continue;
        const { tags = {}, labels = {}, ...plain } = JSON.parse(tuple?.S ?? '');
        held.add(
          hour,
          plain,
          tags,
          labels,
          Object.fromEntries(Object.entries(sums).map(([name, { N: value }]) => [name, BigInt(value ?? 0)])),
        );
      }
      return held.whole();
    },
  };
}

export type UsageHarness = ReturnType<typeof createUsageHarness>;

type Figures = Record<string, bigint>;

/** Sums by every period and dimension that requests are told apart by, each pair of dimensions included. */
class Fold {
  private readonly rows = new Map<string, Figures>();

  public add(
    hour: string,
    plain: Readonly<Record<string, string | undefined>>,
    tags: Readonly<Record<string, string>>,
    labels: Readonly<Record<string, string>>,
    figures: Readonly<Figures>,
  ): void {
    const pairs = [
      ...Object.entries(plain),
      ...Object.entries(tags).map(([name, value]) => [`tag:${name}`, value] as const),
      ...Object.entries(labels).map(([name, value]) => [`label:${name}`, value] as const),
    ].filter(([, value]) => value !== undefined);
    const groups = pairs.flatMap((one, index) => [[one], ...pairs.slice(index + 1).map((other) => [one, other])]);
    for (const group of [[], ...groups]) {
      for (const length of [7, 10, 13]) {
        const name = `${hour.slice(0, length)} ${group.map(([dimension, value]) => `${dimension}=${value}`).sort()}`;
        const row = this.rows.get(name) ?? {};
        this.rows.set(name, row);
        for (const [figure, value] of Object.entries(figures)) row[figure] = (row[figure] ?? 0n) + value;
      }
    }
  }

  public whole(): Record<string, Figures> {
    const rows = [...this.rows].map(([name, figures]) => {
      const kept = Object.entries(figures).filter(([, value]) => value !== 0n);
      return [name, Object.fromEntries(kept.sort())] as const;
    });
    return Object.fromEntries(rows.filter(([, figures]) => Object.keys(figures).length > 0).sort());
  }
}

/** Says anew what the rollups are: shares no code with what adds them up, but for the classes of durations. */
function foldOf(items: readonly Item[]): Record<string, Figures> {
  const fold = new Fold();
  for (const record of items.filter(isRequestItem).map(readRecord)) {
    if (record.state === 'void' && record.status === undefined) continue;
    const { usage = {}, attempts = [], latencyMs, timeToFirstChunkMs } = record;
    const hour = record.createdAt.slice(0, 13);
    const last = attempts[attempts.length - 1];
    const provider = record.provider ?? last?.provider;
    const model = record.requestModel ?? last?.model;
    const who = {
      team: record.teamId,
      project: record.projectId,
      user: record.userId,
      key: record.keyId,
      alias: record.originalModel,
      end_user: record.endUser,
    };
    const outcome = record.outcome ?? 'ok';
    const place = { provider, model: provider && model ? `${provider}/${model}` : undefined, region: last?.region };
    const figures: Figures = {
      requests: 1n,
      errors: outcome === 'ok' ? 0n : 1n,
      estimated: usage.estimated === true || record.state === 'expired_charged' ? 1n : 0n,
      input_tokens: BigInt(usage.inputTokens ?? 0),
      output_tokens: BigInt(usage.outputTokens ?? 0),
      cache_read_input_tokens: BigInt(usage.cacheReadInputTokens ?? 0),
      cost_nano_usd: record.costNanoUsd,
      ...(latencyMs === undefined ? {} : { [`l${classOf(latencyMs)}`]: 1n }),
      ...(timeToFirstChunkMs === undefined ? {} : { [`f${classOf(timeToFirstChunkMs)}`]: 1n }),
    };
    const { tags = {}, labels = {} } = record;
    fold.add(hour, { ...who, ...place, outcome }, tags, labels, figures);
    for (const made of attempts) {
      const at = { provider: made.provider, model: `${made.provider}/${made.model}`, region: made.region };
      const failed = ['ok', 'client_closed_request', 'caller_timeout'].includes(made.outcome) ? 0n : 1n;
      fold.add(hour, { ...who, ...at, outcome: made.outcome }, tags, labels, { attempts: 1n, failed_attempts: failed });
    }
  }
  return fold.whole();
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

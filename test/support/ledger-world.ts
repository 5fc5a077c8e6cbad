import { createIdempotencyStore, createIdentityStore, createPageStore, createUsageRecordStore } from '../../lambda/aws/dynamodb';
import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import type { KeyRecord, LevelRecord } from '../../lambda/identity/entities';
import type { IdentityStore } from '../../lambda/identity/ports';
import { createIdentityRows, type KeptRows } from '../../lambda/identity/rows';
import {
  type AdmissionRequest,
  createLedger,
  type Ledger,
  type LedgerOptions,
  type Outcome,
  type QueuedWork,
} from '../../lambda/money/ledger';
import type { LevelKind } from '../../lambda/money/ledger/holders';
import { labelOf } from '../../lambda/money/ledger/levels';
import type { PageState, PageStore, UsageRecordStore } from '../../lambda/money/ports';
import type { Clock } from '../../lambda/platform/runtime/clock';
import type { BudgetConfig, GatewayDocument, LimitsConfig } from '../../lib/private/contract';
import { createMemoryDynamoDb, type MemoryDynamoDb, TABLE_NAMES } from './memory-dynamodb';

/** A clock that only moves when told. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(startMs = Date.UTC(2026, 10, 24, 12, 0, 0)): ManualClock {
  let elapsed = 0;
  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    advance(ms) {
      elapsed += ms;
    },
  };
}

export type TestRequest = AdmissionRequest<KeptRows>;
export type TestLedger = Ledger<KeptRows>;

/** Everything a ledger test needs, over one table in memory (or another engine). */
export interface LedgerWorld {
  readonly table: MemoryDynamoDb;
  readonly clock: ManualClock;
  readonly identity: IdentityStore;
  readonly pages: PageStore;
  readonly records: UsageRecordStore;
  /** What the queue took. */
  readonly queued: QueuedWork[];
  /** Events of the log, and metrics, as lines. */
  readonly logged: string[];
  /** Another process with caches of its own. */
  process(options?: Partial<LedgerOptions<KeptRows>>): TestLedger;
  addKey(fields?: Partial<KeyRecord>): Promise<KeyRecord>;
  addLevel(
    kind: 'team' | 'project' | 'user' | 'tag' | 'gateway',
    fields: Partial<LevelRecord> & { readonly id: string },
  ): Promise<LevelRecord>;
  /** Changes a row; requests go on being planned from what it was until they plan anew. */
  change(kind: LevelKind, id: string, fields: Partial<KeyRecord>): Promise<void>;
  request(key: KeyRecord, fields?: Partial<TestRequest>): TestRequest;
  /** A page as the table has it. @param level `key#k1` */
  page(level: string, narrowing?: string): Promise<PageState | undefined>;
  /** What a level's page has left of its month. */
  left(level: string, period?: string): Promise<bigint | undefined>;
}

let made = 0;

export const EMPTY_DOCUMENT: Pick<GatewayDocument, 'gateway' | 'defaults'> = { gateway: {}, defaults: {} };

export function ledgerWorld(
  document: Pick<GatewayDocument, 'gateway' | 'defaults'> = EMPTY_DOCUMENT,
  connector?: DynamoDbConnector,
): LedgerWorld {
  const table = createMemoryDynamoDb();
  const clock = manualClock();
  const store = connector ?? table;
  const identity = createIdentityStore(store, TABLE_NAMES.identity);
  const pages = createPageStore(store, TABLE_NAMES.counters);
  const records = createUsageRecordStore(store, TABLE_NAMES.records, clock);
  const queued: QueuedWork[] = [];
  const logged: string[] = [];
  const rows = new Map<string, LevelRecord>();
  let marks: KeptRows['marks'] = { overrides: 0, tags: 0 };
  const stamp = { generation: 1, createdAt: '2026-11-24T00:00:00.000Z', updatedAt: '2026-11-24T00:00:00.000Z', status: 'active' as const };

  function plannedRows(key: KeyRecord, tags: Readonly<Record<string, string>>): KeptRows {
    const row = (kind: LevelKind, id: string | undefined) => (id === undefined ? undefined : rows.get(labelOf(kind, id)));
    const tagged = Object.entries(tags).flatMap(([name, value]) => row('tag', `${name}=${value}`) ?? []);
    const above = { gateway: row('gateway', 'gateway'), team: row('team', key.teamId), project: row('project', key.projectId) };
    return { key, ...above, user: row('user', key.userId), tags: tagged, marks, unreadTags: [] };
  }

  async function readAnew(kind: LevelKind, id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const { records, marks: now } = await identity.rows([[kind, id]], 1_000);
    marks = now ?? marks;
    const [row] = records;
    if (row === undefined) rows.delete(labelOf(kind, id));
    else rows.set(labelOf(kind, id), row);
  }

  function request(key: KeyRecord, fields: Partial<TestRequest> = {}): TestRequest {
    const { tags = {} } = fields;
    return {
      attemptId: attemptId(),
      rows: plannedRows(key, tags),
      tags,
      operation: 'chat',
      dialect: 'openai-chat',
      originalModel: 'openai/gpt-5',
      candidateModels: ['openai/gpt-5'],
      bound: { costNanoUsd: 10n, tokens: 100 },
      stream: false,
      expiresAtMs: clock.now() + 960_000,
      again: async () => {
        const fresh = await identity.get('key', key.id, { consistent: true });
        if (fresh === undefined) throw new Error('no such key');
        await readAnew('gateway', 'gateway');
        for (const [kind, id] of [
          ['team', fresh.teamId],
          ['project', fresh.projectId],
          ['user', fresh.userId],
        ] as const)
          await readAnew(kind, id);
        for (const [name, value] of Object.entries(tags)) await readAnew('tag', `${name}=${value}`);
        return request(fresh, { ...fields, attemptId: attemptId() });
      },
      ...fields,
    };
  }

  const page = async (level: string, narrowing = '*') => (await pages.read([`page#${level}#${narrowing}`]))[0];
  return {
    table,
    clock,
    identity,
    pages,
    records,
    queued,
    logged,
    request,
    page,
    left: async (level, period = 'month') => (await page(level))?.periods[period]?.remainingNanoUsd,
    process: (options = {}) =>
      createLedger({
        pages,
        records,
        rows: createIdentityRows(identity, options.clock ?? clock),
        idempotency: createIdempotencyStore(store, TABLE_NAMES.records),
        clock,
        document,
        log: { write: (level, event) => logged.push(`${level} ${event}`) },
        metrics: { emit: (values) => logged.push(...Object.keys(values).map((name) => `metric ${name}`)) },
        queue: {
          async send(work) {
            queued.push(work);
          },
        },
        pause: async () => undefined,
        random: () => 0.5,
        nameAttempt: attemptId,
        ...options,
      }),
    async addKey(fields = {}) {
      const key: KeyRecord = { id: `key${++made}`, ...stamp, role: 'caller', hashes: [], lastFour: 'abcd', ...fields };
      await identity.create('key', key);
      return key;
    },
    async addLevel(kind, fields) {
      const level = { ...stamp, ...fields };
      await identity.create(kind, level as never);
      rows.set(labelOf(kind, level.id), level);
      // A tag's row shows in the gateway's.
      if (kind === 'tag') await readAnew('gateway', 'gateway');
      return level;
    },
    async change(kind, id, fields) {
      const row = await identity.get(kind, id, { consistent: true });
      if (row === undefined) throw new Error(`no ${kind} ${id}`);
      const updatedAt = new Date(clock.now()).toISOString();
      await identity.replace(kind, { ...row, updatedAt, ...fields, generation: row.generation + 1 } as never, row.generation);
    },
  };
}

/** A fresh id in the shape of an attempt's, in order. */
export function attemptId(): string {
  return `0192f0000000${(++made).toString(16).padStart(10, '0')}`;
}

/** Nano-USD as the decimal US dollars that budgets are written in. */
export function nano(amount: number | bigint): string {
  return `0.${String(amount).padStart(9, '0')}`;
}

export function budget(limitNanoUsd: number | bigint, fields: Partial<BudgetConfig> = {}): BudgetConfig {
  return { limit_usd: nano(limitNanoUsd), period: 'month', ...fields };
}

export function limits(fields: LimitsConfig): LimitsConfig {
  return fields;
}

export function outcome(costNanoUsd: bigint, fields: Partial<Outcome> = {}): Outcome {
  return {
    status: 200,
    outcome: 'ok',
    provider: 'openai',
    requestModel: 'gpt-5',
    costNanoUsd,
    attempts: [],
    latencyMs: 10,
    overheadMs: 1,
    ...fields,
  };
}

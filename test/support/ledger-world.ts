import {
  createCounterStore,
  createGateStore,
  createIdempotencyStore,
  createIdentityStore,
  createRecordStore,
} from '../../lambda/aws/dynamodb';
import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import type { KeyRecord, LevelRecord } from '../../lambda/identity/entities';
import type { IdentityStore } from '../../lambda/identity/ports';
import { createIdentityRows } from '../../lambda/identity/rows';
import {
  type AdmissionRequest,
  createLedger,
  type Ledger,
  type LedgerOptions,
  type Outcome,
  type QueuedWork,
} from '../../lambda/money/ledger';
import type { CounterStore } from '../../lambda/money/ports/counters';
import type { GateStore } from '../../lambda/money/ports/gates';
import type { RecordStore } from '../../lambda/money/ports/records';
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

/** Everything a ledger test needs, over one table in memory (or another engine). */
export interface LedgerWorld {
  readonly table: MemoryDynamoDb;
  readonly clock: ManualClock;
  readonly identity: IdentityStore;
  readonly counters: CounterStore;
  readonly gates: GateStore;
  readonly records: RecordStore;
  /** What the queue took. */
  readonly queued: QueuedWork[];
  /** What it is to deliver later. */
  readonly looks: QueuedWork[];
  /** Events of the log, as lines. */
  readonly logged: string[];
  /** Another process with caches of its own. */
  process(options?: Partial<LedgerOptions>): Ledger;
  addKey(fields?: Partial<KeyRecord>): Promise<KeyRecord>;
  addLevel(
    kind: 'team' | 'project' | 'user' | 'tag' | 'gateway',
    fields: Partial<LevelRecord> & { readonly id: string },
  ): Promise<LevelRecord>;
  request(key: KeyRecord, fields?: Partial<AdmissionRequest>): AdmissionRequest;
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
  const counters = createCounterStore(store, TABLE_NAMES.counters);
  const gates = createGateStore(store, TABLE_NAMES.counters);
  const records = createRecordStore(store, TABLE_NAMES.records);
  const queued: QueuedWork[] = [];
  const looks: QueuedWork[] = [];
  const logged: string[] = [];
  const stamp = { generation: 1, createdAt: '2026-11-24T00:00:00.000Z', updatedAt: '2026-11-24T00:00:00.000Z', status: 'active' as const };
  return {
    table,
    clock,
    identity,
    counters,
    gates,
    records,
    queued,
    looks,
    logged,
    process: (options = {}) =>
      createLedger({
        identity,
        levels: createIdentityRows((options.identity as IdentityStore | undefined) ?? identity, options.clock ?? clock),
        counters,
        gates,
        records,
        idempotency: createIdempotencyStore(store, TABLE_NAMES.records),
        clock,
        document,
        log: { write: (level, event) => logged.push(`${level} ${event}`) },
        metrics: { emit: (values) => logged.push(...Object.keys(values).map((name) => `metric ${name}`)) },
        queue: {
          async send(work, delaySeconds = 0) {
            (delaySeconds === 0 ? queued : looks).push(work);
          },
        },
        pause: async () => undefined,
        random: () => 0.5,
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
      return level;
    },
    request: (key, fields = {}) => ({
      attemptId: attemptId(),
      key,
      tags: {},
      operation: 'chat',
      dialect: 'openai-chat',
      originalModel: 'openai/gpt-5',
      candidateModels: ['openai/gpt-5'],
      bound: { costNanoUsd: 10n, tokens: 100 },
      stream: false,
      expiresAtMs: clock.now() + 960_000,
      ...fields,
    }),
  };
}

/** A fresh id in the shape of a UUIDv7, in order. */
export function attemptId(): string {
  return `0192f000-0000-7000-8000-${(++made).toString(16).padStart(12, '0')}`;
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

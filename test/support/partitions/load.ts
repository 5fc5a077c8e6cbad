import {
  createIdempotencyStore,
  createIdentityStore,
  createPageStore,
  createRollupStore,
  createUsageRecordStore,
  readRecord,
} from '../../../lambda/aws/dynamodb';
import type { KeyRecord } from '../../../lambda/identity/entities';
import { createIdentityRows, type IdentityRows, type KeptRows } from '../../../lambda/identity/rows';
import { type AdmissionRequest, bookQueued, createLedger, type Ledger, type Outcome, type QueuedWork } from '../../../lambda/money/ledger';
import { readWhole } from '../../../lambda/money/pages';
import type { PageState } from '../../../lambda/money/ports';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
import { TABLE_NAMES } from '../memory-dynamodb';
import { randomOf } from '../scheduler';
import { PARTITION } from './heat';
import type { LoadOptions, LoadReport } from './load-report';
import { runUsage } from './stream';
import { createPartitionedDynamoDb, type PartitionedDynamoDb, type TableName } from './table';
import { VirtualTime } from './virtual-time';

const START_MS = Date.UTC(2026, 10, 24, 12, 0, 7);
const STAMP = { status: 'active' as const, generation: 1, createdAt: '2026-11-01T00:00:00.000Z', updatedAt: '2026-11-01T00:00:00.000Z' };
const DOCUMENT = { gateway: {}, defaults: {} };

interface GatewayProcess {
  readonly rows: IdentityRows;
  readonly ledger: Ledger<KeptRows>;
}

/** Many processes of one gateway at one table, in virtual time. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { stackTraceLimit } = Error;
  // Refused conditions are errors; nobody reads their stacks here.
  Error.stackTraceLimit = 0;
  try {
    return await new Load(options).run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class Load {
  private readonly random;
  private readonly time = new VirtualTime(START_MS);
  private readonly table: PartitionedDynamoDb;
  private readonly processes: GatewayProcess[] = [];
  private readonly keys: string[] = [];
  private readonly usage: ReturnType<typeof runUsage> | undefined;
  private readonly refused = [{}, {}] as [Record<string, number>, Record<string, number>];
  private readonly waits: number[] = [];
  private asked = 0;
  private admitted = 0;
  private admittedThen = 0;
  private readonly queued: QueuedWork[] = [];
  private made = 0;
  private readonly triesAt: { all: number; refused: number }[] = [];

  public constructor(private readonly options: LoadOptions) {
    this.random = randomOf(options.seed);
    const partitions = (name: TableName): number => (name === 'audit' ? 1 : options.partitions);
    this.table = createPartitionedDynamoDb({
      time: this.time,
      random: randomOf(options.seed + 1),
      heat: { limits: options.limits ?? PARTITION, splitAfterMs: options.splitAfterMs ?? 300_000 },
      partitions: {
        identity: partitions('identity'),
        counters: partitions('counters'),
        records: partitions('records'),
        audit: partitions('audit'),
      },
      networkMs: 1.5,
      listener: (change, partition) => this.usage?.take(change, partition),
    });
    if (options.usage === true) {
      const { time } = this;
      this.usage = runUsage({
        time,
        writerOf: () => createRollupWriter(createRollupStore(this.table.connector, TABLE_NAMES.records), time, (ms) => time.pause(ms)),
      });
    }
  }

  public async run(): Promise<LoadReport> {
    const { options, time, table } = this;
    await this.addRows();
    for (let index = 0; index < options.processes; index++) this.processes.push(this.process());
    this.arrive();
    time.after(options.steadyFromSecond * 1_000, () => this.noteSteady());
    time.after(options.seconds * 1_000, () => this.noteEnd());
    await time.run();
    // What the table did not take in time.
    const { memory } = table;
    const stores = {
      pages: createPageStore(memory, TABLE_NAMES.counters),
      records: createUsageRecordStore(memory, TABLE_NAMES.records, time),
    };
    for (const work of this.queued) await bookQueued(stores, work);
    await time.run();
    const report = await this.report();
    table.memory.listener = undefined;
    return report;
  }

  private async addRows(): Promise<void> {
    const { keys, teams, budgets, teamLimits } = this.options;
    const identity = createIdentityStore(this.table.memory, TABLE_NAMES.identity);
    const month = (limit: string | undefined) => (limit === undefined ? {} : { budgets: [{ limit_usd: limit, period: 'month' as const }] });
    if (budgets.gateway !== undefined) await identity.create('gateway', { id: 'gateway', ...STAMP, ...month(budgets.gateway) } as never);
    for (let index = 0; index < teams; index++) {
      await identity.create('team', { id: `team-${index}`, ...STAMP, ...month(budgets.team), limits: teamLimits } as never);
      await identity.create('project', { id: `project-${index}`, teamId: `team-${index}`, ...STAMP, ...month(budgets.project) } as never);
      await identity.create('user', { id: `user-${index}`, teamId: `team-${index}`, ...STAMP, ...month(budgets.user) } as never);
    }
    for (let index = 0; index < keys; index++) {
      const id = `key_${index.toString(36).padStart(8, '0')}`;
      const owner = index % teams;
      const above = { teamId: `team-${owner}`, projectId: `project-${owner}`, userId: `user-${owner}` };
      const key = { id, ...STAMP, role: 'caller', hashes: [], lastFour: 'abcd', ...above, ...month(budgets.key) } as unknown as KeyRecord;
      await identity.create('key', key);
      this.keys.push(id);
    }
  }

  private process(): GatewayProcess {
    const { time } = this;
    const { connector } = this.table;
    const identity = createIdentityStore(connector, TABLE_NAMES.identity);
    const rows = createIdentityRows(identity, time);
    const ledger = createLedger<KeptRows>({
      pages: createPageStore(connector, TABLE_NAMES.counters),
      records: createUsageRecordStore(connector, TABLE_NAMES.records, time),
      idempotency: createIdempotencyStore(connector, TABLE_NAMES.records),
      rows,
      clock: time,
      document: DOCUMENT,
      log: { write: () => undefined },
      metrics: { emit: () => undefined },
      queue: { send: async (work) => void this.queued.push(work) },
      pause: (ms) => time.pause(ms),
      random: () => this.random.next(),
      nameAttempt: () => this.attemptId(),
    });
    return { rows, ledger };
  }

  /** One after the other at random moments, as many as the ramp has come to. */
  private arrive(): void {
    const { requestsPerSecond, rampSeconds, seconds } = this.options;
    const atMs = this.time.monotonic();
    if (atMs >= seconds * 1_000) return;
    void this.call();
    const rate = requestsPerSecond * Math.min(1, Math.max(0.02, atMs / 1_000 / Math.max(0.001, rampSeconds)));
    this.time.after((-Math.log(1 - this.random.next()) / rate) * 1_000, () => this.arrive());
  }

  private isSteady(): boolean {
    return this.time.monotonic() >= this.options.steadyFromSecond * 1_000;
  }

  private async call(): Promise<void> {
    const { time, random, options } = this;
    const process = random.pick(this.processes);
    const keyId = random.pick(this.keys);
    const steady = this.isSteady();
    const beganMs = time.monotonic();
    this.asked++;
    const { rows } = await Promise.resolve(process.rows.of(keyId)).catch(() => ({ rows: undefined }));
    if (rows === undefined) return this.refuse('rows');
    const result = await process.ledger.admit(this.request(process, rows)).catch((error: Error) => error);
    if (result instanceof Error) return this.refuse(result.message);
    if (!result.admitted) return this.refuse(result.refusal.reason);
    if (steady) this.waits.push(time.monotonic() - beganMs);
    this.admitted++;
    if (steady) this.admittedThen++;
    await time.pause(options.callMs * (0.5 + random.next()));
    await result.reservation.settle(this.outcome());
  }

  private refuse(reason: string): void {
    const by = this.refused[this.isSteady() ? 1 : 0];
    by[reason] = (by[reason] ?? 0) + 1;
  }

  private request(process: GatewayProcess, kept: KeptRows): AdmissionRequest<KeptRows> {
    const { time, options } = this;
    return {
      attemptId: this.attemptId(),
      rows: process.rows.withTags(kept, {}, 0),
      tags: {},
      operation: 'chat',
      dialect: 'openai-chat',
      originalModel: 'openai/gpt-5',
      candidateModels: ['openai/gpt-5'],
      bound: { costNanoUsd: BigInt(options.boundNanoUsd), tokens: 1_000 },
      stream: false,
      expiresAtMs: time.now() + 960_000,
      again: async () => {
        const { rows } = await process.rows.anew(kept.key.id);
        if (rows === undefined) throw new Error('no such key');
        return this.request(process, rows);
      },
    };
  }

  private outcome(): Outcome {
    const cost = BigInt(this.random.below(this.options.boundNanoUsd + 1));
    const answer = { status: 200, outcome: 'ok', provider: 'openai', requestModel: 'gpt-5', latencyMs: this.options.callMs, overheadMs: 3 };
    return { ...answer, costNanoUsd: cost, attempts: [], usage: { inputTokens: 800, outputTokens: 200 } } as unknown as Outcome;
  }

  private noteSteady(): void {
    this.triesAt.push({ all: this.table.counts.reserves, refused: this.table.counts.refusedReserves });
    this.table.resetCounts();
  }

  private counted: { units: number; reads: number; calls: number; all: number; refused: number } | undefined;

  private noteEnd(): void {
    const { writeUnits, readUnits, calls, reserves, refusedReserves } = this.table.counts;
    this.counted = { units: writeUnits, reads: readUnits, calls, all: reserves, refused: refusedReserves };
  }

  private attemptId(): string {
    return `1vQ${(++this.made).toString(36).padStart(8, '0')}${Math.floor(this.random.next() * 36 ** 10)
      .toString(36)
      .padStart(11, '0')}`;
  }

  private async report(): Promise<LoadReport> {
    const { options, table, admittedThen } = this;
    const { steadyFromSecond: from, seconds } = options;
    const throttled: Record<string, LoadReport['throttled'][string]> = {};
    for (const [name, heat] of table.heats) {
      const then = heat.throttles(from);
      throttled[name] = {
        inRamp: heat.throttles(0) - then,
        then,
        peak: heat.peak(from),
        unitsPerSecond: heat.writeUnits(from, seconds),
        partitions: heat.partitions,
      };
    }
    const waits = this.waits.sort((one, other) => one - other);
    const at = (share: number): number => waits[Math.floor(waits.length * share)] ?? 0;
    const [ramp] = this.triesAt;
    const { units = 0, reads = 0, calls = 0, all = 0, refused = 0 } = this.counted ?? {};
    const [refusedInRamp, refusedThen] = this.refused;
    const { spent, shards } = await this.spent();
    return {
      asked: this.asked,
      queued: this.queued.length,
      admitted: this.admitted,
      refusedInRamp,
      refusedThen,
      unitsPerRequest: units / admittedThen,
      readUnitsPerRequest: reads / admittedThen,
      callsPerRequest: calls / admittedThen,
      refusedTriesInRamp: (ramp?.refused ?? 0) / Math.max(1, ramp?.all ?? 0),
      refusedTriesThen: refused / Math.max(1, all),
      throttled,
      admissionMs: [at(0.5), at(0.99)],
      shards,
      usage: this.usage?.report(),
      spent,
    };
  }

  private async spent() {
    const records = recordsOf(this.table);
    const pages = createPageStore(this.table.memory, TABLE_NAMES.counters);
    const byPage = new Map<string, bigint>();
    for (const { pages: held, costNanoUsd } of records) {
      for (const { page } of held) {
        const root = page.split('#').slice(0, 4).join('#');
        byPage.set(root, (byPage.get(root) ?? 0n) + costNanoUsd);
      }
    }
    const roots = [...byPage.keys()];
    const whole = await readWhole(pages, roots);
    const spent: Record<string, LoadReport['spent'][string]> = {};
    const shards: Record<string, number> = {};
    for (const [index, root] of roots.entries()) {
      const page = whole[index] as PageState;
      const { limitNanoUsd = 0n, remainingNanoUsd = 0n } = page.periods['month'] ?? {};
      spent[root] = { page: limitNanoUsd - remainingNanoUsd, records: byPage.get(root) ?? 0n, limit: limitNanoUsd, open: page.open.size };
      if (page.shards > 0) shards[root] = page.shards;
    }
    return { spent, shards };
  }
}

function recordsOf({ memory }: PartitionedDynamoDb) {
  return memory
    .items(TABLE_NAMES.records)
    .filter((item) => item['pk']?.S?.startsWith('request#') === true)
    .map((item) => readRecord(item));
}

import {
  createIdempotencyStore,
  createIdentityStore,
  createPageStore,
  createUsageRecordStore,
  readRecord,
} from '../../lambda/aws/dynamodb';
import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import { StoredPage } from '../../lambda/aws/dynamodb/page-item';
import type { KeyRecord } from '../../lambda/identity/entities';
import { createIdentityRows, type IdentityRows, type KeptRows } from '../../lambda/identity/rows';
import {
  type AdmissionRequest,
  bookQueued,
  createLedger,
  createSweeper,
  type Ledger,
  type QueuedWork,
  type Sweeper,
} from '../../lambda/money/ledger';
import { movePages, type ShardPolicy, wholeOf } from '../../lambda/money/pages';
import type { KeptRecord, PageState } from '../../lambda/money/ports';
import type { BudgetConfig } from '../../lib/private/contract';
import type { Item } from './dynamodb-expressions';
import { createMemoryDynamoDb, type MemoryDynamoDb, TABLE_NAMES } from './memory-dynamodb';
import { newProcess, type Process, type Random, randomOf, Scheduler } from './scheduler';
import { createTableWeather, type Disturbance, type TableWeather } from './table-weather';

/** How much goes wrong, as probabilities per call or per request. */
export interface SimulationOptions {
  readonly requests: number;
  readonly processes: number;
  /** A call that never arrives, an answer that never comes, a call that is applied minutes late or twice, a throttle; per call. */
  readonly fault: number;
  /** A process stands still for up to 20 minutes; per call. */
  readonly stall: number;
  /** Requests begin over so long. Default: 2 s. */
  readonly overMs?: number;
  /** A process dies somewhere in its life; per process. */
  readonly crash: number;
  /** Exact steps at which the first processes die; they override `crash`. */
  readonly crashAt?: readonly number[];
  /** The team's budget is lowered to this while every process remembers the old one and no page exists. */
  readonly loweredTo?: number;
  /** Budgets change while requests run. */
  readonly budgetChanges: boolean;
  /** Sweepers run beside the requests, with clocks that are ahead. */
  readonly earlySweeps: boolean;
  /** When busy pages are split. Default: hardly ever. */
  readonly policy?: ShardPolicy;
  /** What the whole table does for a while; see `Disturbance`. Default: nothing. */
  readonly disturbance?: Disturbance;
  /** Limits of gateway, team and key, in nano-USD. */
  readonly limits: readonly [number, number, number];
}

export const CALM: SimulationOptions = {
  requests: 20,
  processes: 3,
  fault: 0,
  stall: 0,
  crash: 0,
  budgetChanges: false,
  earlySweeps: false,
  limits: [2_000, 1_000, 600],
};

export const HURRICANE: SimulationOptions = {
  ...CALM,
  requests: 12,
  fault: 0.12,
  stall: 0.05,
  crash: 0.7,
  budgetChanges: true,
  earlySweeps: true,
};

/** Calls come as long as others are dead, and there is little money: whoever is refused meets what they left. */
export const AFTERNOON: SimulationOptions = {
  ...HURRICANE,
  requests: 60,
  processes: 8,
  overMs: 60 * 60_000,
  limits: [500, 400, 300],
};

/** Pages that split at once, into few shards with little money, and collapse again. */
export const CROWD: SimulationOptions = {
  ...CALM,
  requests: 50,
  processes: 4,
  fault: 0.02,
  stall: 0.003,
  crash: 0.4,
  budgetChanges: true,
  earlySweeps: true,
  limits: [3_000, 1_500, 1_200],
  policy: { mostEntries: 1, headroom: 2, chunk: 2, mostShards: 4 },
};

export const STORM: SimulationOptions = {
  ...CALM,
  requests: 40,
  fault: 0.03,
  stall: 0.004,
  crash: 0.5,
  budgetChanges: true,
  earlySweeps: true,
};

/** A table that is slow, dead or flapping under living and dying processes. */
export function disturbed(disturbance: Disturbance): SimulationOptions {
  return { ...CALM, requests: 30, fault: 0.01, crash: 0.2, earlySweeps: true, budgetChanges: true, disturbance };
}

export interface SimulationReport {
  readonly admitted: number;
  readonly refused: number;
  readonly billedNanoUsd: bigint;
  readonly states: Readonly<Record<string, number>>;
  /** Scheduling points that each process passed. */
  readonly steps: readonly number[];
  /** Calls that were charged on shards. */
  readonly onShards: number;
}

/** The run broke a promise. The message says which, and the seed replays it. */
export class Violation extends Error {}

const START_MS = Date.UTC(2026, 10, 24, 12);
const MINUTE_MS = 60_000;
const RETENTION_MS = 15 * 86_400_000;
/** Nobody's clock is further off. */
const SKEW_MS = 8_000;
const FINAL = new Set(['settled', 'void', 'adjusted']);
const DOCUMENT = (limit: number) => ({ gateway: { budgets: [lifetime(limit)] }, defaults: {} });

/** Runs requests, crashes, faults, sweeps and late settlements from one seed, and holds the invariants at every step and in the end. */
export async function simulate(seed: number, options: SimulationOptions): Promise<SimulationReport> {
  const { stackTraceLimit } = Error;
  // Most refusals are errors of the table; nobody reads their stacks here.
  Error.stackTraceLimit = 0;
  try {
    return await new Simulation(seed, options).run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class Simulation {
  private readonly random: Random;
  private readonly scheduler: Scheduler;
  private readonly table: MemoryDynamoDb = createMemoryDynamoDb();
  private readonly billed = new Map<string, bigint>();
  private readonly queue: QueuedWork[] = [];
  /** The process that made each attempt. */
  private readonly owners = new Map<string, Process>();
  /** Attempts that neither table nor queue took an end of in time. */
  private readonly untold = new Set<string>();
  private readonly weather: TableWeather | undefined;
  private readonly running: Process[] = [];
  /** How far each process's wall clock is off. */
  private readonly skewMs = new Map<Process, number>();
  /** Use of the team's budget may not grow beyond this: it was acknowledged before any request began. */
  private ceiling: bigint | undefined;
  private nowMs = START_MS;
  private admitted = 0;
  private refused = 0;
  private made = 0;
  private broken: string | undefined;

  public constructor(
    private readonly seed: number,
    private readonly options: SimulationOptions,
  ) {
    this.random = randomOf(seed);
    this.scheduler = new Scheduler(this.random, (ms) => {
      this.nowMs += ms;
    });
    if (options.disturbance !== undefined) this.weather = createTableWeather(options.disturbance, this.random);
    this.table.listener = ({ table, oldItem, newItem }) => {
      if (table === TABLE_NAMES.counters) this.watchPage(oldItem, newItem);
      if (table === TABLE_NAMES.records) this.watchRecord(oldItem, newItem);
    };
  }

  public async run(): Promise<SimulationReport> {
    const { processes, requests } = this.options;
    const [, teamLimit, keyLimit] = this.options.limits;
    const identity = createIdentityStore(this.table, TABLE_NAMES.identity);
    const stamp = { status: 'active' as const, generation: 1, createdAt: '', updatedAt: '' };
    const key: KeyRecord = { id: 'k1', teamId: 't1', ...stamp, role: 'caller', hashes: [], lastFour: '', budgets: [lifetime(keyLimit)] };
    await identity.create('team', { id: 't1', ...stamp, budgets: [lifetime(teamLimit)] });
    await identity.create('key', key);

    const callers: Caller[] = [];
    for (let index = 0; index < processes; index++) {
      const somewhere = 1 + this.random.below(30 * Math.ceil(requests / processes));
      const crashes = this.options.crashAt?.[index] ?? (this.random.chance(this.options.crash) ? somewhere : undefined);
      const process = newProcess(crashes);
      this.running.push(process);
      this.skewMs.set(process, this.random.below(2 * SKEW_MS) - SKEW_MS);
      callers.push(this.caller(process));
    }
    if (this.options.loweredTo !== undefined) await this.lowerUnseen(callers, this.options.loweredTo);
    for (let count = 0; count < requests; count++) void this.request(callers[count % processes] as Caller);
    if (this.options.budgetChanges) void this.changeBudgets(newProcess());
    if (this.options.earlySweeps) void this.sweepEarly(newProcess(this.random.chance(0.3) ? 1 + this.random.below(60) : undefined));
    await this.scheduler.drain();
    await this.finish();
    return this.report();
  }

  /** Every process learns the rows; then the team's budget is lowered, acknowledged, and nobody is told. */
  private async lowerUnseen(callers: readonly Caller[], limit: number): Promise<void> {
    for (const { rows } of callers) void Promise.resolve(rows.of('k1')).catch(() => undefined);
    await this.scheduler.drain();
    const identity = createIdentityStore(this.table, TABLE_NAMES.identity);
    const row = await identity.get('team', 't1');
    if (row !== undefined) await identity.replace('team', { ...row, generation: 2, budgets: [lifetime(limit)] }, row.generation);
    this.ceiling = BigInt(limit);
  }

  private admission({ process, rows }: Caller, kept: KeptRows, costNanoUsd: bigint): AdmissionRequest<KeptRows> {
    return {
      attemptId: this.attemptId(process),
      rows: rows.withTags(kept, {}, 0),
      tags: {},
      operation: 'chat',
      dialect: 'openai-chat',
      originalModel: 'm',
      candidateModels: ['p/m'],
      bound: { costNanoUsd, tokens: 10 },
      stream: false,
      expiresAtMs: this.wallMs(process) + 16 * MINUTE_MS,
      again: async () => this.admission({ process, rows } as Caller, await known(rows.anew('k1')), costNanoUsd),
    };
  }

  private async request(caller: Caller): Promise<void> {
    const { process, rows, ledger } = caller;
    await this.scheduler.step(process, this.random.below(this.options.overMs ?? 2_000));
    const w = BigInt(10 + this.random.below(90));
    const result = await known(rows.of('k1'))
      .then((kept) => ledger.admit(this.admission(caller, kept, w)))
      .catch(() => undefined);
    if (result === undefined || !result.admitted) {
      this.refused++;
      return;
    }
    const { reservation } = result;
    this.admitted++;
    const nothing = { status: 502, outcome: 'upstream_error', costNanoUsd: 0n, attempts: [], latencyMs: 1, overheadMs: 1 };
    await this.scheduler.step(process, this.stallMs());
    try {
      reservation.assertSendable();
    } catch {
      return reservation.release(nothing);
    }
    if (this.random.chance(0.1)) return reservation.release(nothing);
    this.checkSend(reservation.attemptId);
    const cost = BigInt(this.random.below(Number(w) + 1));
    this.billed.set(reservation.attemptId, cost);
    await this.scheduler.step(process, this.random.chance(0.2) ? this.random.below(14 * MINUTE_MS) : this.random.below(3_000));
    return reservation.settle({ ...nothing, status: 200, outcome: 'ok', costNanoUsd: cost });
  }

  /** A process's own way to the table: every call is a scheduling point before and after, and may fail in every way a network can. */
  private connector(process: Process, faults = this.options.fault): DynamoDbConnector {
    const { random, scheduler, table } = this;
    const wrap =
      <I extends object, O>(call: (input: I) => Promise<O>) =>
      async (input: I, limits?: { readonly timeoutMs: number }): Promise<O> => {
        const late = (): void => void call(input).catch(() => undefined);
        const trouble = faults === 0 ? undefined : this.weather?.at(this.nowMs, limits?.timeoutMs ?? 5_000);
        if (trouble !== undefined) {
          if (trouble.appliedAfterMs !== undefined) scheduler.after(trouble.appliedAfterMs, late);
          await scheduler.step(process, trouble.failsAfterMs);
          throw named('TimeoutError');
        }
        await scheduler.step(process, this.stallMs(), late);
        const fault = random.chance(faults) ? random.below(5) : -1;
        if (fault === 0) throw named('TimeoutError');
        if (fault === 1) throw named('ThrottlingException');
        if (fault === 2) {
          scheduler.after(random.below(10 * MINUTE_MS), late);
          throw named('TimeoutError');
        }
        // A connection that breaks: the call is made twice, and the second one answers.
        if (fault === 4) await call(input).catch(() => undefined);
        const answer = await call(input).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        await scheduler.step(process, this.stallMs());
        if (fault === 3) throw named('TimeoutError');
        if ('error' in answer) throw answer.error;
        return answer.value;
      };
    return {
      batchGetItem: wrap(table.batchGetItem),
      getItem: wrap(table.getItem),
      putItem: wrap(table.putItem),
      updateItem: wrap(table.updateItem),
      deleteItem: wrap(table.deleteItem),
      query: wrap(table.query),
      scan: wrap(table.scan),
      transactWriteItems: wrap(table.transactWriteItems),
    };
  }

  private stallMs(): number {
    return this.random.chance(this.options.stall) ? this.random.below(20 * MINUTE_MS) : 0;
  }

  private wallMs(process: Process): number {
    return this.nowMs + (this.skewMs.get(process) ?? 0);
  }

  private stores(process: Process, faults?: number) {
    const connector = this.connector(process, faults);
    return {
      identity: createIdentityStore(connector, TABLE_NAMES.identity),
      pages: createPageStore(connector, TABLE_NAMES.counters),
      records: createUsageRecordStore(connector, TABLE_NAMES.records, { now: () => this.nowMs }),
      idempotency: createIdempotencyStore(connector, TABLE_NAMES.records),
    };
  }

  private caller(process: Process): Caller {
    const { identity, ...stores } = this.stores(process);
    const clock = { now: () => this.wallMs(process), monotonic: () => this.nowMs };
    const rows = createIdentityRows(identity, clock);
    const ledger = createLedger<KeptRows>({
      ...stores,
      rows,
      clock,
      document: DOCUMENT(this.options.limits[0]),
      log: {
        write: (_level, event, fields) => {
          if (event.endsWith('-not-queued') && fields?.requestId !== undefined) this.untold.add(fields.requestId);
          if (event === 'settlement-lost' || event === 'unsent-charged') this.fail(`I4 ${event} ${fields?.requestId}`);
        },
      },
      metrics: { emit: () => undefined },
      queue: {
        send: async (work) => {
          await this.scheduler.step(process);
          if (this.weather !== undefined && this.random.chance(0.2)) throw named('TimeoutError');
          this.queue.push(work);
        },
      },
      pause: (ms) => this.scheduler.step(process, ms),
      random: () => this.random.next(),
      nameAttempt: () => this.attemptId(process),
      ...(this.options.policy === undefined ? {} : { shardPolicy: this.options.policy }),
    });
    return { process, rows, ledger };
  }

  private sweeper(process: Process, skewMs: number, faults?: number): Sweeper {
    return createSweeper({ ...this.stores(process, faults), clock: this.clock(skewMs), retentionMs: RETENTION_MS });
  }

  private clock(skewMs: number) {
    return { now: () => this.nowMs + skewMs, monotonic: () => this.nowMs };
  }

  /** Budgets go up and down, the row first, then its pages, by two administrators at once. */
  private async changeBudgets(process: Process): Promise<void> {
    const { identity, pages } = this.stores(process, 0);
    for (let generation = 2; generation < 6; generation++) {
      await this.scheduler.step(process, this.random.below(2_000));
      const row = await identity.get('team', 't1', { consistent: true });
      if (row === undefined) return;
      const changed = { ...row, generation, budgets: [lifetime(200 + this.random.below(1_200))] };
      await identity.replace('team', changed, row.generation);
      const move = () => movePages(pages, DOCUMENT(0), 'team', changed, this.nowMs);
      await Promise.all([move(), move()]);
    }
  }

  private async sweepEarly(process: Process): Promise<void> {
    const sweepers = [this.sweeper(process, SKEW_MS), this.sweeper(process, 0)];
    for (let round = 0; round < 6; round++) {
      await this.scheduler.step(process, this.random.below(15 * MINUTE_MS));
      await Promise.all(sweepers.map((sweeper) => sweeper.sweep().catch(() => undefined)));
      await this.deliver(process, 0.3);
    }
  }

  /** Books queued settlements, some of them twice. */
  private async deliver(process: Process, share: number, faults?: number): Promise<void> {
    const stores = this.stores(process, faults);
    const messages = this.queue.filter(() => this.random.chance(share));
    for (const message of messages) {
      const twice = this.random.chance(0.3);
      const book = () =>
        bookQueued(stores, message).then(
          () => true,
          () => false,
        );
      const [booked] = await Promise.all(twice ? [book(), book()] : [book()]);
      if (booked && !this.random.chance(0.2)) this.queue.splice(this.queue.indexOf(message), 1);
    }
  }

  /** Everything dead is swept, everything late arrives, and then nothing may be open any more. */
  private async finish(): Promise<void> {
    const process = newProcess();
    const sweep = (): Promise<unknown> => Promise.all([this.sweeper(process, 0, 0).sweep(), this.sweeper(process, 0, 0).sweep()]);
    const phases = [
      [33 * MINUTE_MS, sweep],
      [MINUTE_MS, () => this.deliver(process, this.weather === undefined ? 0.5 : 1, 0)],
      [RETENTION_MS + 40 * MINUTE_MS, sweep],
      [MINUTE_MS, () => this.deliverLate(process)],
      [RETENTION_MS, sweep],
    ] as const;
    for (const [ms, run] of phases) {
      this.scheduler.advance(ms);
      void run();
      await this.scheduler.drain();
    }
    this.checkEnd();
  }

  /** What comes after the queue has forgotten it changes nothing that was decided. */
  private deliverLate(process: Process): Promise<void> {
    for (const { record } of this.queue) this.untold.add(record.id);
    return this.deliver(process, 1, 0);
  }

  private watchPage(oldItem: Item | undefined, newItem: Item | undefined): void {
    const before = tally(oldItem);
    const after = tally(newItem);
    if (after.generation >= 0 && after.generation < before.generation) this.fail(`I2 ${after.name} went back to older limits`);
    if (after.entries > 0 && newItem?.['due'] === undefined) this.fail(`I6 the index does not find ${after.name}`);
    if (after.open > before.open && after.remaining < 0n) this.fail(`I3 a reservation left ${after.remaining} on ${after.name}`);
    if (after.lent > before.lent && after.remaining < 0n) this.fail(`I3 ${after.lent} lent, ${after.remaining} left`);
    if (this.ceiling !== undefined && after.open > before.open && after.name.includes('#team#')) {
      const used = after.limit - after.remaining;
      if (used > this.ceiling) this.fail(`I2 ${used} used of a budget of ${this.ceiling}`);
    }
    // Only what a page is paid for changes what it has in all.
    if (oldItem === undefined || before.split || after.split) return;
    const charged = after.charged - before.charged;
    if (charged < 0n) this.fail(`I1 money came from nowhere on ${after.name}: ${charged}`);
    if (charged > 0n && after.entries >= before.entries) this.fail('I1 money was charged without closing an entry');
  }

  private watchRecord(oldItem: Item | undefined, newItem: Item | undefined): void {
    const from = oldItem?.['st']?.S;
    const to = newItem?.['st']?.S;
    if (from !== undefined && FINAL.has(from)) this.fail(`I4 a final record changed from ${from} to ${to}`);
  }

  private checkSend(id: string): void {
    const item = this.table.item(TABLE_NAMES.records, `request#${id}\u0000record`);
    if (item !== undefined) this.fail(`I5 sent with the record in ${item['st']?.S}`);
    const pages = this.pages();
    const first = pages.find(({ key, open }) => key.startsWith('page#key#') && open.has(id));
    const names = [first?.key ?? 'its first page', ...(first?.open.get(id)?.call?.others ?? [])];
    for (const name of names) {
      if (!pages.some(({ key, open }) => key === name && open.has(id))) this.fail(`I5 sent without an entry on ${name}`);
    }
    if (names.length !== 3) this.fail(`I5 sent with entries on ${names.length} pages`);
  }

  private checkEnd(): void {
    const records = this.records();
    const charged = new Map<string, bigint>();
    for (const record of records) {
      if (!FINAL.has(record.state)) this.fail(`I4 ${record.id} is left in ${record.state}`);
      const { costNanoUsd: cost } = record;
      const billed = this.billed.get(record.id) ?? 0n;
      if (record.state === 'void' && cost !== 0n) this.fail(`I7 a void record costs ${cost}`);
      if (billed > cost) this.fail(`I9 billed ${billed}, charged ${cost} (${record.state})`);
      if (record.state === 'settled' && billed !== cost) this.fail(`I9 settled ${cost} for ${billed}`);
      for (const { page } of record.pages) charged.set(rootOf(page), (charged.get(rootOf(page)) ?? 0n) + cost);
    }
    this.checkTold(records);
    for (const id of this.billed.keys()) {
      if (!records.some((record) => record.id === id)) this.fail(`I4 ${id} was billed and has no record`);
    }
    const pages = this.pages();
    for (const { key, open, kept } of pages) {
      if (open.size + kept.size > 0) this.fail(`I6 ${open.size + kept.size} entries are left on ${key}`);
    }
    for (const root of pages.filter(({ key }) => rootOf(key) === key)) {
      const shards = pages.filter(({ key }) => key !== root.key && rootOf(key) === root.key);
      const { remainingNanoUsd = 0n, limitNanoUsd = 0n } = wholeOf(root, shards).periods['lifetime'] ?? {};
      const took = limitNanoUsd - remainingNanoUsd;
      const told = charged.get(root.key) ?? 0n;
      if (took !== told) this.fail(`I7 ${root.key} took ${took}, its records say ${told}`);
    }
    if (this.broken !== undefined) throw new Violation(`${this.broken} (seed ${this.seed})`);
  }

  /** What a living process sent costs what it said; what it did not send costs nothing. */
  private checkTold(records: readonly KeptRecord[]): void {
    for (const { id, costNanoUsd: cost, state } of records) {
      const owner = this.owners.get(id);
      if (owner === undefined || owner.dead || this.untold.has(id)) continue;
      const billed = this.billed.get(id);
      if (billed === undefined && cost !== 0n) this.fail(`I12 ${id} was not sent and costs ${cost} (${state})`);
      if (billed !== undefined && cost !== billed) this.fail(`I9 ${id} was billed ${billed} and costs ${cost} (${state})`);
    }
  }

  private records(): KeptRecord[] {
    return this.table
      .items(TABLE_NAMES.records)
      .filter((item) => item['pk']?.S?.startsWith('request#') === true)
      .map((item) => readRecord(item));
  }

  private pages(): PageState[] {
    return this.table.items(TABLE_NAMES.counters).map((item) => new StoredPage(item));
  }

  private fail(what: string): void {
    this.broken ??= what;
  }

  private attemptId(process: Process): string {
    const id = `0192f000000${(++this.made * 7_919).toString(16).padStart(11, '0')}`;
    this.owners.set(id, process);
    return id;
  }

  private report(): SimulationReport {
    const states: Record<string, number> = {};
    for (const { state } of this.records()) states[state] = (states[state] ?? 0) + 1;
    const billedNanoUsd = [...this.billed.values()].reduce((sum, cost) => sum + cost, 0n);
    const onShards = this.records().filter(({ pages }) => pages.some(({ page }) => rootOf(page) !== page)).length;
    return {
      onShards,
      admitted: this.admitted,
      refused: this.refused,
      billedNanoUsd,
      states,
      steps: this.running.map(({ steps }) => steps),
    };
  }
}

/** A process that takes requests. */
interface Caller {
  readonly process: Process;
  readonly rows: IdentityRows;
  readonly ledger: Ledger<KeptRows>;
}

async function known(read: ReturnType<IdentityRows['of']>): Promise<KeptRows> {
  const { rows } = await read;
  if (rows === undefined) throw new Error('no such key');
  return rows;
}

function lifetime(limitNanoUsd: number): BudgetConfig {
  return { limit_usd: `0.${String(limitNanoUsd).padStart(9, '0')}`, period: 'lifetime' };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

/** `page#team#t1#*`, also of a shard. */
function rootOf(page: string): string {
  return page.split('#').slice(0, 4).join('#');
}

interface Tally {
  readonly name: string;
  readonly generation: number;
  readonly remaining: bigint;
  readonly limit: bigint;
  readonly charged: bigint;
  /** In parcels on their way. */
  readonly lent: bigint;
  /** It is a shard, or has lent. */
  readonly split: boolean;
  readonly open: number;
  readonly entries: number;
}

function tally(item: Item | undefined): Tally {
  const page = new StoredPage(item ?? {});
  const { remainingNanoUsd: remaining = 0n, limitNanoUsd: limit = 0n } = page.periods['lifetime'] ?? {};
  const held = [...page.open.values(), ...page.kept.values()].reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
  const loans = [...page.loans.values()];
  const lent = loans.reduce((sum, { parcel }) => sum + (parcel?.nanoUsd['lifetime'] ?? 0n), 0n);
  const { open, kept, key: name, generation } = page;
  const split = loans.length > 0 || rootOf(name) !== name;
  return {
    name,
    generation,
    remaining,
    limit,
    charged: limit - remaining - held,
    lent,
    split,
    open: open.size,
    entries: open.size + kept.size,
  };
}

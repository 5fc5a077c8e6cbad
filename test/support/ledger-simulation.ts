import {
  createCounterStore,
  createGateStore,
  createIdempotencyStore,
  createIdentityStore,
  createRecordStore,
  isRequestItem,
  readRecord,
} from '../../lambda/aws/dynamodb';
import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import type { KeyRecord } from '../../lambda/identity/entities';
import { createIdentityRows } from '../../lambda/identity/rows';
import {
  type AdmissionRequest,
  bindLevel,
  bookQueued,
  createLedger,
  createSweeper,
  type EscrowPolicy,
  type Ledger,
  plannedCounter,
  type QueuedWork,
  type Sweeper,
} from '../../lambda/money/ledger';
import type { RequestRecord } from '../../lambda/money/record';
import type { BudgetConfig } from '../../lib/private/contract';
import type { Item } from './dynamodb-expressions';
import { createMemoryDynamoDb, type MemoryDynamoDb, TABLE_NAMES } from './memory-dynamodb';
import { newProcess, type Process, type Random, randomOf, Scheduler } from './scheduler';
import { createTableWeather, type Disturbance, type TableWeather } from './table-weather';

/** How much goes wrong, as probabilities per call or per request. */
export interface SimulationOptions {
  readonly requests: number;
  readonly processes: number;
  /** A call that never arrives, an answer that never comes, a call that is applied minutes late, a throttle; per call. */
  readonly fault: number;
  /** A process stands still for up to 20 minutes, its wall clock with it in half of the cases; per call. */
  readonly stall: number;
  /** A process dies somewhere in its life; per process. */
  readonly crash: number;
  /** Exact steps at which the first processes die; they override `crash`. */
  readonly crashAt?: readonly number[];
  /** The team's budget is lowered to this while every process remembers the old one and no counter exists. */
  readonly loweredTo?: number;
  /** Budgets change while requests run. */
  readonly budgetChanges: boolean;
  /** Sweepers run beside the requests, with clocks up to 14 minutes ahead. */
  readonly earlySweeps: boolean;
  /** When busy counters are split. Default: hardly ever. */
  readonly escrow?: EscrowPolicy;
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

/** Counters that split at once, into few shards with little money, and collapse again. */
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
  escrow: { mostEntries: 1, headroom: 2n, chunk: 2n, mostShards: 4 },
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
  /** Reservations that were made on escrow shards. */
  readonly onShards: number;
}

/** The run broke a promise. The message says which, and the seed replays it. */
export class Violation extends Error {}

const START_MS = Date.UTC(2026, 10, 24, 12);
const MINUTE_MS = 60_000;
const RETENTION_MS = 15 * 86_400_000;
const FINAL = new Set(['settled', 'void', 'adjusted']);
const DOCUMENT = (limit: number) => ({ gateway: { budgets: [month(limit)] }, defaults: {} });

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
  /** Attempts that neither table nor queue took an end of. */
  private readonly untold = new Set<string>();
  private readonly weather: TableWeather | undefined;
  private readonly running: Process[] = [];
  /** How far each process's wall clock has stood still. */
  private readonly behindMs = new Map<Process, number>();
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
      if (table === TABLE_NAMES.counters) this.watchCounter(oldItem, newItem);
      if (table === TABLE_NAMES.records) this.watchRecord(oldItem, newItem);
    };
  }

  public async run(): Promise<SimulationReport> {
    const { processes, requests } = this.options;
    const [, teamLimit, keyLimit] = this.options.limits;
    const identity = createIdentityStore(this.table, TABLE_NAMES.identity);
    const stamp = { status: 'active' as const, generation: 1, createdAt: '', updatedAt: '' };
    const key: KeyRecord = { id: 'k1', teamId: 't1', ...stamp, role: 'caller', hashes: [], lastFour: '', budgets: [month(keyLimit)] };
    await identity.create('team', { id: 't1', ...stamp, budgets: [month(teamLimit)] });
    await identity.create('key', key);

    const ledgers: Ledger[] = [];
    for (let index = 0; index < processes; index++) {
      const somewhere = 1 + this.random.below(30 * Math.ceil(requests / processes));
      const crashes = this.options.crashAt?.[index] ?? (this.random.chance(this.options.crash) ? somewhere : undefined);
      const process = newProcess(crashes);
      this.running.push(process);
      ledgers.push(this.ledger(process));
    }
    if (this.options.loweredTo !== undefined) await this.lowerUnseen(ledgers, key, this.options.loweredTo);
    for (let count = 0; count < requests; count++) {
      const index = count % processes;
      void this.request(this.running[index] as Process, ledgers[index] as Ledger, key);
    }
    if (this.options.budgetChanges) void this.changeBudgets(newProcess());
    if (this.options.earlySweeps) void this.sweepEarly(newProcess(this.random.chance(0.3) ? 1 + this.random.below(60) : undefined));
    await this.scheduler.drain();
    await this.finish();
    return this.report();
  }

  /** Every process learns the team's budget by a free request; then it is lowered, acknowledged, and nobody is told. */
  private async lowerUnseen(ledgers: readonly Ledger[], key: KeyRecord, limit: number): Promise<void> {
    for (const ledger of ledgers) void ledger.admit({ ...this.admission(key, 0n), expiresAtMs: this.nowMs });
    await this.scheduler.drain();
    const identity = createIdentityStore(this.table, TABLE_NAMES.identity);
    const row = await identity.get('team', 't1');
    if (row !== undefined) await identity.replace('team', { ...row, generation: 2, budgets: [month(limit)] }, row.generation);
    this.ceiling = BigInt(limit);
  }

  private admission(key: KeyRecord, costNanoUsd: bigint): AdmissionRequest {
    return {
      attemptId: this.attemptId(),
      key,
      tags: {},
      operation: 'chat',
      dialect: 'openai-chat',
      originalModel: 'm',
      candidateModels: ['p/m'],
      bound: { costNanoUsd, tokens: 10 },
      stream: false,
      expiresAtMs: this.nowMs + 16 * MINUTE_MS,
    };
  }

  private async request(process: Process, ledger: Ledger, key: KeyRecord): Promise<void> {
    await this.scheduler.step(process, this.random.below(2_000));
    const w = BigInt(10 + this.random.below(90));
    const result = await ledger.admit(this.admission(key, w));
    if (!result.admitted) {
      this.refused++;
      return;
    }
    const { reservation } = result;
    this.admitted++;
    const nothing = { status: 502, outcome: 'upstream_error', costNanoUsd: 0n, attempts: [], latencyMs: 1, overheadMs: 1 };
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
        this.own(process, input);
        const trouble = faults === 0 ? undefined : this.weather?.at(this.nowMs, limits?.timeoutMs ?? 5_000);
        if (trouble !== undefined) {
          if (trouble.appliedAfterMs !== undefined) scheduler.after(trouble.appliedAfterMs, late);
          await scheduler.step(process, trouble.failsAfterMs);
          throw named('TimeoutError');
        }
        await scheduler.step(process, this.stallMs(process), late);
        const fault = random.chance(faults) ? random.below(4) : -1;
        if (fault === 0) throw named('TimeoutError');
        if (fault === 1) throw named('ThrottlingException');
        if (fault === 2) {
          scheduler.after(random.below(10 * MINUTE_MS), late);
          throw named('TimeoutError');
        }
        const answer = await call(input).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        await scheduler.step(process, this.stallMs(process));
        if (fault === 3) throw named('TimeoutError');
        if ('error' in answer) throw answer.error;
        return answer.value;
      };
    return {
      getItem: wrap(table.getItem),
      putItem: wrap(table.putItem),
      updateItem: wrap(table.updateItem),
      deleteItem: wrap(table.deleteItem),
      query: wrap(table.query),
      scan: wrap(table.scan),
      transactWriteItems: wrap(table.transactWriteItems),
    };
  }

  private stallMs(process: Process): number {
    if (!this.random.chance(this.options.stall)) return 0;
    const ms = this.random.below(20 * MINUTE_MS);
    if (this.random.chance(0.5)) this.behindMs.set(process, (this.behindMs.get(process) ?? 0) + ms);
    return ms;
  }

  /** Whoever first writes under an attempt's id made it. */
  private own(process: Process, input: object): void {
    const { Item: item } = input as { Item?: Item };
    const id = item?.['pk']?.S ?? '';
    if (id.startsWith('request#') && !this.owners.has(id.slice(8))) this.owners.set(id.slice(8), process);
  }

  private stores(process: Process, faults?: number) {
    const connector = this.connector(process, faults);
    return {
      identity: createIdentityStore(connector, TABLE_NAMES.identity),
      counters: createCounterStore(connector, TABLE_NAMES.counters),
      gates: createGateStore(connector, TABLE_NAMES.counters),
      records: createRecordStore(connector, TABLE_NAMES.records),
      idempotency: createIdempotencyStore(connector, TABLE_NAMES.records),
    };
  }

  private ledger(process: Process): Ledger {
    const stores = this.stores(process);
    const clock = { now: () => this.nowMs - (this.behindMs.get(process) ?? 0), monotonic: () => this.nowMs };
    return createLedger({
      ...stores,
      levels: createIdentityRows(stores.identity, clock),
      clock,
      document: DOCUMENT(this.options.limits[0]),
      log: {
        write: (_level, event, fields) => {
          if (event.endsWith('-not-queued') && fields?.requestId !== undefined) this.untold.add(fields.requestId);
        },
      },
      metrics: { emit: () => undefined },
      queue: {
        send: async (settlement, delaySeconds = 0) => {
          await this.scheduler.step(process);
          // Nothing may depend on a reminder.
          if (delaySeconds > 0 && this.random.chance(0.5)) throw named('TimeoutError');
          if (this.weather !== undefined && this.random.chance(0.2)) throw named('TimeoutError');
          this.queue.push(settlement);
        },
      },
      pause: (ms) => this.scheduler.step(process, ms),
      random: () => this.random.next(),
      nameAttempt: () => this.attemptId(),
      ...(this.options.escrow === undefined ? {} : { escrow: this.options.escrow }),
    });
  }

  private sweeper(process: Process, skewMs: number, faults?: number): Sweeper {
    return createSweeper({ ...this.stores(process, faults), clock: this.clock(skewMs), retentionMs: RETENTION_MS });
  }

  private clock(skewMs: number) {
    return { now: () => this.nowMs + skewMs, monotonic: () => this.nowMs };
  }

  /** Budgets go up and down, the row first, then its counters, by two administrators at once. */
  private async changeBudgets(process: Process): Promise<void> {
    const { identity, counters } = this.stores(process, 0);
    for (let generation = 2; generation < 6; generation++) {
      await this.scheduler.step(process, this.random.below(2_000));
      const row = await identity.get('team', 't1', { consistent: true });
      if (row === undefined) return;
      const changed = { ...row, generation, budgets: [month(200 + this.random.below(1_200))] };
      await identity.replace('team', changed, row.generation);
      const level = bindLevel(DOCUMENT(0), 'team', 't1', changed);
      const move = () => Promise.all(level.budgets.map((budget) => counters.move(plannedCounter(level, budget, this.nowMs).spec)));
      await Promise.all([move(), move()]);
    }
  }

  private async sweepEarly(process: Process): Promise<void> {
    const sweepers = [this.sweeper(process, this.random.below(14) * MINUTE_MS), this.sweeper(process, 0)];
    for (let round = 0; round < 4; round++) {
      await this.scheduler.step(process, this.random.below(8 * MINUTE_MS));
      await Promise.all(
        sweepers.flatMap((sweeper) => [sweeper.sweepRecords().catch(() => undefined), sweeper.sweepCounters().catch(() => undefined)]),
      );
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
        bookQueued(stores, message, this.nowMs).then(
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
    const sweeper = this.sweeper(process, 0, 0);
    const sweepAll = async (): Promise<void> => {
      await sweeper.sweepRecords();
      await sweeper.sweepCounters();
    };
    if (this.weather !== undefined) {
      this.scheduler.advance(33 * MINUTE_MS);
      void sweeper.sweepRecords();
      await this.scheduler.drain();
      this.checkVoids();
    }
    const phases = [
      [17 * MINUTE_MS, () => Promise.all([sweepAll(), this.sweeper(process, 0, 0).sweepCounters()])],
      [MINUTE_MS, () => this.deliver(process, this.weather === undefined ? 0.5 : 1, 0)],
      [RETENTION_MS + 20 * MINUTE_MS, sweepAll],
      [RETENTION_MS, sweepAll],
      [MINUTE_MS, () => this.deliver(process, 1, 0)],
      [MINUTE_MS, sweepAll],
    ] as const;
    for (const [ms, run] of phases) {
      this.scheduler.advance(ms);
      void run();
      await this.scheduler.drain();
    }
    this.checkEnd();
  }

  private watchCounter(oldItem: Item | undefined, newItem: Item | undefined): void {
    const before = tally(oldItem);
    const after = tally(newItem);
    const charged = after.charged - before.charged;
    if (charged < 0n) this.fail(`I1 money came from nowhere on ${newItem?.['pk']?.S}: ${charged}`);
    if (charged > 0n && after.entries >= before.entries) this.fail('I1 money was charged without closing an entry');
    const used = BigInt(newItem?.['limit']?.N ?? 0) - after.remaining;
    if (this.ceiling !== undefined && after.open > before.open && used > this.ceiling && newItem?.['pk']?.S?.includes('team#') === true) {
      this.fail(`I2 ${used} used of a budget of ${this.ceiling}`);
    }
    if (after.lent > before.lent && after.remaining < 0n) this.fail(`I3 ${after.lent} lent, ${after.remaining} left`);
    if (after.open > before.open && after.remaining < 0n) this.fail(`I3 a reservation left ${after.remaining} on ${newItem?.['pk']?.S}`);
  }

  private watchRecord(oldItem: Item | undefined, newItem: Item | undefined): void {
    const from = oldItem?.['state']?.S;
    const to = newItem?.['state']?.S;
    if (from !== undefined && FINAL.has(from) && to !== from) this.fail(`I4 a final record changed from ${from} to ${to}`);
  }

  private checkSend(id: string): void {
    const item = this.table.item(TABLE_NAMES.records, `request#${id}\u0000record`);
    const record = item === undefined ? undefined : readRecord(item);
    const states = ['intent', 'expired_charged'];
    if (record === undefined || !states.includes(record.state)) this.fail(`I5 sent with the record in ${record?.state}`);
    for (const { counter } of record?.counters ?? []) {
      const held = this.table.item(TABLE_NAMES.counters, counter);
      if (held?.['open']?.M?.[id] === undefined && item?.['parked']?.M?.[id] === undefined)
        this.fail(`I5 sent without money on ${counter}`);
    }
  }

  private checkEnd(): void {
    const records = this.records();
    const charged = new Map<string, bigint>();
    for (const record of records) {
      if (!FINAL.has(record.state)) this.fail(`I4 ${record.id} is left in ${record.state}`);
      const cost = record.costNanoUsd ?? 0n;
      const billed = this.billed.get(record.id) ?? 0n;
      if (record.state === 'void' && cost !== 0n) this.fail(`I7 a void record costs ${cost}`);
      if (billed > cost) this.fail(`I9 billed ${billed}, charged ${cost} (${record.state})`);
      if (record.state === 'settled' && billed !== cost) this.fail(`I9 settled ${cost} for ${billed}`);
      for (const { counter } of record.counters) charged.set(counter, (charged.get(counter) ?? 0n) + cost);
    }
    if (this.weather !== undefined) this.checkTold(records);
    for (const id of this.billed.keys()) {
      if (!records.some((record) => record.id === id)) this.fail(`I4 ${id} was billed and has no record`);
    }
    for (const item of this.table.items(TABLE_NAMES.counters)) {
      const state = tally(item);
      const name = item['pk']?.S ?? '';
      if (state.entries > 0) this.fail(`I6 ${state.entries} entries are left on ${name}`);
      if (state.charged !== (charged.get(name) ?? 0n)) this.fail(`I7 ${name} took ${state.charged}, its records say ${charged.get(name)}`);
    }
    for (const root of this.table.items(TABLE_NAMES.counters).filter((item) => item['lent'] !== undefined)) {
      const shards = this.table.items(TABLE_NAMES.counters).filter((item) => item['pk']?.S?.startsWith(`${root['pk']?.S}#shard`) === true);
      const granted = shards.reduce((sum, shard) => sum + BigInt(shard['limit']?.N ?? 0), 0n);
      if (granted !== BigInt(root['lent']?.N ?? 0)) this.fail(`I1 lent ${root['lent']?.N}, the shards were given ${granted}`);
    }
    if (this.broken !== undefined) throw new Violation(`${this.broken} (seed ${this.seed})`);
  }

  /** The open index alone has led to every entry that a void record tells of; one by a sweeper tells of those that it has met. */
  private checkVoids(): void {
    for (const { id, state, counters } of this.records()) {
      if (state !== 'void') continue;
      for (const { counter } of counters) {
        const held = this.table.item(TABLE_NAMES.counters, counter)?.['open']?.M?.[id];
        if (held !== undefined) this.fail(`I6 the void ${id} still holds money on ${counter}`);
      }
    }
  }

  /** What a living process sent costs what it said; what it did not send costs nothing. */
  private checkTold(records: readonly RequestRecord[]): void {
    for (const record of records) {
      const owner = this.owners.get(record.id);
      if (owner === undefined || owner.dead || this.untold.has(record.id)) continue;
      const cost = record.costNanoUsd ?? 0n;
      const billed = this.billed.get(record.id);
      if (billed === undefined && cost !== 0n) this.fail(`I12 ${record.id} was not sent and costs ${cost} (${record.state})`);
      if (billed !== undefined && cost !== billed) this.fail(`I9 ${record.id} was billed ${billed} and costs ${cost} (${record.state})`);
    }
  }

  private records(): RequestRecord[] {
    return this.table
      .items(TABLE_NAMES.records)
      .filter((item) => isRequestItem(item))
      .map((item) => readRecord(item));
  }

  private fail(what: string): void {
    this.broken ??= what;
  }

  private attemptId(): string {
    return `0192f000-0000-7000-8000-${(++this.made * 7_919).toString(16).padStart(12, '0')}`;
  }

  private report(): SimulationReport {
    const states: Record<string, number> = {};
    for (const { state } of this.records()) states[state] = (states[state] ?? 0) + 1;
    const billedNanoUsd = [...this.billed.values()].reduce((sum, cost) => sum + cost, 0n);
    const onShards = this.records().filter(({ counters }) => counters.some(({ counter }) => counter.includes('#shard'))).length;
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

function month(limitNanoUsd: number): BudgetConfig {
  return { limit_usd: `0.${String(limitNanoUsd).padStart(9, '0')}`, period: 'lifetime' };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

function tally(item: Item | undefined): { remaining: bigint; charged: bigint; lent: bigint; open: number; entries: number } {
  const sum = (name: string): [number, bigint] => {
    const entries = Object.values(item?.[name]?.M ?? {});
    return [entries.length, entries.reduce((total, entry) => total + BigInt(entry.M?.['w']?.N ?? 0), 0n)];
  };
  const [open, held] = sum('open');
  const [parked, kept] = sum('parked');
  const remaining = BigInt(item?.['remaining']?.N ?? 0);
  const lent = BigInt(item?.['lent']?.N ?? 0);
  const charged = BigInt(item?.['limit']?.N ?? 0) - remaining - held - kept - lent;
  return { remaining, charged, lent, open, entries: open + parked };
}

/** Several processes on one busy page, in every order that a seed makes of it: they are late, lose answers and die between any two calls. */

import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import { createPageStore } from '../../lambda/aws/dynamodb/pages';
import { createShards, entryOf, firstTake, takeFrom, wholeOf } from '../../lambda/money/pages';
import type { PageEntry, PageSpec, PageState, PageStore } from '../../lambda/money/ports';
import { createMemoryDynamoDb, type MemoryDynamoDb, TABLE_NAMES } from './memory-dynamodb';
import { asks, month, NOW_MS, page, TIMEOUT_MS } from './pages';
import { newProcess, type Process, type Random, randomOf, Scheduler } from './scheduler';

export interface ShardsReport {
  readonly reserved: number;
  readonly refused: number;
  readonly shards: number;
  readonly died: number;
}

const POLICY = { mostEntries: 2, headroom: 2, chunk: 3, mostShards: 4 };
const PROCESSES = 4;
const CALLS = 14;
const MONTH_MS = 2_592_000_000;
const ROOT = page().key;

/** What is true, by what the table was told. */
interface Truth {
  /** Entries that were ever made, with what their call costs. */
  readonly costs: Map<string, bigint>;
  readonly made: Map<string, PageEntry>;
  readonly limits: readonly bigint[];
  generation: number;
  months: number;
}

export async function simulate(seed: number): Promise<ShardsReport> {
  const random = randomOf(seed);
  const scheduler = new Scheduler(random, () => undefined);
  const table = createMemoryDynamoDb();
  const limits = [300n + BigInt(random.below(400)), 200n + BigInt(random.below(600)), 500n];
  const truth: Truth = { costs: new Map(), made: new Map(), limits, generation: 0, months: 0 };
  const counts = { reserved: 0, refused: 0, shards: 0 };
  const calm = createPageStore(table, TABLE_NAMES.counters);
  const spec = (): PageSpec =>
    page({
      generation: 8 * (1 + truth.generation),
      slots: 40,
      periods: [month(limits[truth.generation] as bigint, NOW_MS + truth.months * MONTH_MS)],
    });

  const processes = Array.from({ length: PROCESSES }, () => newProcess(random.chance(0.4) ? 1 + random.below(300) : undefined));
  const world = { random, scheduler, table, truth, counts, spec };
  table.listener = ({ newItem }) => {
    if (newItem?.['q'] !== undefined) counts.shards = 1;
    checkSpent(table, truth);
  };
  // What is late or dead shall be late under other limits too.
  const events = random.chance(0.5) ? [() => (truth.generation = 1), () => (truth.months = 1), () => (truth.generation = 2)] : [];
  for (const process of processes) void live(process, world);
  const admin = newProcess();
  void (async () => {
    for (const event of events) {
      await scheduler.step(admin, random.below(2_000));
      event();
      if (random.chance(0.5)) await calm.move(spec(), NOW_MS);
    }
  })();
  await scheduler.drain();

  table.listener = undefined;
  await checkAtRest(calm, truth, spec(), random);
  return { ...counts, died: processes.filter(({ dead }) => dead).length };
}

interface World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly table: MemoryDynamoDb;
  readonly truth: Truth;
  readonly counts: { reserved: number; refused: number };
  readonly spec: () => PageSpec;
}

/** One process: its calls take one after the other, and what it does beside them goes on meanwhile. */
async function live(process: Process, world: World): Promise<void> {
  const { random, scheduler, truth, counts } = world;
  const pages = createPageStore(connectorOf(process, world), TABLE_NAMES.counters);
  const shards = createShards({
    pages,
    clock: { now: () => NOW_MS, monotonic: () => NOW_MS },
    random: () => random.next(),
    policy: POLICY,
  });
  const held: { key: string; id: string; entry: PageEntry }[] = [];
  for (let call = 0; call < CALLS; call++) {
    await scheduler.step(process, random.below(200));
    const root = world.spec();
    const one = held.length > 0 && random.chance(0.4) ? held.splice(random.below(held.length), 1)[0] : undefined;
    try {
      if (one !== undefined) await pages.close(one.key, one.id, one.entry, { costNanoUsd: truth.costs.get(one.id) ?? 0n });
      else {
        const made = await reserve(pages, shards, root, world);
        if (made === undefined) counts.refused += 1;
        else {
          counts.reserved += 1;
          held.push(made);
        }
      }
    } catch {
      // It does not know, and somebody else will find out.
    }
  }
}

async function reserve(
  pages: PageStore,
  shards: ReturnType<typeof createShards>,
  root: PageSpec,
  { random, truth }: Pick<World, 'random' | 'truth'>,
): Promise<{ key: string; id: string; entry: PageEntry } | undefined> {
  const nanoUsd = random.chance(0.2) ? 25n : 10n;
  const request = asks(nanoUsd);
  const tried: PageSpec[] = [];
  let spec = shards.specFor(root);
  for (let rounds = 0; rounds < 6; rounds++) {
    const id = `a${truth.costs.size}`;
    const cost = random.chance(0.3) ? nanoUsd : BigInt(random.below(Number(nanoUsd)));
    truth.costs.set(id, cost);
    let answer = firstTake(spec, undefined, request);
    for (let tries = 0; answer.kind === 'take' && tries < 6; tries++) {
      const { take } = answer;
      const entry = entryOf(take, { heardByMs: NOW_MS, expiresAtMs: NOW_MS + 1_000 }, { first: 'page' });
      const result = await pages.reserve(take, id, entry, TIMEOUT_MS);
      if (result.kind === 'reserved') {
        void shards.afterwards(root, spec, result.page, { nanoUsd, tokens: 0 });
        return { key: spec.key, id, entry };
      }
      if (result.kind !== 'refused') {
        // In doubt: whoever finds it takes it back.
        truth.costs.set(id, 0n);
        throw new Error('in doubt');
      }
      answer = takeFrom(spec, result.page, request);
    }
    if (answer.kind !== 'lacks') return undefined;
    tried.push(spec);
    const verdict = await shards.refused(root, tried, { nanoUsd, tokens: 0 }, answer.lacks);
    if ('whole' in verdict) return undefined;
    spec = verdict.again;
  }
  return undefined;
}

/** The table as a process meets it: late, deaf, or gone. */
function connectorOf(process: Process, { scheduler, random, table }: World): DynamoDbConnector {
  const through =
    <Input extends object, Output>(name: keyof DynamoDbConnector) =>
    async (input: Input): Promise<Output> => {
      const apply = () => (table[name] as unknown as (input: Input) => Promise<Output>)(input);
      const fault = name === 'batchGetItem' || !random.chance(0.06) ? 'none' : random.pick(['lost', 'late', 'never'] as const);
      await scheduler.step(process, 0, () => void apply().catch(() => undefined));
      if (fault === 'late') scheduler.after(random.below(3_000), () => void apply().catch(() => undefined));
      if (fault === 'late' || fault === 'never') throw Object.assign(new Error(fault), { name: 'TimeoutError' });
      const answer = await apply().then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      await scheduler.step(process);
      if (fault === 'lost') throw Object.assign(new Error(fault), { name: 'TimeoutError' });
      return answer();
    };
  return {
    batchGetItem: through('batchGetItem'),
    getItem: through('getItem'),
    putItem: through('putItem'),
    updateItem: through('updateItem'),
    deleteItem: through('deleteItem'),
    query: through('query'),
    scan: through('scan'),
    transactWriteItems: through('transactWriteItems'),
  };
}

/** What is open and what was spent never passes the largest limit that there was. */
function checkSpent(table: MemoryDynamoDb, truth: Truth): void {
  const byStart = new Map<string, bigint>();
  const open = new Set<string>();
  for (const item of table.items(TABLE_NAMES.counters)) {
    for (const part of ['o', 'k']) {
      for (const [id, { M: entry }] of Object.entries(item[part]?.M ?? {})) {
        open.add(id);
        const start = entry?.['p']?.M?.['m']?.N ?? '';
        if (!truth.made.has(id)) truth.made.set(id, { start } as never);
        byStart.set(start, (byStart.get(start) ?? 0n) + BigInt(entry?.['w']?.N ?? 0));
      }
    }
  }
  for (const [id, entry] of truth.made) {
    const { start } = entry as never as { start: string };
    if (!open.has(id)) byStart.set(start, (byStart.get(start) ?? 0n) + (truth.costs.get(id) ?? 0n));
  }
  const most = BigInt(Math.max(...truth.limits.slice(0, truth.generation + 1).map(Number)));
  for (const [start, sum] of byStart) {
    if (sum > most) throw new Violation(`S1 overspent: ${sum} of ${most} in the period of ${start}`);
  }
}

class Violation extends Error {}

async function wholePage(pages: PageStore): Promise<PageState | undefined> {
  const [root] = await pages.read([ROOT]);
  return root === undefined ? undefined : wholeOf(root, await pages.read([...root.loans.keys()].map((loan) => `${ROOT}#${loan}`)));
}

/** Everything is closed as it should be, then one process takes all that is left: nothing was lost and nothing was given twice. */
async function checkAtRest(pages: PageStore, truth: Truth, spec: PageSpec, random: Random): Promise<void> {
  const start = spec.periods[0]?.startMs ?? 0;
  const [root] = await pages.read([ROOT]);
  if (root === undefined) return;
  for (const key of [ROOT, ...[...root.loans.keys()].map((loan) => `${ROOT}#${loan}`)]) {
    const [item] = await pages.read([key]);
    for (const [id, entry] of item?.open ?? []) await pages.close(key, id, entry, { costNanoUsd: truth.costs.get(id) ?? 0n });
  }
  const before = await wholePage(pages);
  const spent = [...truth.made].reduce((sum, [id, entry]) => {
    const mine = (entry as never as { start: string }).start === String(start / 1_000);
    return mine ? sum + (truth.costs.get(id) ?? 0n) : sum;
  }, 0n);
  const period = before?.periods['month'];
  if (period?.startMs === start && before?.generation === spec.generation && period.remainingNanoUsd + spent !== period.limitNanoUsd) {
    throw new Violation(`S2 ${period.remainingNanoUsd} are left and ${spent} were spent of ${period.limitNanoUsd}`);
  }
  if (before !== undefined && before.slots?.remaining !== before.slots?.limit) {
    throw new Violation(`S3 ${before.slots?.remaining} slots of ${before.slots?.limit} are free when nobody holds one`);
  }

  const rescue = createShards({
    pages,
    clock: { now: () => NOW_MS, monotonic: () => NOW_MS },
    random: () => random.next(),
    policy: POLICY,
  });
  const limit = spec.periods[0]?.limitNanoUsd ?? 0n;
  let passed = 0n;
  for (;;) {
    const made = await reserve(pages, rescue, spec, { random: { ...random, chance: () => false }, truth });
    if (made === undefined) break;
    await pages.close(made.key, made.id, made.entry, { costNanoUsd: made.entry.nanoUsd });
    passed += made.entry.nanoUsd;
    if (passed > limit) throw new Violation('S1 a page gives more than its limit');
  }
  const rest = limit - spent - passed;
  if (rest >= 10n) throw new Violation(`S4 refused although ${rest} of ${limit} are nobody's`);
  if (passed > 0n && rest < 0n) throw new Violation(`S1 overspent by ${-rest}`);
}

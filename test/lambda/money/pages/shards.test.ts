import fc from 'fast-check';
import { createPageStore } from '../../../../lambda/aws/dynamodb';
import { createShards, firstTake, type ShardPolicy, takeFrom, wholeOf } from '../../../../lambda/money/pages';
import type { PageEntry, PageSpec, PageState, PageStore } from '../../../../lambda/money/ports';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';
import { asks, entryFor, MONTH_MS, month, NOW_MS, page, TIMEOUT_MS } from '../../../support/pages';

const POLICY: ShardPolicy = { mostEntries: 4, headroom: 4, chunk: 4, mostShards: 8 };
const CLOCK = { now: () => NOW_MS, monotonic: () => NOW_MS };

interface Held {
  readonly key: string;
  readonly id: string;
  readonly entry: PageEntry;
}

function world(seed = 1) {
  const table = createMemoryDynamoDb();
  const pages = createPageStore(table, TABLE_NAMES.counters);
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const process = () => caller(pages, random);
  return { table, pages, process, whole: (spec: PageSpec) => readWhole(pages, spec) };
}

async function readWhole(pages: PageStore, { root }: PageSpec): Promise<PageState> {
  const [found] = await pages.read([root]);
  if (found === undefined) throw new Error('there is no page');
  return wholeOf(found, await pages.read([...found.loans.keys()].map((loan) => `${root}#${loan}`)));
}

/** One process: reserves as the ledger does, on shards where there are any. */
function caller(pages: PageStore, random: () => number) {
  const shards = createShards({ pages, clock: CLOCK, random, policy: POLICY });
  let ids = 0;
  const name = `p${Math.floor(random() * 1e9)}-`;

  async function reserve(root: PageSpec, nanoUsd: bigint, request = asks(nanoUsd)): Promise<Held | undefined> {
    const size = { nanoUsd, tokens: request.tokens };
    const tried: PageSpec[] = [];
    let spec = shards.specFor(root);
    for (let rounds = 0; rounds < 24; rounds++) {
      const id = `${name}${ids++}`;
      let answer = firstTake(spec, undefined, request);
      while (answer.kind === 'take') {
        const { take } = answer;
        const entry = entryFor(take, request);
        const result = await pages.reserve(take, id, entry, TIMEOUT_MS);
        if (result.kind === 'reserved') {
          await shards.afterwards(root, spec, result.page, size);
          return { key: spec.key, id, entry };
        }
        if (result.kind !== 'refused') throw new Error(result.kind);
        answer = takeFrom(spec, result.page, request);
      }
      if (answer.kind !== 'lacks') return undefined;
      tried.push(spec);
      const verdict = await shards.refused(root, tried, size, answer.lacks);
      if ('whole' in verdict) return undefined;
      spec = verdict.again;
    }
    throw new Error('it never ends');
  }
  return { reserve, close: (held: Held, costNanoUsd: bigint) => pages.close(held.key, held.id, held.entry, { costNanoUsd }) };
}

describe('a busy page', () => {
  test('is split, and stays one budget', async () => {
    const { process, whole } = world();
    const { reserve, close } = process();
    const spec = page({ periods: [month(1_000n)] });
    const held: Held[] = [];
    for (let call = 0; call < 60; call++) held.push((await reserve(spec, 10n)) as Held);

    const open = await whole(spec);
    expect(open.shards).toBeGreaterThan(1);
    expect(open.periods['month']?.remainingNanoUsd).toBe(400n);
    expect(new Set(held.map(({ key }) => key)).size).toBeGreaterThan(2);
    for (const one of held) await close(one, 3n);

    expect((await whole(spec)).periods['month']?.remainingNanoUsd).toBe(820n);
    expect((await whole(spec)).open.size).toBe(0);
  });

  test.each([[[month(1_000n)]], [[month(1_000n), { ...month(1_000n), name: 'week' }]]])(
    'gives its last money to whoever asks',
    async (periods) => {
      const { process } = world();
      const spec = page({ periods });
      const [one, two] = [process(), process()];
      for (let call = 0; call < 100; call++) expect(await (call % 2 === 0 ? one : two).reserve(spec, 10n)).toBeDefined();

      expect(await one.reserve(spec, 10n)).toBeUndefined();
      expect(await two.reserve(spec, 1n)).toBeUndefined();
    },
  );

  test('gives out as many slots as it has', async () => {
    const { process, whole } = world();
    const spec = page({ periods: [], slots: 60 });
    const { reserve, close } = process();
    const held: Held[] = [];
    for (let call = 0; call < 60; call++) held.push((await reserve(spec, 0n)) as Held);

    expect(held).not.toContain(undefined);
    expect((await whole(spec)).shards).toBeGreaterThan(1);
    expect(await reserve(spec, 0n)).toBeUndefined();
    await close(held[7] as Held, 0n);

    expect(await reserve(spec, 0n)).toBeDefined();
    expect((await whole(spec)).slots).toEqual({ remaining: 0, limit: 60 });
  });

  test('lets no more requests pass than its rate', async () => {
    const { process } = world();
    const spec = page({ periods: [month(100_000n)], requests: { minute: 32 } });
    const { reserve } = process();
    let passed = 0;
    for (let call = 0; call < 100; call++) if ((await reserve(spec, 1n)) !== undefined) passed += 1;

    expect(passed).toBeLessThanOrEqual(32);
    expect(passed).toBeGreaterThan(4);
  });

  test('has the money of its shards under a new limit, and forgets them', async () => {
    const { process, pages, whole } = world();
    const spec = page({ periods: [month(1_000n)] });
    const { reserve, close } = process();
    const held: Held[] = [];
    for (let call = 0; call < 50; call++) held.push((await reserve(spec, 10n)) as Held);
    const newer = page({ generation: 16, periods: [month(600n)] });
    await pages.move(newer, NOW_MS);
    for (const one of held) await close(one, 0n);

    for (let call = 0; call < 60; call++) expect(await reserve(newer, 10n)).toBeDefined();
    expect(await reserve(newer, 1n)).toBeUndefined();

    expect((await whole(newer)).periods['month']?.remainingNanoUsd).toBe(0n);
  });

  test('knows what its shards have spent without a budget once it gets one', async () => {
    const { process, whole } = world();
    const free = page({ periods: [month(0n, MONTH_MS, { binds: false })] });
    const { reserve, close } = process();
    const held: Held[] = [];
    for (let call = 0; call < 60; call++) held.push((await reserve(free, 10n)) as Held);
    for (const one of held) await close(one, 10n);
    expect((await whole(free)).shards).toBeGreaterThan(1);

    const newer = page({ generation: 16, periods: [month(605n)] });
    expect(await process().reserve(newer, 10n)).toBeUndefined();
    expect(await process().reserve(newer, 5n)).toBeDefined();

    expect((await whole(newer)).periods['month']?.remainingNanoUsd).toBe(0n);
  });

  test('begins a new period with one limit, not with one a shard', async () => {
    const { process, whole } = world();
    const { reserve } = process();
    for (let call = 0; call < 60; call++) await reserve(page({ periods: [month(1_000n)] }), 10n);
    const next = page({ periods: [month(300n, MONTH_MS + 2_592_000_000)] });
    let passed = 0;
    for (let call = 0; call < 60; call++) if ((await reserve(next, 10n)) !== undefined) passed += 1;

    expect(passed).toBe(30);
    expect((await whole(next)).periods['month']?.remainingNanoUsd).toBe(0n);
  });
});

describe('transfers that stop anywhere', () => {
  test('lose no money, give none twice, and are finished by whoever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e9 }),
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }),
        async (seed, deaths) => {
          const { table, process, whole } = world(seed);
          const spec = page({ periods: [month(400n)] });
          const processes = [process(), process(), process()];
          const held: Held[] = [];
          let spent = 0n;
          let left = deaths.shift() ?? -1;
          let dead = false;
          // A process dies at a write: before or after the table took it. All that it does later in this call is not done.
          const dies = () => {
            if (!dead && left-- !== 0) return;
            if (!dead) left = deaths.shift() ?? -1;
            dead = true;
            throw Object.assign(new Error('dead'), { name: 'TimeoutError' });
          };
          for (let call = 0; call < 60; call++) {
            const at = (seed + call * 7) % 3;
            table.hooks = call % 2 === 0 ? { before: dies } : { after: dies };
            dead = false;
            try {
              const one = call % 4 === 3 ? held.pop() : undefined;
              if (one === undefined) {
                const made = await (processes[at] as ReturnType<typeof process>).reserve(spec, 10n);
                if (made !== undefined) held.push(made);
              } else if (await (processes[at] as ReturnType<typeof process>).close(one, 4n).catch(() => undefined)) spent += 4n;
            } catch {
              // It died.
            }
            table.hooks = {};
            const now = await whole(spec).catch(() => undefined);
            if (now === undefined) continue;
            const open = [...now.open.values()].reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
            const charged = 400n - (now.periods['month']?.remainingNanoUsd ?? 0n) - open;
            // A closing whose answer was lost may have been applied.
            expect(charged === spent || charged === spent + 4n).toBe(true);
            spent = charged;
          }

          const rescue = process();
          const before = await whole(spec);
          let passed = 0n;
          while ((await rescue.reserve(spec, 10n)) !== undefined) passed += 10n;
          const rest = (before.periods['month']?.remainingNanoUsd ?? 0n) - passed;
          expect(rest).toBeGreaterThanOrEqual(0n);
          expect(rest).toBeLessThan(10n);
        },
      ),
      { numRuns: 60 },
    );
  });
});

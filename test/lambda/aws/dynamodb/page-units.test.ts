import { createPageStore } from '../../../../lambda/aws/dynamodb';
import { entryOf, firstTake, type PageGuess, ratesOf, takeFrom } from '../../../../lambda/money/pages';
import type { EntryCall, PageEntry, PageSpec, PageTake, PeriodSpec } from '../../../../lambda/money/ports';
import type { Consumption } from '../../../../local/dynamodb/units';
import { openEngineDynamoDb } from '../../../support/engine-dynamodb';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';
import { asks, MONTH_MS, NOW_MS, reserveOn, TIMEOUT_MS } from '../../../support/pages';

/** What the operations on pages cost, by DynamoDB's rules, with keys and amounts as large as real ones. */
async function world() {
  const { engine, connector } = await openEngineDynamoDb();
  const consumption: Consumption = { readUnits: 0, writeUnits: 0 };
  const counted =
    <Output>(action: string) =>
    async (input: object) =>
      (await engine.call(action, JSON.parse(JSON.stringify(input)), consumption).catch(named)) as Output;
  const pages = createPageStore(
    {
      ...connector,
      putItem: counted('PutItem'),
      updateItem: counted('UpdateItem'),
      batchGetItem: counted('BatchGetItem'),
    },
    TABLE_NAMES.counters,
  );
  return {
    pages,
    async units(work: () => Promise<unknown>): Promise<number> {
      consumption.writeUnits = 0;
      await work();
      return consumption.writeUnits;
    },
  };
}

function named(error: unknown): never {
  throw Object.assign(error as Error, (error as { body?: object }).body);
}

const LIMIT = 20_000_000_000n;
const W = 38_400_000n;
const period = (name: string, startMs: number, limitNanoUsd: bigint): PeriodSpec => {
  return { name, startMs, endMs: Number.POSITIVE_INFINITY, limitNanoUsd, binds: limitNanoUsd > 0n };
};
/** A key's page with a budget and a rate: its lifetime is counted in any case. */
const KEY: PageSpec = {
  key: 'page#key#key_01jd0v7c6h2k9m4n8p#*',
  root: 'page#key#key_01jd0v7c6h2k9m4n8p#*',
  generation: 32,
  periods: [period('month', MONTH_MS, LIMIT), period('lifetime', 0, 0n)],
  requests: { minute: 600 },
  tokens: {},
};
const TEAM: PageSpec = {
  ...KEY,
  key: 'page#team#research#*',
  root: 'page#team#research#*',
  periods: [period('month', MONTH_MS, LIMIT)],
  requests: {},
};
const id = (index: number) => `01jd0v7c6h2k9m4n8p${String(index).padStart(4, '0')}`;
const CALL: EntryCall = { model: 'anthropic/claude-sonnet-4-5', operation: 'chat', teamId: 'research', others: [TEAM.key] };

function entry(take: PageTake, spec: PageSpec): PageEntry {
  const times = { heardByMs: NOW_MS + 30_000, expiresAtMs: NOW_MS + 960_000 };
  return entryOf(take, times, spec === KEY ? { call: CALL } : { first: KEY.key });
}

describe.each([
  ['a key', KEY],
  ['a team', TEAM],
])('the page of %s', (_name, spec) => {
  async function opened() {
    const one = await world();
    let index = 0;
    let seen: PageGuess | undefined;
    const reserve = async (nanoUsd = W, nowMs = NOW_MS + index * 1_000) => {
      const request = asks(nanoUsd, { nowMs });
      const taken = id(index++);
      let answer = firstTake(spec, seen, request);
      for (;;) {
        if (answer.kind !== 'take') return undefined;
        const { take } = answer;
        const made = entry(take, spec);
        const result = await one.pages.reserve(take, taken, made, TIMEOUT_MS);
        if (result.kind === 'reserved') seen = result.page;
        if (result.kind === 'reserved') return { id: taken, entry: made, take, open: result.page.open.size };
        if (result.kind !== 'refused') throw new Error(result.kind);
        answer = takeFrom(spec, result.page, request);
      }
    };
    return { ...one, reserve };
  }

  test('a call costs one unit to reserve and one to close', async () => {
    const { units, reserve, pages } = await opened();
    const first = await reserve();

    let made: Awaited<ReturnType<typeof reserve>>;
    expect(await units(async () => (made = await reserve()))).toBe(1);
    expect(await units(() => pages.close(spec.key, made?.id ?? '', made?.entry as PageEntry, { costNanoUsd: 12_345_600n }))).toBe(1);
    expect(
      await units(() =>
        pages.close(spec.key, first?.id ?? '', first?.entry as PageEntry, { costNanoUsd: 0n, rates: ratesOf(first?.take as PageTake) }),
      ),
    ).toBe(1);
  });

  test('a refusal costs one unit', async () => {
    const { units, reserve } = await opened();
    await reserve();

    expect(await units(() => reserve(LIMIT))).toBe(1);
  });

  test('the index costs two units once a quarter of an hour', async () => {
    const { units, reserve } = await opened();
    await reserve();

    expect(await units(() => reserve(W, NOW_MS + 900_000))).toBe(3);
    expect(await units(() => reserve(W, NOW_MS + 901_000))).toBe(1);
  });

  test('U costs two units, and the next call one for the index', async () => {
    const { units, reserve, pages } = await opened();
    const made = await reserve();
    await pages.close(spec.key, made?.id ?? '', made?.entry as PageEntry, { costNanoUsd: 0n });

    expect(await units(() => pages.undue(spec.key, made?.take.dueMs ?? 0))).toBe(2);
    expect(await units(() => reserve())).toBe(2);
  });

  test('several calls may be open within one unit', async () => {
    const { units, reserve } = await opened();
    await reserve();
    let open = 1;
    while ((await units(async () => (open = (await reserve())?.open ?? 0))) === 1 && open < 30);

    expect(open - 1).toBeGreaterThanOrEqual(spec === KEY ? 5 : 6);
  });
});

test('helpers of other tests reserve in as many calls as told', async () => {
  const { pages } = await world();

  expect(await reserveOn(pages, TEAM, id(1), asks(W))).toMatchObject({ kind: 'reserved', calls: 2 });
});

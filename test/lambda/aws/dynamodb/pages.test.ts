import { createPageStore } from '../../../../lambda/aws/dynamodb';
import type { DynamoDbConnector } from '../../../../lambda/aws/dynamodb/dynamodb';
import { takeFrom } from '../../../../lambda/money/pages';
import { openEngineDynamoDb } from '../../../support/engine-dynamodb';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';
import { asks, entryFor, LIFE_MS, MONTH_MS, month, NOW_MS, page, reserveOn, TIMEOUT_MS, takeOf } from '../../../support/pages';
import { openSecondEngine, secondEngineIsThere } from '../../../support/second-engine';

const closings: (() => void)[] = [];
const ENGINES: readonly (readonly [string, () => Promise<DynamoDbConnector>])[] = [
  ['in memory', async () => createMemoryDynamoDb()],
  ['the local engine', async () => (await openEngineDynamoDb()).connector],
  ...(secondEngineIsThere ? ([['an independent engine', openIndependent]] as const) : []),
];

async function openIndependent(): Promise<DynamoDbConnector> {
  const { connector, close } = await openSecondEngine();
  closings.push(close);
  return connector;
}

afterEach(() => {
  for (const close of closings.splice(0)) close();
});
const NEXT_MONTH_MS = MONTH_MS + 30 * 86_400_000;

describe.each(ENGINES)('pages on %s', (_name, open) => {
  async function world() {
    const pages = createPageStore(await open(), TABLE_NAMES.counters);
    const KEY = page().key;
    return {
      pages,
      async state() {
        const [found] = await pages.read([KEY]);
        if (found === undefined) throw new Error('there is no page');
        return {
          left: found.periods['month']?.remainingNanoUsd,
          limit: found.periods['month']?.limitNanoUsd,
          startMs: found.periods['month']?.startMs,
          generation: found.generation,
          open: [...found.open.keys()].sort(),
          kept: [...found.kept.keys()].sort(),
        };
      },
    };
  }

  test('the first call makes the page, later ones take one write', async () => {
    const { pages, state } = await world();

    expect(await reserveOn(pages, page(), 'a', asks(30n))).toMatchObject({ kind: 'reserved', calls: 2 });
    expect(await reserveOn(pages, page(), 'b', asks(30n))).toMatchObject({ kind: 'reserved', calls: 1 });

    expect(await state()).toEqual({ left: 40n, limit: 100n, startMs: MONTH_MS, generation: 8, open: ['a', 'b'], kept: [] });
  });

  test('no page is made by a call that does not fit', async () => {
    const { pages } = await world();

    expect(await reserveOn(pages, page(), 'a', asks(101n))).toMatchObject({ kind: 'lacks' });

    expect(await pages.read([page().key])).toEqual([undefined]);
  });

  test('an entry is read as it was written', async () => {
    const { pages } = await world();
    const spec = page({ tokens: { minute: 1_000 }, slots: 4 });
    const call = {
      model: 'smart',
      operation: 'chat',
      teamId: 't1',
      projectId: 'p',
      userId: 'u',
      tags: { app: 'x' },
      others: ['page#team#t1#*'],
    };
    const take = takeOf(takeFrom(spec, undefined, asks(30n, { tokens: 70 })));
    const entry = { ...entryFor(take, asks(30n)), call };

    await pages.reserve(take, 'a', entry, TIMEOUT_MS);

    const [found] = await pages.read([spec.key]);
    expect(found?.open.get('a')).toEqual({
      nanoUsd: 30n,
      heardByMs: NOW_MS + 30_000,
      expiresAtMs: NOW_MS + LIFE_MS,
      starts: { month: MONTH_MS },
      slot: true,
      tokens: { minute: { startMs: NOW_MS - (NOW_MS % 60_000), amount: 70 } },
      call,
      tryNumber: 1,
    });
  });

  test('what does not fit is refused with the page as it is, and takes nothing', async () => {
    const { pages, state } = await world();
    await reserveOn(pages, page(), 'a', asks(30n));

    const refused = await reserveOn(pages, page(), 'b', asks(71n));

    expect(refused).toMatchObject({ kind: 'lacks', answer: { lacks: [{ kind: 'money', remainingNanoUsd: 70n }] } });
    expect(await state()).toMatchObject({ left: 70n, open: ['a'] });
  });

  test('a reservation that is there already is found, and says which try it is of', async () => {
    const { pages, state } = await world();
    const { page: seen } = (await reserveOn(pages, page(), 'a', asks(30n))) as never as { page: Parameters<typeof takeFrom>[1] };
    const take = takeOf(takeFrom(page(), seen, asks(30n)));

    const again = await pages.reserve(take, 'a', { ...entryFor(take, asks(30n)), tryNumber: 2 }, TIMEOUT_MS);

    expect(again).toMatchObject({ kind: 'found', entry: { nanoUsd: 30n, tryNumber: 1 } });
    expect(await state()).toMatchObject({ left: 70n });
  });

  test('an entry is closed and kept as that of its try alone, where that is asked for', async () => {
    const { pages, state } = await world();
    const { page: seen } = (await reserveOn(pages, page(), 'b', asks(10n))) as never as { page: Parameters<typeof takeFrom>[1] };
    const take = takeOf(takeFrom(page(), seen, asks(30n)));
    const second = { ...entryFor(take, asks(30n)), tryNumber: 2 };
    await pages.reserve(take, 'a', second, TIMEOUT_MS);

    await pages.keep(page().key, 'a', { ...second, tryNumber: 1 });
    expect(await state()).toMatchObject({ left: 60n, open: ['a', 'b'] });
    expect(await pages.close(page().key, 'a', { ...second, tryNumber: 1 }, { costNanoUsd: 5n })).toBe(false);
    expect(await pages.close(page().key, 'a', { ...second, tryNumber: 3 }, { costNanoUsd: 5n })).toBe(false);
    expect(await state()).toMatchObject({ left: 60n });
    expect(await pages.close(page().key, 'a', second, { costNanoUsd: 5n })).toBe(true);
    expect(await state()).toMatchObject({ left: 85n, open: ['b'] });
  });

  test('closing gives back what was not spent, once', async () => {
    const { pages, state } = await world();
    const { take } = (await reserveOn(pages, page(), 'a', asks(30n))) as never as { take: Parameters<typeof entryFor>[0] };

    expect(await pages.close(take.key, 'a', entryFor(take, asks(30n)), { costNanoUsd: 12n })).toBe(true);
    expect(await pages.close(take.key, 'a', entryFor(take, asks(30n)), { costNanoUsd: 12n })).toBe(false);

    expect(await state()).toMatchObject({ left: 88n, open: [] });
  });

  test('a cost above what was set aside is charged all the same', async () => {
    const { pages, state } = await world();
    const { take } = (await reserveOn(pages, page(), 'a', asks(30n))) as never as { take: Parameters<typeof entryFor>[0] };

    await pages.close(take.key, 'a', entryFor(take, asks(30n)), { costNanoUsd: 140n });

    expect(await state()).toMatchObject({ left: -40n });
  });

  test('a kept entry is closed from where it is, its slot only once', async () => {
    const { pages, state } = await world();
    const spec = page({ slots: 3 });
    const { take } = (await reserveOn(pages, spec, 'a', asks(30n))) as never as { take: Parameters<typeof entryFor>[0] };
    const entry = entryFor(take, asks(30n));
    await reserveOn(pages, spec, 'b', asks(1n));

    await pages.keep(spec.key, 'a', entry);
    await pages.keep(spec.key, 'a', entry);
    expect(await state()).toMatchObject({ left: 69n, open: ['b'], kept: ['a'] });
    expect((await pages.read([spec.key]))[0]?.slots).toEqual({ remaining: 2, limit: 3 });
    expect(await pages.close(spec.key, 'a', entry, { costNanoUsd: 5n })).toBe(true);

    expect(await state()).toMatchObject({ left: 94n, kept: [] });
    expect((await pages.read([spec.key]))[0]?.slots).toEqual({ remaining: 2, limit: 3 });
  });

  test('a new period begins with the whole limit, and what is closed later gives it nothing', async () => {
    const { pages, state } = await world();
    const { take } = (await reserveOn(pages, page(), 'a', asks(30n))) as never as { take: Parameters<typeof entryFor>[0] };
    const later = page({ periods: [month(100n, NEXT_MONTH_MS)] });

    expect(await reserveOn(pages, later, 'b', asks(10n))).toMatchObject({ kind: 'reserved', calls: 2 });
    await pages.close(take.key, 'a', entryFor(take, asks(30n)), { costNanoUsd: 0n });

    expect(await state()).toMatchObject({ left: 90n, startMs: NEXT_MONTH_MS, open: ['b'] });
  });

  test('a clock that is behind takes from the newer period', async () => {
    const { pages, state } = await world();
    await reserveOn(pages, page({ periods: [month(100n, NEXT_MONTH_MS)] }), 'a', asks(30n));

    await reserveOn(pages, page(), 'b', asks(10n));

    expect(await state()).toMatchObject({ left: 60n, startMs: NEXT_MONTH_MS, open: ['a', 'b'] });
  });

  test('a newer generation moves the page by what the limit changes, an older one is stale', async () => {
    const { pages, state } = await world();
    await reserveOn(pages, page(), 'a', asks(30n));

    expect(await reserveOn(pages, page({ generation: 16, periods: [month(50n)] }), 'b', asks(10n))).toMatchObject({ kind: 'reserved' });
    expect(await reserveOn(pages, page(), 'c', asks(10n))).toMatchObject({ kind: 'stale', answer: { generation: 16 } });

    expect(await state()).toMatchObject({ left: 10n, limit: 50n, generation: 16, open: ['a', 'b'] });
  });

  test('limits that change without a generation move the page too', async () => {
    const { pages, state } = await world();
    await reserveOn(pages, page({ slots: 2, tokens: { day: 100 } }), 'a', asks(30n, { tokens: 40 }));

    const other = page({ periods: [month(130n)], slots: 3, tokens: { day: 50 } });
    expect(await reserveOn(pages, other, 'b', asks(30n, { tokens: 10 }))).toMatchObject({ kind: 'reserved', calls: 2 });

    expect(await state()).toMatchObject({ left: 70n, limit: 130n });
    const [found] = await pages.read([other.key]);
    expect(found?.slots).toEqual({ remaining: 1, limit: 3 });
    expect(found?.tokens.day).toMatchObject({ remaining: 0, limit: 50 });
  });

  test('a page moves to new limits without a call, once', async () => {
    const { pages, state } = await world();
    await reserveOn(pages, page(), 'a', asks(30n));
    const newer = page({ generation: 16, periods: [month(200n)] });

    expect(await pages.move(newer, NOW_MS)).toBe(true);
    expect(await pages.move(newer, NOW_MS)).toBe(true);
    expect(await pages.move(page(), NOW_MS)).toBe(false);

    expect(await state()).toMatchObject({ left: 170n, limit: 200n, generation: 16 });
  });

  test('a free call takes no money, and gives none back', async () => {
    const { pages, state } = await world();
    const free = (await reserveOn(pages, page(), 'a', asks(0n))) as never as { take: Parameters<typeof entryFor>[0] };
    await reserveOn(pages, page(), 'b', asks(30n));

    expect(await reserveOn(pages, page({ generation: 16, periods: [month(10n)] }), 'c', asks(0n))).toMatchObject({ kind: 'reserved' });
    await pages.close(free.take.key, 'a', entryFor(free.take, asks(0n)), { costNanoUsd: 0n });

    expect(await state()).toMatchObject({ left: -20n, limit: 10n, open: ['b', 'c'] });
  });

  test('requests of a rate pass one after the other, and E gives a step back', async () => {
    const { pages } = await world();
    const spec = page({ requests: { minute: 2 } });

    const first = (await reserveOn(pages, spec, 'a', asks(1n))) as never as { take: Parameters<typeof entryFor>[0] };
    expect(await reserveOn(pages, spec, 'b', asks(1n))).toMatchObject({ kind: 'reserved', calls: 1 });
    const third = await reserveOn(pages, spec, 'c', asks(1n));
    await pages.close(spec.key, 'a', entryFor(first.take, asks(1n)), { costNanoUsd: 0n, rates: { minute: 2 } });

    expect(third).toMatchObject({ kind: 'lacks', answer: { lacks: [{ kind: 'requests', window: 'minute', retryAfterMs: 30_000 }] } });
    expect(await reserveOn(pages, spec, 'd', asks(1n))).toMatchObject({ kind: 'reserved' });
  });

  test('tokens of a window are taken, corrected and renewed', async () => {
    const { pages } = await world();
    const spec = page({ tokens: { minute: 100 } });
    const { take } = (await reserveOn(pages, spec, 'a', asks(1n, { tokens: 80 }))) as never as { take: Parameters<typeof entryFor>[0] };

    expect(await reserveOn(pages, spec, 'b', asks(1n, { tokens: 30 }))).toMatchObject({ kind: 'lacks' });
    await pages.close(spec.key, 'a', entryFor(take, asks(1n)), { costNanoUsd: 1n, tokens: 20 });
    expect(await reserveOn(pages, spec, 'b', asks(1n, { tokens: 80 }))).toMatchObject({ kind: 'reserved' });
    const later = asks(1n, { tokens: 100, nowMs: NOW_MS + 60_000 });
    expect(await reserveOn(pages, spec, 'c', later)).toMatchObject({ kind: 'reserved' });

    expect((await pages.read([spec.key]))[0]?.tokens.minute).toMatchObject({ remaining: 0, limit: 100 });
  });

  test('slots are as many as the limit says', async () => {
    const { pages } = await world();
    const spec = page({ slots: 1 });
    const { take } = (await reserveOn(pages, spec, 'a', asks(1n))) as never as { take: Parameters<typeof entryFor>[0] };

    expect(await reserveOn(pages, spec, 'b', asks(1n))).toMatchObject({ kind: 'lacks', answer: { lacks: [{ kind: 'slots' }] } });
    await pages.close(spec.key, 'a', entryFor(take, asks(1n)), { costNanoUsd: 1n });

    expect(await reserveOn(pages, spec, 'b', asks(1n))).toMatchObject({ kind: 'reserved' });
  });

  test('the index finds a page until nothing is held on it', async () => {
    const { pages } = await world();
    const { take } = (await reserveOn(pages, page(), 'a', asks(1n))) as never as { take: Parameters<typeof entryFor>[0] };
    const far = NOW_MS + 10 * LIFE_MS;
    const listed = async () =>
      (await Promise.all(Array.from({ length: 16 }, (_unused, at) => pages.due(at, far)))).flatMap(({ items }) => items);
    const [due] = await listed();

    expect(due).toEqual({ key: page().key, dueMs: take.dueMs });
    expect(take.dueMs).toBeGreaterThan(NOW_MS + LIFE_MS);
    expect(await pages.undue(page().key, take.dueMs)).toBe(false);
    await pages.postpone(page().key, take.dueMs, take.dueMs + 5_000);
    await pages.close(page().key, 'a', entryFor(take, asks(1n)), { costNanoUsd: 0n });
    expect(await pages.undue(page().key, take.dueMs)).toBe(false);
    expect(await pages.undue(page().key, take.dueMs + 5_000)).toBe(true);
    expect(await listed()).toEqual([]);
    await reserveOn(pages, page(), 'b', asks(1n));

    expect(await listed()).toHaveLength(1);
  });

  test('a shard of the past is retired when nothing is on it, takes no late parcel then, and is forgotten', async () => {
    const { pages } = await world();
    const root = page();
    await reserveOn(pages, root, 'a', asks(10n));
    const place = { root: root.key, loan: '8.1.0', key: `${root.key}#8.1.0` };
    const shard = { ...root, key: place.key };
    const parcel = { nanoUsd: { month: 40n }, starts: { month: MONTH_MS } };
    const sent = { loan: place.loan, parcel, number: 0 };
    const rates = { marks: {}, tokens: {} };
    const { shards } = pages;
    const state = async () => (await pages.read([place.key]))[0] as NonNullable<Awaited<ReturnType<typeof pages.read>>[0]>;
    expect(await shards.resize(root.key, 0, 2)).toBe(true);
    expect(await shards.resize(root.key, 0, 4)).toBe(false);
    expect(await shards.send(root, [{ ...sent, parcel: { ...parcel, nanoUsd: { month: 91n } } }])).toBe(false);
    expect(await shards.send(root, [sent])).toBe(true);
    expect(await shards.send(root, [sent])).toBe(false);
    expect(await shards.take(shard, parcel, 1, rates)).toBe(true);
    expect(await shards.take(shard, parcel, 1, rates)).toBe(false);
    expect(await shards.clear(root.key, [{ ...place, number: 0 }])).toBe(false);
    expect(await shards.clear(root.key, [{ ...place, number: 1 }])).toBe(true);

    const held = (await reserveOn(pages, shard, 'b', asks(10n))) as never as { take: Parameters<typeof entryFor>[0] };
    expect(held).toMatchObject({ kind: 'reserved', calls: 1 });
    expect(await shards.retire(await state(), 1)).toBe(false);
    expect(await shards.pack(await state())).toBe(true);
    expect(await shards.pack(await state())).toBe(false);
    expect(await shards.receive(place, await state())).toBe(true);
    expect(await shards.unpack(place, 1)).toBe(true);
    expect(await shards.retire(await state(), 1)).toBe(false);
    await pages.close(place.key, 'b', entryFor(held.take, asks(10n)), { costNanoUsd: 4n });
    expect(await shards.retire(await state(), 1)).toBe(false);
    await shards.pack(await state());
    expect(await shards.retire(await state(), 1)).toBe(false);
    await shards.receive(place, await state());
    await shards.unpack(place, 2);
    expect(await shards.retire(await state(), 1)).toBe(true);

    expect(await shards.take(shard, parcel, 1, rates)).toBe(false);
    expect(await shards.take(shard, parcel, 4, rates)).toBe(false);
    expect(await reserveOn(pages, shard, 'c', asks(0n))).toMatchObject({ kind: 'lacks', answer: { lacks: [{ kind: 'shard' }] } });
    expect(await shards.forget(place, 2)).toBe(false);
    expect(await shards.forget(place, 3)).toBe(true);
    const [last] = await pages.read([root.key]);
    expect(last?.periods['month']?.remainingNanoUsd).toBe(86n);
    expect(last?.loans.size).toBe(0);
    // An older plan lends nothing any more.
    await pages.move(page({ generation: 16 }), NOW_MS);
    expect(await shards.send(root, [sent])).toBe(false);
  });
});

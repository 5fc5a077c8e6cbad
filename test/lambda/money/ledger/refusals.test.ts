import type { MoneyPlace } from '../../../../lambda/money/ledger/money-place';
import { createRefusalMemory, type MoneyState, moneyRefusal } from '../../../../lambda/money/ledger/refusals';

const NOW_MS = 100_000;
const state = (remainingNanoUsd: bigint, ...entries: readonly (readonly [bigint, number])[]): MoneyState => ({
  remainingNanoUsd,
  open: entries.map(([nanoUsd, expiresAtMs]) => ({
    nanoUsd,
    expiresAtMs,
    heardByMs: expiresAtMs - 930_000,
    starts: {},
    slot: false,
    tokens: {},
  })),
});
const LATER = NOW_MS + 5_000;

test.each([
  ['what living requests hold may come back', state(5n, [20n, NOW_MS]), 25n, 'reserved'],
  ['but no more than that', state(5n, [20n, NOW_MS]), 26n, 'spent'],
  ['what dead ones hold may not', state(5n, [20n, NOW_MS - 1]), 6n, 'spent'],
  ['each counts for itself', state(5n, [20n, NOW_MS - 1], [3n, LATER], [4n, LATER]), 12n, 'reserved'],
  ['each counts for itself, and no more', state(5n, [20n, NOW_MS - 1], [3n, LATER], [4n, LATER]), 13n, 'spent'],
  ['a budget that is overspent', state(-5n, [4n, LATER]), 0n, 'spent'],
] as const)('R15 %s', (_what, money, nanoUsd, kind) => {
  expect(moneyRefusal(money, nanoUsd, NOW_MS, 0).kind).toBe(kind);
});

test('R15 callers that were refused together come again one to five seconds later, not together', () => {
  const wait = (random: number) => moneyRefusal(state(5n, [20n, NOW_MS]), 25n, NOW_MS, random).retryAfterMs;
  expect([wait(0), wait(0.5), wait(1)]).toEqual([1_000, 3_000, 5_000]);
  expect(moneyRefusal(state(5n), 25n, NOW_MS, 0.5).retryAfterMs).toBeUndefined();
});

test('R15 they are told when enough is expected back, by how long calls take and what they cost', () => {
  const began = NOW_MS - 3_000;
  const open = state(0n, [10n, began + 960_000], [10n, began + 1_000 + 960_000]);
  const usual = { tookMs: 10_000, costNanoUsd: 2n };

  expect(moneyRefusal(open, 8n, NOW_MS, 0, usual).retryAfterMs).toBe(8_000);
  expect(moneyRefusal(open, 9n, NOW_MS, 0, usual).retryAfterMs).toBe(9_000);
});

describe('R15 a refusal is remembered for a while', () => {
  const place = {
    page: { spec: { root: 'page#x', generation: 2 } },
    period: { spec: { name: 'month', endMs: 9_000_000 } },
    name: 'page#x month',
  } as unknown as MoneyPlace;

  /** What is still remembered so long after it was, by each of the two clocks. */
  function rememberedAfter(wallMs: number, monotonicMs: number) {
    const passed = { wall: 0, monotonic: 0 };
    const memory = createRefusalMemory({ now: () => NOW_MS + passed.wall, monotonic: () => passed.monotonic });
    memory.rememberMoney(place, 5n, { kind: 'spent', retryAfterMs: undefined });
    memory.rememberLimit(place.page, { limit: 'requests_per_minute', retryAfterMs: 60_000 });
    Object.assign(passed, { wall: wallMs, monotonic: monotonicMs });
    return [memory.money(place, 5n)?.kind, memory.limit(place.page)?.limit];
  }

  test('R15 of money for ten seconds, of a limit for one, and no longer by either clock', () => {
    expect(rememberedAfter(999, 999)).toEqual(['spent', 'requests_per_minute']);
    expect([rememberedAfter(1_000, 0), rememberedAfter(0, 1_000)]).toEqual([
      ['spent', undefined],
      ['spent', undefined],
    ]);
    expect([rememberedAfter(9_999, 9_999)[0], rememberedAfter(10_000, 0)[0], rememberedAfter(0, 10_000)[0]]).toEqual([
      'spent',
      undefined,
      undefined,
    ]);
  });

  test('R15 for as much and more, for these limits alone', () => {
    const memory = createRefusalMemory({ now: () => NOW_MS, monotonic: () => 0 });
    memory.rememberMoney(place, 5n, { kind: 'spent', retryAfterMs: undefined });
    const newer = { ...place, page: { ...place.page, spec: { ...place.page.spec, generation: 3 } } };

    expect([memory.money(place, 4n), memory.money(newer, 5n)]).toEqual([undefined, undefined]);
    expect(memory.money(place, 6n)?.kind).toBe('spent');
  });
});

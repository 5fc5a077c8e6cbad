import type { PlannedCounter } from '../../../../lambda/money/ledger/plan';
import { createRefusalMemory, moneyRefusal } from '../../../../lambda/money/ledger/refusals';
import type { CounterState } from '../../../../lambda/money/ports/counters';

const NOW_MS = 1_000;
const state = (remainingNanoUsd: bigint, ...entries: readonly (readonly [bigint, number])[]): CounterState => ({
  key: 'money#x',
  remainingNanoUsd,
  limitNanoUsd: 100n,
  generation: 2,
  shards: 0,
  spread: 0,
  lentNanoUsd: 0n,
  parked: new Map([['p', { nanoUsd: 50n, expiresAtMs: 9_000 }]]),
  open: new Map(entries.map(([nanoUsd, expiresAtMs], index) => [`r${index}`, { nanoUsd, expiresAtMs }])),
});

test.each([
  ['what living requests hold may come back', state(5n, [20n, NOW_MS]), 25n, 'reserved'],
  ['but no more than that', state(5n, [20n, NOW_MS]), 26n, 'spent'],
  ['what dead ones hold may not, nor what is parked', state(5n, [20n, NOW_MS - 1]), 6n, 'spent'],
  ['each counts for itself', state(5n, [20n, NOW_MS - 1], [3n, 5_000], [4n, 5_000]), 12n, 'reserved'],
  ['each counts for itself, and no more', state(5n, [20n, NOW_MS - 1], [3n, 5_000], [4n, 5_000]), 13n, 'spent'],
  ['a budget that is overspent', state(-5n, [4n, 5_000]), 0n, 'spent'],
] as const)('R15 %s', (_what, counter, nanoUsd, kind) => {
  expect(moneyRefusal(counter, nanoUsd, NOW_MS, 0).kind).toBe(kind);
});

test('R15 callers that were refused together come again one to five seconds later, not together', () => {
  const wait = (random: number) => moneyRefusal(state(5n, [20n, NOW_MS]), 25n, NOW_MS, random).retryAfterMs;
  expect([wait(0), wait(0.5), wait(1)]).toEqual([1_000, 3_000, 5_000]);
  expect(moneyRefusal(state(5n), 25n, NOW_MS, 0.5).retryAfterMs).toBeUndefined();
});

describe('R15 a refusal is remembered for a while', () => {
  const planned = { spec: { key: 'money#x', generation: 2 }, period: { endMs: 9_000_000 } } as PlannedCounter;
  const spec = { key: 'gate#x', requestsPerMinute: 1 };

  /** What is still remembered so long after it was, by each of the two clocks. */
  function rememberedAfter(wallMs: number, monotonicMs: number) {
    const passed = { wall: 0, monotonic: 0 };
    const memory = createRefusalMemory({ now: () => NOW_MS + passed.wall, monotonic: () => passed.monotonic });
    memory.rememberMoney(planned, 5n, { kind: 'spent', retryAfterMs: undefined });
    memory.rememberGate(spec, { limit: 'requests_per_minute', retryAfterMs: 60_000 });
    Object.assign(passed, { wall: wallMs, monotonic: monotonicMs });
    return [memory.money(planned, 5n)?.kind, memory.gate(spec)?.limit];
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
});

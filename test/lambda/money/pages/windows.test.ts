import fc from 'fast-check';
import { windowTake } from '../../../../lambda/money/pages/windows';
import type { WindowFigures } from '../../../../lambda/money/ports';

const NOW_MS = 1_796_000_040_000;
const START_MS = NOW_MS - (NOW_MS % 60_000);

describe('tokens of a window', () => {
  test('are given once, whichever clocks within ten seconds ask', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: -5_000, max: 4_999 }), fc.integer({ min: 1, max: 60 })), {
          maxLength: 80,
        }),
        (calls) => {
          let found: WindowFigures | undefined;
          let atMs = NOW_MS;
          const given = new Map<number, number>();
          for (const [gap, skew, tokens] of calls) {
            atMs += gap;
            const take = windowTake('minute', 100, found, tokens, atMs + skew);
            if (typeof take === 'number') continue;
            found = { startMs: take.startMs, limit: 100, remaining: (take.kind === 'roll' ? 100 : (found?.remaining ?? 0)) - take.amount };
            given.set(take.startMs, (given.get(take.startMs) ?? 0) + take.amount);
          }
          for (const sum of given.values()) expect(sum).toBeLessThanOrEqual(100);
        },
      ),
    );
  });

  test('of a request that may be larger than the limit are all of an untouched window', () => {
    expect(windowTake('minute', 100, undefined, 500, NOW_MS)).toMatchObject({ kind: 'roll', amount: 100 });
    expect(windowTake('minute', 100, { startMs: START_MS, remaining: 99, limit: 100 }, 500, NOW_MS)).toBe(60_000 - (NOW_MS % 60_000));
  });

  test('move with their limit', () => {
    expect(windowTake('minute', 100, { startMs: START_MS, remaining: 10, limit: 50 }, 60, NOW_MS)).toMatchObject({
      kind: 'move',
      change: 50,
    });
    expect(windowTake('minute', 100, { startMs: START_MS, remaining: 10, limit: 50 }, 61, NOW_MS)).toEqual(expect.any(Number));
  });

  test('begin anew after a beginning that no honest clock can have written', () => {
    const found = { startMs: START_MS + 3_600_000, remaining: 0, limit: 100 };

    expect(windowTake('minute', 100, found, 10, NOW_MS)).toMatchObject({ kind: 'roll', startMs: START_MS, seenStartMs: found.startMs });
  });

  test.each([0, -5])('of a limit of %d are none', (limit) => {
    expect(windowTake('day', limit, undefined, 1, NOW_MS)).toEqual(expect.any(Number));
  });
});

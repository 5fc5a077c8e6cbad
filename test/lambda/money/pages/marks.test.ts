import fc from 'fast-check';
import { marksLeft } from '../../../../lambda/money/pages';
import { markTake } from '../../../../lambda/money/pages/marks';
import type { Mark, MarkTake } from '../../../../lambda/money/ports';

const NOW_MS = 1_796_000_000_000;

/** The mark as the take leaves it. */
function marked(take: MarkTake, mark: Mark | undefined): Mark {
  if (take.kind === 'begin') return { at: take.next, limit: take.limit };
  if (take.kind === 'carry') return take.next;
  return { ...(mark as Mark), at: (mark as Mark).at + take.step };
}

const markAt = (ms: number, limit: number): Mark => ({ at: ms * 1_000, limit });

/** What passes of requests at these times, as one page sees them, and how many of the first forms were right. */
function run(limit: number, timesMs: readonly number[]) {
  let mark: Mark | undefined;
  let right = 0;
  const passed: number[] = [];
  for (const atMs of timesMs) {
    const take = markTake('minute', limit, mark, atMs);
    if (typeof take === 'number') continue;
    passed.push(atMs);
    mark = marked(take, mark);
    if (take.kind === 'advance') right += 1;
  }
  return { passed, right };
}

describe('a rate', () => {
  test.each([
    [1, 1],
    [2, 2],
    [20, 20],
    [60, 40],
    [1_000, 510],
  ])('of %d a minute lets %d pass at once after a rest', (limit, burst) => {
    expect(
      run(
        limit,
        Array.from({ length: 3 * limit }, () => NOW_MS),
      ).passed,
    ).toHaveLength(burst);
  });

  test('lets a steady stream at its limit pass', () => {
    const times = Array.from({ length: 300 }, (_unused, index) => NOW_MS + index * 1_000);

    expect(run(60, times).passed).toHaveLength(300);
  });

  test('tells after how long the next may come, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (limit, gaps) => {
        let atMs = NOW_MS;
        let mark: Mark | undefined;
        for (const gap of gaps) {
          atMs += gap;
          const take = markTake('minute', limit, mark, atMs);
          if (typeof take !== 'number') {
            mark = marked(take, mark);
            continue;
          }
          expect(typeof markTake('minute', limit, mark, atMs + take)).toBe('object');
          expect(typeof markTake('minute', limit, mark, atMs + take - 1)).toBe('number');
        }
      }),
    );
  });

  test('H14 I8 lets no more than two windows pass in one, whoever asks when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 50, maxLength: 900 }),
        (limit, gaps) => {
          let atMs = NOW_MS;
          const { passed } = run(
            limit,
            gaps.map((gap) => (atMs += gap)),
          );
          for (const [index, startMs] of passed.entries()) {
            const within = passed.slice(index).filter((one) => one < startMs + 60_000);
            expect(within.length).toBeLessThanOrEqual(2 * limit);
          }
        },
      ),
    );
  });

  test('is nearly always taken from in one form by a key that comes now and then', () => {
    // At a tenth of its limit, at uneven times.
    let atMs = NOW_MS;
    const times = Array.from({ length: 2_000 }, (_unused, index) => (atMs += 800 + ((index * 7_919) % 400)));

    expect(run(600, times).right / times.length).toBeGreaterThan(0.95);
  });

  test('takes a mark that no honest clock can have written for none', () => {
    expect(markTake('minute', 10, markAt(NOW_MS + 3_600_000, 10), NOW_MS)).toMatchObject({ kind: 'begin' });
    expect(markTake('minute', 10, markAt(NOW_MS + 65_000, 10), NOW_MS)).toEqual(expect.any(Number));
  });

  test.each([0, -1])('of %d lets nobody pass', (limit) => {
    expect(markTake('day', limit, undefined, NOW_MS)).toBe(86_400_000);
  });

  test('says what is left of it', () => {
    expect(marksLeft('minute', 10, undefined, NOW_MS)).toEqual({ remaining: 10, resetMs: 0 });
    expect(marksLeft('minute', 10, markAt(NOW_MS + 12_000, 10), NOW_MS)).toEqual({ remaining: 8, resetMs: 12_000 });
    expect(marksLeft('minute', 0, undefined, NOW_MS)).toEqual({ remaining: 0, resetMs: 60_000 });
  });
});

describe('a rate whose limit changes', () => {
  /** As many as pass at once. */
  function burst(limit: number, from: Mark | undefined, atMs: number): { passed: number; mark: Mark | undefined } {
    let mark = from;
    for (let passed = 0; ; passed++) {
      const take = markTake('minute', limit, mark, atMs);
      if (typeof take === 'number') return { passed, mark };
      mark = marked(take, mark);
    }
  }

  test.each([
    [10, 40, 30],
    [40, 10, 0],
    [600, 601, 1],
  ])('of %d that are used up, to %d: %d pass at once', (from, to, more) => {
    const { mark } = burst(from, undefined, NOW_MS);

    expect(burst(to, mark, NOW_MS).passed).toBe(more);
  });

  test('lowered and raised again, nothing is given back but what time gives', () => {
    const used = burst(60, undefined, NOW_MS).mark;
    const lowered = burst(5, used, NOW_MS + 1_000);

    expect(lowered.passed).toBe(0);
    // Ten seconds are worth ten requests.
    expect(burst(60, lowered.mark, NOW_MS + 10_000).passed).toBeLessThanOrEqual(10);
    expect(burst(60, lowered.mark, NOW_MS + 60_000).passed).toBeGreaterThanOrEqual(40);
  });

  test('lets no more than two windows of its highest limit pass in one, whoever changes it when', () => {
    const change = fc.record({ gap: fc.integer({ min: 0, max: 3_000 }), limit: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 12 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 50, maxLength: 600 }), (steps) => {
        let atMs = NOW_MS;
        let limit = 30;
        let highest = limit;
        let mark: Mark | undefined;
        const passed: number[] = [];
        for (const { gap, limit: changed } of steps) {
          atMs += gap;
          limit = changed ?? limit;
          highest = Math.max(highest, limit);
          const take = markTake('minute', limit, mark, atMs);
          if (typeof take === 'number') continue;
          mark = marked(take, mark);
          passed.push(atMs);
        }
        for (const [index, startMs] of passed.entries()) {
          expect(passed.slice(index).filter((one) => one < startMs + 60_000).length).toBeLessThanOrEqual(2 * highest);
        }
      }),
    );
  });

  test('a raised limit lets the next one pass, however the lower one stood', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 60 }),
        (limit, more, gaps) => {
          let atMs = NOW_MS;
          let mark: Mark | undefined;
          for (const gap of gaps) {
            atMs += gap;
            const take = markTake('minute', limit, mark, atMs);
            if (typeof take !== 'number') mark = marked(take, mark);
          }
          expect(typeof markTake('minute', limit + more, mark, atMs)).toBe('object');
        },
      ),
    );
  });
});

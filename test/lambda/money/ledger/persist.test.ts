import { persist, type QueuedWork } from '../../../../lambda/money/ledger/persist';

const WORK = { kind: 'settle', record: { id: 'a', state: 'settled', costNanoUsd: 4n }, held: [] } as unknown as QueuedWork;

/** A table and a queue that fail so often, and what was done. */
async function run(options: { tableFails: number; queueFails: number; lastMs?: number; random?: number; slowMs?: number }) {
  let nowMs = 0;
  const seen = { tries: 0, sent: 0, pauses: [] as number[], deferred: [] as string[], endedMs: 0, error: undefined as string | undefined };
  const result = persist(
    {
      clock: { monotonic: () => nowMs },
      queue: {
        async send(work) {
          expect(work).toBe(WORK);
          if (++seen.sent <= options.queueFails) throw new Error(`queue ${seen.sent}`);
        },
      },
      pause: async (ms) => {
        seen.pauses.push(ms);
        nowMs += ms;
      },
      random: () => options.random ?? 0.5,
    },
    async () => {
      nowMs += options.slowMs ?? 0;
      if (++seen.tries <= options.tableFails) throw new Error(`table ${seen.tries}`);
    },
    WORK,
    options.lastMs ?? 1_000_000,
    (error) => seen.deferred.push((error as Error).message),
  );
  await result.catch((error: Error) => {
    seen.error = error.message;
  });
  seen.endedMs = nowMs;
  return seen;
}

const ALWAYS = Number.POSITIVE_INFINITY;

test('R15 what the table takes at once is done once, and the queue hears nothing', async () => {
  expect(await run({ tableFails: 0, queueFails: 0 })).toMatchObject({ tries: 1, sent: 0, pauses: [], deferred: [], error: undefined });
});

test('R15 a table that is away for a moment is asked again, after longer and longer pauses', async () => {
  expect(await run({ tableFails: 4, queueFails: 0 })).toMatchObject({ tries: 5, sent: 0, pauses: [50, 200, 800, 2_000], deferred: [] });
  expect((await run({ tableFails: 4, queueFails: 0, random: 0 })).pauses).toEqual([25, 100, 400, 1_000]);
  expect((await run({ tableFails: 4, queueFails: 0, random: 1 })).pauses).toEqual([75, 300, 1_200, 3_000]);
});

test('R15 I03 what the table has not taken in five tries goes to the queue, and that is said once', async () => {
  expect(await run({ tableFails: ALWAYS, queueFails: 0 })).toMatchObject({ tries: 5, sent: 1, deferred: ['table 5'], error: undefined });
});

test('R15 a pause that would not end in time is not made: the queue gets it now', async () => {
  expect(await run({ tableFails: ALWAYS, queueFails: 0, lastMs: 50 })).toMatchObject({
    tries: 1,
    sent: 1,
    pauses: [],
    deferred: ['table 1'],
  });
  expect(await run({ tableFails: ALWAYS, queueFails: 0, lastMs: 51 })).toMatchObject({ tries: 2, sent: 1, pauses: [50] });
  expect(await run({ tableFails: ALWAYS, queueFails: 0, lastMs: 0, slowMs: 10 })).toMatchObject({ tries: 1, sent: 1, error: undefined });
});

test('R15 while the queue is deaf too, both are asked every five seconds until the time is over', async () => {
  const back = await run({ tableFails: ALWAYS, queueFails: 3 });
  expect(back).toMatchObject({ sent: 4, error: undefined });
  expect(back.pauses.slice(4)).toEqual([5_000, 5_000, 5_000]);
  expect((await run({ tableFails: ALWAYS, queueFails: 1, random: 0 })).pauses.at(-1)).toBe(2_500);
  // A table that is back before the queue ends it as well.
  expect(await run({ tableFails: 6, queueFails: ALWAYS })).toMatchObject({ tries: 7, sent: 2, error: undefined });

  const gone = await run({ tableFails: ALWAYS, queueFails: ALWAYS, lastMs: 20_000 });
  expect(gone.error).toBe(`queue ${gone.sent}`);
  expect(gone.endedMs).toBeLessThan(20_000);
  expect(gone.endedMs).toBeGreaterThan(13_000);
  // Exactly in time is too late: nothing is begun then any more.
  expect((await run({ tableFails: ALWAYS, queueFails: ALWAYS, lastMs: 5_000, slowMs: 0, random: 0.5 })).sent).toBe(1);
});

test('R15 a process whose clock stands still gives up all the same', async () => {
  const stuck = await run({ tableFails: ALWAYS, queueFails: ALWAYS, lastMs: ALWAYS });
  expect(stuck.error).toMatch(/^queue/);
  expect(stuck.sent).toBeLessThan(250);
  expect(stuck.sent).toBeGreaterThan(150);
});

test('R15 it is told once that work was deferred, however long the queue is deaf', async () => {
  expect((await run({ tableFails: ALWAYS, queueFails: 5 })).deferred).toEqual(['table 5']);
  expect((await run({ tableFails: ALWAYS, queueFails: ALWAYS, lastMs: 40_000 })).deferred).toEqual(['table 5']);
});

import { inTurns, retaken } from '../../bench/measure.mjs';

/** Gives its values in turn, and throws those that are errors. */
function script(...values: readonly (number | Error)[]) {
  const left = [...values];
  return async () => {
    const next = left.shift() ?? 0;
    if (next instanceof Error) throw next;
    return next;
  };
}

const run = (targets: Record<string, () => Promise<number>>, count: number) => inTurns(targets, (take) => take(), { count });

test('of samples that are near to each other the least counts, and no more are taken', async () => {
  const a = jest.fn(script(10.5, 10, 10.9, 1));

  expect(await run({ a }, 3)).toEqual({ a: 10, spread: expect.closeTo(0.09, 2) });
  expect(a).toHaveBeenCalledTimes(3);
});

test('where samples are far apart more are taken, at most as many again', async () => {
  const noisy = jest.fn(script(10, 20, 30, 40, 50, 60, 70));
  const quiet = jest.fn(script(5, 5, 5, 1));

  expect(await run({ noisy, quiet }, 3)).toMatchObject({ noisy: 10, quiet: 5, spread: 2 });
  expect([noisy.mock.calls.length, quiet.mock.calls.length]).toEqual([6, 3]);
});

test('a sample with an error is taken again, and the run tells of it', async () => {
  const figures = await run({ a: script(7, new Error('reset by peer'), 7, 7) }, 3);

  expect(figures['a']).toBe(7);
  expect(retaken.get('a: reset by peer')).toBe(1);
});

test('fails with the error when there is nothing but errors', async () => {
  const broken = async () => {
    throw new Error('no such port');
  };

  await expect(run({ broken }, 3)).rejects.toThrow('no such port');
});

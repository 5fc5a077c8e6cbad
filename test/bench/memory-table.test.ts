import { createMemoryTable } from '../../bench/memory-table';
import { createCounterStore, createGateStore } from '../../lambda/aws/dynamodb';

const NOW_MS = Date.UTC(2026, 10, 24, 12);

test("the bench's table passes one request after another through a warm limit, each with one call", async () => {
  const table = createMemoryTable();
  const updateItem = jest.fn(table.updateItem);
  const gates = createGateStore({ ...table, updateItem }, 'counters');
  const pass = async (attemptId: string, guess: Parameters<typeof gates.pass>[2]) =>
    gates.pass(
      { key: 'gate#key#k1#*', requestsPerMinute: 100 },
      { attemptId, tokens: 0, expiresAtMs: NOW_MS, nowMs: NOW_MS },
      guess,
      1_000,
    );

  const first = await pass('a', undefined);
  const second = await pass('b', first.kind === 'passed' ? first.pass.state : undefined);

  expect([first.kind, second.kind, updateItem.mock.calls.length]).toEqual(['passed', 'passed', 2]);
});

test("the bench's table refuses what a budget does not hold, and gives back what was not spent", async () => {
  const counters = createCounterStore(createMemoryTable(), 'counters');
  const spec = { key: 'money#key#k1', limitNanoUsd: 100n, generation: 2, soft: false };
  const reserve = async (attemptId: string, nanoUsd: bigint) =>
    (await counters.reserve(spec, attemptId, { nanoUsd, expiresAtMs: NOW_MS }, async () => ({ spec, spentNanoUsd: 0n }), 1_000)).kind;

  expect(await reserve('a', 60n)).toBe('reserved');
  expect(await reserve('b', 60n)).toBe('insufficient');
  await counters.close(spec.key, 'a', 20n);
  expect(await reserve('c', 60n)).toBe('reserved');
});

import { createGateStore } from '../../../../lambda/aws/dynamodb';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';

const KEY = 'gate#key#k1#*';
const NOW_MS = Date.UTC(2026, 10, 24, 12);

function world() {
  const gates = createGateStore(createMemoryDynamoDb(), TABLE_NAMES.counters);
  const pass = async (attemptId: string, limits: object, tokens: number, nowMs: number, lastsMs = 60_000) => {
    const result = await gates.pass({ key: KEY, ...limits }, { attemptId, tokens, expiresAtMs: nowMs + lastsMs, nowMs }, undefined, 1_000);
    if (result.kind !== 'passed') throw new Error(result.limit);
    return result.pass;
  };
  return { gates, pass };
}

test('R15 tokens are put right in the window that they were taken from, and in no other', async () => {
  const { gates, pass } = world();
  const limits = { tokensPerMinute: 1_000 };
  const first = await pass('a', limits, 100, NOW_MS);
  await gates.leave(first, 'a', 30);
  expect((await gates.get(KEY))?.tokenMinute?.left).toBe(970);
  const second = await pass('b', limits, 100, NOW_MS);
  await pass('c', limits, 100, NOW_MS + 60_000);

  await gates.leave(second, 'b', 10);

  expect((await gates.get(KEY))?.tokenMinute).toMatchObject({ atMs: NOW_MS + 60_000, left: 900 });
});

test('R15 only slots of dead requests are swept, and told', async () => {
  const { gates, pass } = world();
  await pass('dead', { concurrentRequests: 5 }, 0, NOW_MS, 1_000);
  await pass('alive', { concurrentRequests: 5 }, 0, NOW_MS, 60_000);
  expect((await gates.scan(NOW_MS + 1_000)).items).toEqual([]);
  expect(await gates.sweep(KEY, NOW_MS + 1_000)).toBe(0);
  expect((await gates.scan(NOW_MS + 1_001)).items).toEqual([KEY]);
  expect(await gates.sweep(KEY, NOW_MS + 1_001)).toBe(1);
  expect([...((await gates.get(KEY))?.slots?.keys() ?? [])]).toEqual(['alive']);
});

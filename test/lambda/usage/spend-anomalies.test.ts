import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { createUsageHarness, NOON } from './harness';

const DAY_MS = 86_400_000;
const USD = 1_000_000_000n;

type Usage = ReturnType<typeof createUsageHarness>;

/** A key's spend of whole days before the harness' own, the oldest first, then of that day, call by call. */
async function spend(usage: Usage, before: readonly bigint[], today: readonly bigint[] = [], keyId = 'key1'): Promise<void> {
  for (const [index, costNanoUsd] of before.entries()) {
    usage.state.now = NOON - (before.length - index) * DAY_MS;
    await usage.request({ id: `${keyId}-before-${index}`, keyId, teamId: 't1' }, { costNanoUsd });
  }
  await usage.drain();
  usage.state.now = NOON;
  for (const [index, costNanoUsd] of today.entries()) {
    await usage.request({ id: `${keyId}-today-${index}`, keyId, teamId: 't1' }, { costNanoUsd });
    await usage.drain();
  }
}

const told = ({ published }: Usage) => published.map(({ detail }) => detail as Record<string, string>);
const WEEK = Array.from({ length: 7 }, () => 2n * USD);

test('a key that spends more than three of its days is told of, once, at the call that takes it there', async () => {
  const usage = createUsageHarness();

  await spend(usage, WEEK, [6n * USD]);
  expect(usage.published).toEqual([]);
  await usage.request({ id: 'one-more', teamId: 't1' }, { costNanoUsd: 1n });
  await usage.request({ id: 'and-more', teamId: 't1' }, { costNanoUsd: 9n * USD });
  await usage.drain();

  expect(usage.published).toEqual([
    {
      type: 'spend-anomaly',
      at: new Date(NOON).toISOString(),
      detail: {
        id: 'spend#key#key1#2026-11-24',
        gateway: 'test',
        at: new Date(NOON).toISOString(),
        key_id: 'key1',
        team_id: 't1',
        day: '2026-11-24',
        spent_usd: expect.stringMatching(/^(6\.000000001|15\.000000001)$/),
        usual_usd: '2.00',
        threshold_usd: '6.00',
      },
    },
  ]);
});

test.each<[string, readonly bigint[], readonly bigint[]]>([
  ['a key of four days has no habits', WEEK.slice(0, 4), [100n * USD]],
  ['less than a dollar surprises nobody', WEEK.map(() => 1_000_000n), [USD]],
  ['days that are far apart make room', [1n, 2n, 3n, 4n, 5n].map((factor) => factor * USD), [9n * USD]],
])('%s: nothing is told', async (_name, before, today) => {
  const usage = createUsageHarness();

  await spend(usage, before, today);

  expect(usage.published).toEqual([]);
});

test('one day in the past that was unlike the others hides no other', async () => {
  const usage = createUsageHarness();

  await spend(usage, [...WEEK.slice(1), 900n * USD], [7n * USD]);

  expect(told(usage)).toMatchObject([
    { day: '2026-11-23', spent_usd: '900.00' },
    { day: '2026-11-24', spent_usd: '7.00' },
  ]);
});

test('what is older than a fortnight does not count, and one key says nothing of another', async () => {
  const usage = createUsageHarness();

  await spend(usage, [...WEEK.map(() => 50n * USD), ...Array.from({ length: 9 }, () => 0n), ...WEEK.slice(0, 5)], [7n * USD], 'steady');
  await spend(usage, WEEK.slice(0, 2), [70n * USD], 'new');

  expect(told(usage)).toMatchObject([{ key_id: 'steady', usual_usd: '2.00' }]);
});

test('deliveries that come again, out of order and after a crash tell the same once', async () => {
  const usage = createUsageHarness();
  await spend(usage, WEEK);
  usage.stream.splice(0);
  await usage.request({ id: 'a', teamId: 't1' }, { costNanoUsd: 4n * USD });
  await usage.request({ id: 'b', teamId: 't1' }, { costNanoUsd: 4n * USD });
  const [first, second] = usage.stream.splice(0);
  usage.database.hooks.before = ({ operation, input }) => {
    if (operation !== 'putItem' || !JSON.stringify(input).includes('alert#spend')) return;
    usage.database.hooks = {};
    throw Object.assign(new Error('throttled'), { name: 'ProvisionedThroughputExceededException' });
  };

  await usage.deliver([second] as never);
  await expect(usage.deliver([first] as never)).rejects.toThrow();
  for (const batch of [[first], [second, first], [first, second]]) await usage.deliver(batch as never);
  await usage.drain();

  expect(told(usage)).toMatchObject([{ spent_usd: '8.00' }]);
  expect(usage.database.items(TABLE_NAMES.records).filter(({ pk }) => pk?.S?.startsWith('alert#'))).toHaveLength(1);
});

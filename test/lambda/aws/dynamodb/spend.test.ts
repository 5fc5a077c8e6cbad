import fc from 'fast-check';
import { createRollupStore, createSpendStore, MOST_NAMES, mergeSpend, spendChanges, spendNames } from '../../../../lambda/aws/dynamodb';
import { periodAt } from '../../../../lambda/money/ledger';
import { bindsModel } from '../../../../lambda/wire/model/model-pattern';
import { createMemoryDynamoDb } from '../../../support/memory-dynamodb';

const START = Date.parse('2026-09-20T00:00:00Z');
const MINUTE_MS = 60_000;
const SPAN_MINUTES = 75 * 1_440;

interface Spent {
  readonly level: string;
  readonly atMs: number;
  readonly cost: number;
  readonly asked: string;
  readonly places: readonly string[];
}

/** A table that has added up what was spent. */
async function tableOf(spent: readonly Spent[], now: number) {
  const table = createMemoryDynamoDb();
  const rollups = createRollupStore(table, 'records');
  const changes = [];
  for (const { level, atMs, cost, asked, places } of spent) {
    const names = await rollups.countedNames(level, atMs, spendNames(asked, places));
    changes.push(...spendChanges([{ level, names }], atMs, BigInt(cost), now));
  }
  for (const change of mergeSpend(changes)) await rollups.commit(0, [], [], [change], now);
  table.resetCounts();
  return table;
}

const call = fc.constantFrom<Pick<Spent, 'asked' | 'places'>>(
  { asked: 'openai/gpt-5', places: ['openai/gpt-5'] },
  { asked: 'OpenAI/GPT-5', places: ['OpenAI/GPT-5'] },
  { asked: 'smart', places: ['anthropic/claude', 'openai/gpt-5'] },
  { asked: 'smart', places: ['anthropic/claude'] },
  { asked: 'claude', places: ['bedrock/anthropic.claude', 'bedrock/us.anthropic.claude'] },
  { asked: 'together/meta/x', places: ['together/meta/x'] },
  { asked: 'meta/x', places: ['together/meta/x'] },
);
const pattern = fc.option(
  fc.constantFrom(
    '*',
    'openai/*',
    'OPENAI/gpt-5',
    'gpt-5',
    'smart',
    's*',
    'claude',
    'anthropic/*',
    '*/claude',
    '*claude',
    'together/*',
    'meta/x',
    'nobody/*',
  ),
  { nil: undefined },
);
const zone = fc.constantFrom(
  'UTC',
  'Asia/Tokyo',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
);
const period = fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const, 'lifetime' as const);

test('R13 what a level has spent in a period, on all models or on some, is the sum of its requests, in every calendar, by at most ten reads', async () => {
  const spent = fc.record({
    minute: fc.nat({ max: SPAN_MINUTES }),
    cost: fc.nat({ max: 1_000 }),
    level: fc.constantFrom('key#k1', 'team#t1'),
    call,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(spent, { maxLength: 60 }),
      fc.nat({ max: SPAN_MINUTES }),
      zone,
      period,
      pattern,
      async (requests, nowMinute, timeZone, kind, model) => {
        const now = START + nowMinute * MINUTE_MS;
        const past = requests
          .map(({ minute, cost, level, call: names }) => ({ level, cost, ...names, atMs: START + minute * MINUTE_MS }))
          .filter(({ atMs }) => atMs <= now);
        const table = await tableOf(past, now);
        const { startMs, endMs } = periodAt(kind, now, timeZone);

        const sum = await createSpendStore(table, 'records').between('key#k1', startMs, endMs, now, model);

        const owed = past
          .filter(({ level, atMs }) => level === 'key#k1' && atMs >= startMs && atMs < endMs)
          .filter(({ asked, places }) => model === undefined || bindsModel(model, asked, places));
        expect(sum).toBe(owed.reduce((total, { cost }) => total + BigInt(cost), 0n));
        expect(table.calls.getItem + table.calls.query).toBeLessThanOrEqual(10);
      },
    ),
    { numRuns: 300 },
  );
});

test('R13 a level that spent under too many names counts the rest towards every narrowed budget, never too little', async () => {
  const now = START + SPAN_MINUTES * MINUTE_MS;
  const asked = Array.from({ length: MOST_NAMES + 10 }, (_unused, index) => `openai/name-${index}`);
  const spent = asked.map((name) => ({ level: 'key#k1', atMs: now, cost: 1, asked: name, places: [name] }));
  const long = { level: 'key#k1', atMs: now, cost: 1, asked: `openai/${'x'.repeat(2_000)}`, places: [] };
  const table = await tableOf([...spent, ...spent, long], now);
  const spend = createSpendStore(table, 'records');
  const between = (model?: string) => spend.between('key#k1', now - MINUTE_MS, now + MINUTE_MS, now, model);

  expect(await between()).toBe(149n);
  expect(await between('openai/name-0')).toBe(2n + 21n);
  expect(await between('openai/name-70')).toBe(21n);
  expect(await between('anthropic/*')).toBe(21n);
  expect(await spend.between('key#k1', 0, Number.POSITIVE_INFINITY, now, 'openai/name-0')).toBe(23n);
  // The next month has room for other names.
  const rollups = createRollupStore(table, 'records');
  expect(await rollups.countedNames('key#k1', now + 40 * 86_400_000, '["new"]')).toBe('["new"]');
  expect(await rollups.countedNames('key#k1', now, '["new"]')).toBe('');
});

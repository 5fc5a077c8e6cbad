import fc from 'fast-check';
import { periodAt } from '../../../../lambda/core/ledger';
import { createRollupStore, createSpendStore, mergeSpend, spendChanges } from '../../../../lambda/core/stores';
import { createMemoryDynamoDb } from '../../../support/memory-dynamodb';

const START = Date.parse('2026-09-20T00:00:00Z');
const MINUTE_MS = 60_000;
const SPAN_MINUTES = 75 * 1_440;

test('R13 what a level has spent in a period is the sum of its requests, in every calendar, by at most ten reads', async () => {
  const zones = ['UTC', 'Asia/Tokyo', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Kiritimati'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ minute: fc.nat({ max: SPAN_MINUTES }), cost: fc.nat({ max: 1_000 }), level: fc.constantFrom('key#k1', 'team#t1') }),
        {
          maxLength: 60,
        },
      ),
      fc.nat({ max: SPAN_MINUTES }),
      fc.constantFrom(...zones),
      fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const, 'lifetime' as const),
      async (requests, nowMinute, zone, period) => {
        const now = START + nowMinute * MINUTE_MS;
        const past = requests
          .map((request) => ({ ...request, atMs: START + request.minute * MINUTE_MS }))
          .filter(({ atMs }) => atMs <= now);
        const table = createMemoryDynamoDb();
        const rollups = createRollupStore(table, 'records');
        const changes = mergeSpend(past.flatMap(({ level, atMs, cost }) => spendChanges([level], atMs, BigInt(cost), now)));
        for (const change of changes) await rollups.commit(0, [], [], [change], now);
        const { startMs, endMs } = periodAt(period, now, zone);
        table.resetCounts();

        const spent = await createSpendStore(table, 'records').between('key#k1', startMs, endMs, now);

        const owed = past.filter(({ level, atMs }) => level === 'key#k1' && atMs >= startMs && atMs < endMs);
        expect(spent).toBe(owed.reduce((sum, { cost }) => sum + BigInt(cost), 0n));
        expect(table.calls.getItem).toBeLessThanOrEqual(10);
      },
    ),
    { numRuns: 300 },
  );
});

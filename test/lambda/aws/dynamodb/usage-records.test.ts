import { createUsageRecordStore } from '../../../../lambda/aws/dynamodb';
import type { UsageRecord } from '../../../../lambda/money/record';
import { attemptId } from '../../../../lambda/platform/runtime';
import { readUnits, writeUnits } from '../../../../local/dynamodb/units';
import { WHOLE_CALL, WHOLE_RESULT } from '../../../support/field-values';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const ID = attemptId(NOW_MS);

function record(fields: Partial<UsageRecord> = {}): UsageRecord {
  return {
    id: ID,
    state: 'settled',
    createdAt: new Date(NOW_MS).toISOString(),
    keyId: 'k1',
    operation: 'chat',
    originalModel: 'm',
    boundNanoUsd: 10n,
    costNanoUsd: 4n,
    pages: [{ page: 'page#key#k1#*', starts: { month: NOW_MS } }],
    status: 200,
    outcome: 'ok',
    ...fields,
  };
}

function world() {
  let nowMs = NOW_MS;
  const table = createMemoryDynamoDb();
  const records = createUsageRecordStore(table, TABLE_NAMES.records, { now: () => nowMs }, 400);
  return {
    table,
    records,
    item: (id = ID) => table.item(TABLE_NAMES.records, `request#${id}\u0000record`),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('every field of a record is kept', async () => {
  const { records } = world();
  const whole = { ...record(), ...WHOLE_CALL, ...WHOLE_RESULT, id: ID, tokens: 14 } as UsageRecord;

  expect(await records.put(whole)).toEqual({ done: true });

  expect(await records.read(ID)).toEqual({ ...whole, updatedAt: new Date(NOW_MS).toISOString() });
});

test.each(['settled', 'void', 'expired_charged'] as const)('what was decided first stands: %s', async (state) => {
  const { records } = world();
  await records.put(record({ state, costNanoUsd: 1n }));
  for (const other of ['settled', 'void', 'expired_charged'] as const) {
    expect(await records.put(record({ state: other, costNanoUsd: 9n }))).toMatchObject({
      done: false,
      found: { id: ID, state, costNanoUsd: 1n, pages: record().pages },
    });
  }
  expect(await records.read(ID)).toMatchObject({ state, costNanoUsd: 1n });
});

test('only what was charged because its process died is adjusted, once, and stays where it is listed', async () => {
  const { records, pass } = world();
  expect(await records.adjust(record())).toEqual({ done: false, found: undefined });
  await records.put(record({ state: 'expired_charged', costNanoUsd: 10n, outcome: 'expired' }));
  pass(86_400_000);

  expect(await records.adjust(record({ state: 'adjusted', costNanoUsd: 4n, provider: 'p' }))).toEqual({ done: true });
  expect(await records.adjust(record({ state: 'adjusted', costNanoUsd: 5n }))).toMatchObject({ done: false, found: { costNanoUsd: 4n } });

  const { items } = await records.list('2026-11-24');
  expect(items).toMatchObject([{ id: ID, state: 'adjusted', costNanoUsd: 4n, provider: 'p', updatedAt: '2026-11-25T12:00:00.000Z' }]);
});

test('tokens are what its usage says; nobody knows where it says nothing and something was charged', async () => {
  const { records } = world();
  const tokensOf = async (fields: Partial<UsageRecord>) => {
    const id = attemptId(NOW_MS);
    await records.put(record({ ...fields, id }));
    return (await records.read(id))?.tokens;
  };

  expect(await tokensOf({ usage: { inputTokens: 3, outputTokens: 4 } })).toBe(7);
  expect(await tokensOf({ usage: { inputTokens: 3 } })).toBe(3);
  expect(await tokensOf({ costNanoUsd: 0n })).toBe(0);
  expect(await tokensOf({ costNanoUsd: 1n })).toBeUndefined();
});

test('a day is listed newest first and page by page; what never began is not listed', async () => {
  const { records, pass } = world();
  const ids: string[] = [];
  for (let index = 0; index < 120; index++) {
    pass(10);
    const id = attemptId(NOW_MS + index);
    ids.unshift(id);
    await records.put(record({ id }));
  }
  const { status: _status, ...unsent } = record({ id: attemptId(NOW_MS), state: 'void', costNanoUsd: 0n });
  await records.put(unsent);

  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await records.list('2026-11-24', { limit: 50, ...(after === undefined ? {} : { after }) });
    seen.push(...page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);

  expect(seen).toEqual(ids);
});

test('what is decided outlives every late write: a charge 400 days, a void no less than 30', async () => {
  const { records, item } = world();
  const daysOf = (id: string) => (Number(item(id)?.['ttl']?.N) - NOW_MS / 1_000) / 86_400;
  const { status: _status, ...unsent } = record({ id: 'a'.repeat(22), state: 'void', costNanoUsd: 0n });
  await records.put(record());
  await records.put(unsent);

  expect(daysOf(ID)).toBe(400);
  expect(daysOf(unsent.id)).toBeGreaterThanOrEqual(30);
});

test('the record of a usual call is one write unit, and its list another', async () => {
  const { records, item } = world();
  await records.put(
    record({
      keyId: 'key_01jd0v7c6h2k9m4n8p',
      teamId: 'research',
      userId: 'user_01jd0v7c6h2k9m4n',
      dialect: 'anthropic-messages',
      stream: true,
      originalModel: 'smart',
      candidateModels: ['anthropic/claude-sonnet-4-5'],
      boundNanoUsd: 38_400_000n,
      costNanoUsd: 12_345_600n,
      provider: 'anthropic',
      requestModel: 'claude-sonnet-4-5',
      responseModel: 'claude-sonnet-4-5-20250929',
      usage: { inputTokens: 12_034, outputTokens: 822, cacheReadInputTokens: 10_000, reasoningOutputTokens: 120 },
      priceVersion: '2026-11-24',
      priceSource: 'book',
      attempts: [{ provider: 'anthropic', model: 'claude-sonnet-4-5', status: 200, outcome: 'ok', durationMs: 10_200 }],
      finishReason: 'stop',
      latencyMs: 10_234,
      timeToFirstChunkMs: 480,
      overheadMs: 6.1,
      pages: [
        { page: 'page#key#key_01jd0v7c6h2k9m4n8p#*', starts: { month: NOW_MS, lifetime: 0 } },
        { page: 'page#team#research#*', starts: { month: NOW_MS } },
      ],
    }),
  );

  expect(readUnits(item() as never, true)).toBe(1);
  expect(writeUnits({ GlobalSecondaryIndexes: [] } as never, undefined, item() as never)).toBe(1);
});

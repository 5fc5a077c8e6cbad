import fc from 'fast-check';
import { createRecordStore } from '../../../../lambda/aws/dynamodb';
import { readQueued, writeQueued } from '../../../../lambda/money/ledger';
import type { RequestIntent, RequestRecord, RequestResult } from '../../../../lambda/money/record';
import { WHOLE_INTENT, WHOLE_RESULT } from '../../../support/field-values';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const ID = '0192f000-0000-7000-8000-0000000000ff';

function intent(id: string, fields: Partial<RequestIntent> = {}): RequestIntent {
  return {
    id,
    createdAt: new Date(NOW_MS).toISOString(),
    keyId: 'k1',
    operation: 'chat',
    dialect: 'openai-chat',
    originalModel: 'm',
    stream: false,
    boundNanoUsd: 10n,
    counters: [{ counter: 'c', nanoUsd: 10n }],
    expiresAtMs: NOW_MS + 60_000,
    ...fields,
  };
}

function world() {
  const table = createMemoryDynamoDb();
  const records = createRecordStore(table, TABLE_NAMES.records, 10);
  const item = (id: string) => table.item(TABLE_NAMES.records, `request#${id}\u0000record`);
  return { table, records, item };
}

test.each(['intent', 'void', 'settled'] as const)('R15 an id whose record is %s is taken, and stays as it is', async (state) => {
  const { records } = world();
  if (state === 'void') await records.putVoid(ID, { outcome: 'first' }, NOW_MS);
  else expect(await records.putIntent(intent(ID, { keyId: 'first' }))).toBe('done');
  if (state === 'settled') await records.transition(ID, ['intent'], 'settled', { costNanoUsd: 4n }, NOW_MS);
  const before = await records.get(ID);

  expect(await records.putIntent(intent(ID, { keyId: 'second' }))).toBe('conflict');

  expect(await records.get(ID)).toEqual(before);
});

test('R15 a record moves on from the states that are named, and from no other', async () => {
  const states = ['intent', 'settling', 'settled', 'void', 'expired_charged', 'adjusting', 'adjusted'] as const;
  for (const [index, state] of states.entries()) {
    for (const wanted of states) {
      const { records } = world();
      await records.putIntent(intent(ID));
      if (index > 0) await records.transition(ID, ['intent'], state, { costNanoUsd: 1n }, NOW_MS);
      const others = states.filter((other) => other !== state && other !== wanted).slice(0, 2);
      const result = await records.transition(ID, [wanted, ...others], 'adjusted', { costNanoUsd: 9n }, NOW_MS + 1);
      expect(result.done).toBe(wanted === state);
      if (!result.done) expect(result.found).toMatchObject({ id: ID, state, boundNanoUsd: 10n });
      else expect(await records.get(ID)).toMatchObject({ state: 'adjusted', costNanoUsd: 9n });
    }
  }
});

test.each([
  [undefined, true],
  ['intent', true],
  ['void', true],
  ['settling', false],
  ['settled', false],
  ['expired_charged', false],
  ['adjusting', false],
  ['adjusted', false],
] as const)('R15 a record in state %s becomes void: %s', async (state, done) => {
  const { records } = world();
  if (state !== undefined) {
    await records.putIntent(intent(ID));
    if (state !== 'intent') await records.transition(ID, ['intent'], state, { costNanoUsd: 1n }, NOW_MS);
  }
  const held = { counters: [{ counter: 'd', nanoUsd: 3n }], expiresAtMs: NOW_MS };
  expect((await records.putVoid(ID, { outcome: 'x', held }, NOW_MS)).done).toBe(done);
  const record = await records.get(ID);
  expect(record?.state).toBe(done ? 'void' : state);
  expect(record?.counters).toEqual(done ? held.counters : [{ counter: 'c', nanoUsd: 10n }]);
});

test('R15 the open index holds a record until its time, from its intent on; a void one as long as it is kept', async () => {
  const { records } = world();
  const found = async (beforeMs: number) => {
    const pages = await Promise.all(Array.from({ length: 64 }, (_unused, index) => records.openBefore(index, beforeMs)));
    return pages.flatMap(({ items }) => items);
  };
  await records.putIntent(intent(ID));
  expect(await found(NOW_MS + 60_000)).toEqual([]);
  expect(await found(NOW_MS + 60_001)).toEqual([ID]);

  // It stays where it is unless something is said.
  await records.transition(ID, ['intent'], 'expired_charged', { openUntilMs: NOW_MS + 90_000 }, NOW_MS);
  expect([await found(NOW_MS + 90_000), await found(NOW_MS + 90_001)]).toEqual([[], [ID]]);
  await records.transition(ID, ['expired_charged'], 'adjusting', {}, NOW_MS);
  expect(await found(NOW_MS + 90_001)).toEqual([ID]);
  // Whoever is not void is not kept as one.
  await records.keepVoid(ID, null);
  expect(await found(NOW_MS + 90_001)).toEqual([ID]);
  await records.transition(ID, ['adjusting'], 'adjusted', { openUntilMs: null }, NOW_MS);
  expect(await found(Number.MAX_SAFE_INTEGER)).toEqual([]);

  const other = ID.replace('ff', '07');
  await records.putVoid(other, {}, NOW_MS);
  expect(await found(Number.MAX_SAFE_INTEGER)).toEqual([]);
  await records.keepVoid(other, NOW_MS + 5);
  expect([await found(NOW_MS + 5), await found(NOW_MS + 6)]).toEqual([[], [other]]);
  await records.keepVoid(other, null);
  expect(await found(Number.MAX_SAFE_INTEGER)).toEqual([]);
});

test('R15 the open index is read page by page, oldest first', async () => {
  const { records } = world();
  const ids = Array.from({ length: 230 }, (_unused, index) => `0192f000-0000-7000-8000-${index.toString(16).padStart(10, '0')}00`);
  for (const [index, id] of ids.entries()) await records.putIntent(intent(id, { expiresAtMs: NOW_MS + index }));
  const seen: string[] = [];
  let pages = 0;
  let after: string | undefined;
  do {
    const page = await records.openBefore(0, NOW_MS + 225, after);
    seen.push(...page.items);
    after = page.next;
    pages++;
  } while (after !== undefined);
  expect(seen).toEqual(ids.slice(0, 225));
  expect(pages).toBe(3);
});

test('R15 a finished record is kept for its days, and listed on the day on which it ended, whatever is adjusted later', async () => {
  const { records, item } = world();
  await records.putIntent(intent(ID));
  await records.transition(ID, ['intent'], 'expired_charged', { costNanoUsd: 10n, listed: true }, NOW_MS + 999);
  expect(item(ID)?.['ttl']).toEqual({ N: String(NOW_MS / 1_000 + 10 * 86_400) });
  await records.transition(ID, ['expired_charged'], 'adjusted', { costNanoUsd: 4n, listed: true, ttl: 77 }, NOW_MS + 3 * 86_400_000);
  expect(item(ID)?.['ttl']).toEqual({ N: '77' });
  expect((await records.list('2026-11-24')).items).toMatchObject([{ id: ID, costNanoUsd: 4n, state: 'adjusted' }]);
  expect((await records.list('2026-11-27')).items).toEqual([]);
});

describe('every field of the usage record reaches the table and comes back', () => {
  const fields = Object.keys(WHOLE_RESULT) as (keyof RequestResult)[];

  test('of the intent', async () => {
    const { records } = world();
    await records.putIntent({ ...WHOLE_INTENT, id: ID });

    expect(await records.get(ID)).toEqual({ ...WHOLE_INTENT, id: ID, state: 'intent', updatedAt: WHOLE_INTENT.createdAt });
  });

  test('of the result, alone and with any others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(fields), async (present) => {
        const { records } = world();
        const result = Object.fromEntries(present.map((field) => [field, WHOLE_RESULT[field]]));
        await records.putIntent(intent(ID));
        await records.transition(ID, ['intent'], 'settled', result, NOW_MS);

        const { state, updatedAt, ...found } = (await records.get(ID)) as RequestRecord;
        expect(found).toEqual({ ...intent(ID), ...result });
      }),
      { numRuns: 200, examples: [[fields], ...fields.map((field): [(keyof RequestResult)[]] => [[field]])] },
    );
  });

  test('of the result, by way of the queue', () => {
    const settlement = { attemptId: ID, kind: 'settle', result: WHOLE_RESULT } as const;

    expect(readQueued(JSON.parse(writeQueued(settlement)))).toEqual(settlement);
  });
});

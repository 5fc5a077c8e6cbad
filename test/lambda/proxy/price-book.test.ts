import { createOverrideStore } from '../../../lambda/aws/dynamodb';
import { createPriceBookStore, hashOfBook } from '../../../lambda/aws/dynamodb/price-books';
import { createPriceBook } from '../../../lambda/money/pricing';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
let aheadMs = 0;

beforeEach(async () => {
  aheadMs = 0;
  upstream = await startUpstream();
  upstream.script(
    jsonReply({
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
    }),
  );
  gateway = await startGateway({
    clock: { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs },
    priceBook: createPriceBook(bookOf(['openai'], 'm || input=1 output=2')),
    document: { providers: [compatible('up', upstream.origin, { kind: 'openai', free: false })] },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const overrides = () => createOverrideStore(gateway.table, TABLE_NAMES.identity);

async function bring(date: string, input: string): Promise<void> {
  const text = JSON.stringify({ version: `of-${date}`, date, lists: { openai: [`m || input=${input} output=2`] } });
  await createPriceBookStore(gateway.table, TABLE_NAMES.identity).write(text);
  const before = await overrides().get('book', 'current');
  await overrides().put(
    'book',
    {
      id: 'current',
      sha256: hashOfBook(text),
      bookVersion: `of-${date}`,
      date,
      generation: Date.now() + aheadMs,
      updatedAt: new Date().toISOString(),
    },
    before?.generation,
  );
}

/** What the second call costs: the first only lets the process read again. */
async function costNow() {
  for (const _ of [1, 2]) {
    const { status } = await gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });
    expect(status).toBe(200);
    await gateway.settled();
  }
  const record = gateway.records().at(-1);
  return [record?.costNanoUsd, record?.priceVersion];
}

test('R14 a book that is brought in prices the calls of a running process within 10 seconds, and the records name it', async () => {
  expect(await costNow()).toEqual([1_200_000n, 'test']);

  await bring('2026-12-01', '5');
  aheadMs += 10_000;
  expect(await costNow()).toEqual([5_200_000n, 'of-2026-12-01']);

  await bring('2026-12-02', '7');
  aheadMs += 10_000;
  expect(await costNow()).toEqual([7_200_000n, 'of-2026-12-02']);

  await overrides().remove('book', 'current', (await overrides().get('book', 'current'))?.generation as number);
  aheadMs += 10_000;
  expect(await costNow()).toEqual([1_200_000n, 'test']);
});

test('R14 a book older than the deployed one does not hold, nor one whose text is gone', async () => {
  await bring('2026-01-01', '5');
  aheadMs += 10_000;
  expect(await costNow()).toEqual([1_200_000n, 'test']);

  await bring('2026-12-01', '6');
  const named = await overrides().get('book', 'current');
  await createPriceBookStore(gateway.table, TABLE_NAMES.identity).remove(named?.sha256 as string);
  aheadMs += 10_000;
  expect(await costNow()).toEqual([1_200_000n, 'test']);
});

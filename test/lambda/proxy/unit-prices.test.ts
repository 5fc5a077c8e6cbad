/** What is priced by the call, beside tokens or in their place. */
import { createOverrideStore } from '../../../lambda/aws/dynamodb';
import { createPriceBook, type PriceOverride } from '../../../lambda/money/pricing';
import { startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

/** 1 US dollar a million tokens in, 10 out. */
const BOOK = bookOf(['openai'], 'm by-call beside || input=1 output=10', 'listed || input=1 output=10 call=0.5');
const override = (model: string, prices: Partial<PriceOverride>): PriceOverride => ({
  id: `p/${model}`,
  generation: 1,
  updatedAt: '2026-01-01T00:00:00Z',
  ...prices,
});
const OVERRIDES = [
  override('by-call', { usdPerUnit: { call: '0.25' } }),
  override('beside', { usdPerUnit: { call: '0.0000000001' }, usdPerMillionTokens: { input: '1', output: '10' } }),
];
const PICTURES = override('pictures', { usdPerUnit: { image: '0.04' } });
const CHAT = { messages: [{ role: 'user', content: 'x' }], max_tokens: 100 };
const USAGE = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
const ANSWER = jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }], usage: USAGE });
const VECTORS = jsonReply({ data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 1_000, total_tokens: 1_000 } });

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    priceBook: createPriceBook(BOOK),
    document: { providers: [{ id: 'p', kind: 'openai', baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback' }] },
  });
  const store = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  for (const price of [...OVERRIDES, PICTURES]) await store.put('price', price);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function charged(path: string, body: object, answer = ANSWER, headers: Record<string, string> = {}) {
  upstream.script(answer);
  const { status } = await gateway.call(path, body, headers);
  await gateway.settled();
  const record = gateway
    .records()
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .at(-1);
  return { status, reserved: record?.boundNanoUsd, cost: record?.costNanoUsd };
}

test('R15 a model that is priced by the call alone costs that, whatever its tokens', async () => {
  const one = await charged('/v1/chat/completions', { model: 'p/by-call', ...CHAT });
  expect(one).toEqual({ status: 200, reserved: 250_000_000n, cost: 250_000_000n });
  expect(await charged('/v1/embeddings', { model: 'p/by-call', input: 'x' }, VECTORS)).toEqual(one);
});

test('R15 beside tokens a call is one amount more, of the override and of the book, rounded up once', async () => {
  const tokens = 1_000_000n + 1_000_000n;
  expect((await charged('/v1/chat/completions', { model: 'p/m', ...CHAT })).cost).toBe(tokens);
  expect((await charged('/v1/chat/completions', { model: 'p/beside', ...CHAT })).cost).toBe(tokens + 1n);
  expect((await charged('/v1/chat/completions', { model: 'p/listed', ...CHAT })).cost).toBe(tokens + 500_000_000n);
});

test('R15 a call whose price its budget does not cover is not made, and one that may cost more than its caller allows neither', async () => {
  const before = upstream.requests.length;
  const authorization = `Bearer ${await gateway.addKey({ budgets: [{ limit_usd: '0.24', period: 'month' }] })}`;
  const body = { model: 'p/by-call', ...CHAT };
  expect((await gateway.call('/v1/chat/completions', body, { authorization })).status).toBe(402);
  expect((await gateway.call('/v1/chat/completions', body, { 'x-gateway-max-cost-usd': '0.24' })).status).toBe(400);
  expect(upstream.requests).toHaveLength(before);
  expect((await charged('/v1/chat/completions', body, ANSWER, { 'x-gateway-max-cost-usd': '0.25' })).status).toBe(200);
});

test('R15 counting tokens costs nothing where a call does', async () => {
  const { cost, reserved } = await charged('/v1/messages/count_tokens', { model: 'p/by-call', ...CHAT });
  expect([cost ?? 0n, reserved]).toEqual([0n, 0n]);
});

test('R15 a price by the picture is none for who writes or reads text: unknown is not zero', async () => {
  const before = upstream.requests.length;
  const chat = await gateway.call('/v1/chat/completions', { model: 'p/pictures', ...CHAT });
  const vectors = await gateway.call('/v1/embeddings', { model: 'p/pictures', input: 'x' });
  expect([chat, vectors].map(({ status, json }) => [status, json.error.code])).toEqual([
    [400, 'price_unknown'],
    [400, 'price_unknown'],
  ]);
  expect(upstream.requests).toHaveLength(before);
});

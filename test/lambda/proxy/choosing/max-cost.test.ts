/** The most that one call of a route may cost. The header of a caller is in `output-caps.test.ts`. */
import { createPriceBook, parseUsd } from '../../../../lambda/money/pricing';
import type { GatewayDocument, RouteConfig, TargetConfig } from '../../../../lib/private/contract';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

const PRICES = createPriceBook(
  bookOf(
    ['openai-compatible'],
    'dear | window=200000 maxOutput=32000 | input=100 output=100',
    'cheap | window=200000 maxOutput=32000 | input=1 output=1',
  ),
);
const ANSWER = jsonReply({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

let up: Upstream;
let gateway: TestGateway;
beforeEach(async () => {
  up = await startUpstream();
  up.script(ANSWER);
});
afterEach(async () => {
  await gateway.close();
  await up.close();
});

const target = (name: string): TargetConfig => ({ provider: name.split('/')[0] ?? '', model: name.split('/')[1] ?? '' });

async function start(route: Partial<RouteConfig>, document: Partial<GatewayDocument> = {}): Promise<void> {
  const routes = [{ alias: 'smart', targets: [target('one/dear'), target('two/cheap')], ...route }, ...(document.routes ?? [])];
  const providers = ['one', 'two', 'three'].map((id) => compatible(id, up.origin, { free: false }));
  gateway = await startGateway({ priceBook: PRICES, document: { providers, ...document, routes } });
}

const CHAT = { messages: [{ role: 'user', content: 'hello' }] };
const asked = async (more: object = {}, headers: Record<string, string> = {}, path = '/v1/chat/completions', body: object = CHAT) => {
  const reply = await gateway.call(path, { model: 'smart', ...body, ...more }, headers);
  const provider = reply.headers['x-gateway-provider'];
  return {
    status: reply.status,
    to: provider === undefined ? undefined : `${provider}/${reply.headers['x-gateway-model']}`,
    why: reply.headers['x-gateway-route-reason'],
    warnings: reply.headers['x-gateway-warnings'],
    error: reply.json.error,
  };
};
const sentCaps = () => up.requests.map(({ body }) => JSON.parse(body.toString()).max_tokens);

test.each<[string, string, object]>([
  ['chat', '/v1/chat/completions', { ...CHAT, max_tokens: 100 }],
  ['responses', '/v1/responses', { input: 'hello', max_output_tokens: 100 }],
  ['messages', '/v1/messages', { ...CHAT, max_tokens: 100 }],
  ['embeddings', '/v1/embeddings', { input: 'hello' }],
])('a target at which a call could cost more is left out and named, by %s', async (_dialect, path, body) => {
  if (path === '/v1/embeddings') up.script(jsonReply({ data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1 } }));
  await start({ max_cost_usd: '0.01' });

  expect(await asked({}, {}, path, body)).toMatchObject({ status: 200, to: 'two/cheap', why: 'alias; skipped=one/dear (max_cost)' });
});

test('where it could cost more at all of them it is refused before anything is sent or set aside, and told by which alias', async () => {
  await start({ max_cost_usd: '0.001', targets: [target('one/dear'), target('two/dear')] });
  const key = await gateway.addKey({ budgets: [{ limit_usd: '100', period: 'day' }] });

  const { status, error } = await asked({ max_tokens: 100 }, { authorization: `Bearer ${key}` });

  expect([status, error.code]).toEqual([400, 'max_cost_exceeded']);
  expect(error.message).toMatch(/than a call of 'smart' may cost; it was not made/);
  expect(up.requests).toEqual([]);
  expect(gateway.records()).toEqual([]);
  const me = await gateway.send('GET', '/v1/me', { authorization: `Bearer ${key}` });
  expect(me.json.budgets).toMatchObject([{ spent_usd: '0.00', reserved_usd: '0.00' }]);
});

test('a cap is written for who names none, and what a call was bounded by keeps to the maximum', async () => {
  await start({ max_cost_usd: '0.5', targets: [target('one/dear')] });

  const { status, warnings } = await asked();
  await gateway.settled();

  const [cap] = sentCaps();
  expect(status).toBe(200);
  expect(cap).toBeGreaterThan(1_024);
  expect(cap).toBeLessThan(5_000);
  expect(warnings).toMatch(`=${cap} (the route)`);
  expect((gateway.records()[0]?.boundNanoUsd ?? 0n) <= (parseUsd('0.5') ?? 0n)).toBe(true);
});

test('no answer is cut shorter than such answers are, and no cap that the caller named', async () => {
  // The prompt takes some 22 cents of the maximum, which leaves some 800 tokens.
  await start({ max_cost_usd: '0.3' });

  expect(await asked()).toMatchObject({ status: 200, to: 'two/cheap', why: 'alias; skipped=one/dear (max_cost)' });
  expect(await asked({ max_tokens: 1_000 })).toMatchObject({ to: 'two/cheap', warnings: undefined });
  expect(await asked({ max_tokens: 500 })).toMatchObject({ to: 'one/dear', warnings: undefined });
});

test('what may be lost at one account before another answers counts too', async () => {
  // One prompt is 22 cents; two of them and an answer are more than the maximum, so the third account is not asked.
  await start({ max_cost_usd: '0.5', targets: ['one/dear', 'two/dear', 'three/dear'].map(target) });

  expect(await asked({ max_tokens: 100 })).toMatchObject({ to: 'one/dear', why: 'alias; skipped=three/dear (max_cost)' });
  await gateway.settled();
  expect((gateway.records()[0]?.boundNanoUsd ?? 0n) <= (parseUsd('0.5') ?? 0n)).toBe(true);
});

test('the lower of it and the header of the caller holds', async () => {
  await start({ max_cost_usd: '1', targets: [target('one/dear')] });

  expect(await asked({}, { 'x-gateway-max-cost-usd': '0.25' })).toMatchObject({
    status: 200,
    warnings: expect.stringMatching(/\(x-gateway-max-cost-usd\)$/),
  });
  expect(await asked({}, { 'x-gateway-max-cost-usd': '5' })).toMatchObject({ warnings: expect.stringMatching(/\(the route\)$/) });
  expect(await asked({}, { 'x-gateway-max-cost-usd': '0.01' })).toMatchObject({
    error: { message: expect.stringMatching(/x-gateway-max-cost-usd/) },
  });
});

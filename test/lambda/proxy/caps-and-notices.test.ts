import { createPriceBook } from '../../../lambda/money/pricing';
import type { ProviderConfig } from '../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

/** One US dollar a million tokens in, none out, so that costs are the prompts'. */
const PRICES = createPriceBook(bookOf(['openai-compatible'], 'small | window=100000 | input=1 output=0'));
const ANSWER = (tokens: number) => ({
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: tokens, completion_tokens: 1, total_tokens: tokens + 1 },
});
const MESSAGES = { max_tokens: 128_000, messages: [{ role: 'user', content: 'x' }] };

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(ANSWER(1)));
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const start = async (more: Partial<ProviderConfig> = {}) => {
  gateway = await startGateway({
    priceBook: PRICES,
    document: {
      providers: [compatible('up', upstream.origin, { free: false, ...more })],
      routes: [route('claude-opus-5-5', 'up/small')],
    },
  });
};
const sentCap = () => JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '{}');

test('a cap beyond what the model can write is lowered to it when the call is translated, and said', async () => {
  await start();

  const reply = await gateway.call('/v1/messages', { ...MESSAGES, model: 'up/small' });

  expect(reply.status).toBe(200);
  expect([sentCap().max_tokens ?? sentCap().max_completion_tokens]).toEqual([100_000]);
  expect(reply.headers['x-gateway-warnings']).toBe('dropped: max_tokens above 100000');
});

test('in its own dialect a cap is lowered behind an alias and left to the model that was named', async () => {
  await start();

  const behindAlias = await gateway.call('/v1/chat/completions', { ...MESSAGES, model: 'claude-opus-5-5' });
  expect([behindAlias.headers['x-gateway-warnings'], sentCap().max_tokens]).toEqual(['dropped: max_tokens above 100000', 100_000]);

  const named = await gateway.call('/v1/chat/completions', { ...MESSAGES, model: 'up/small' });
  expect([named.headers['x-gateway-warnings'], sentCap().max_tokens]).toEqual([undefined, 128_000]);
});

test('a cap that fits is left alone', async () => {
  await start();

  const reply = await gateway.call('/v1/chat/completions', { ...MESSAGES, max_tokens: 16, model: 'claude-opus-5-5' });

  expect([reply.headers['x-gateway-warnings'], sentCap().max_tokens]).toEqual([undefined, 16]);
});

test('what is left out is named once', async () => {
  await start();

  const reply = await gateway.call('/v1/messages', {
    ...MESSAGES,
    max_tokens: 5,
    model: 'up/small',
    top_k: 3,
    context_management: { edits: [] },
  });

  const named = (reply.headers['x-gateway-warnings'] ?? '').replace('dropped: ', '').split(', ');
  expect(named.length).toBeGreaterThan(0);
  expect(new Set(named).size).toBe(named.length);
});

test('callers of Messages are warned when a budget is nearly spent and told when it is; others have x-gateway-budget-*', async () => {
  await start();
  const key = await gateway.addKey({ budgets: [{ limit_usd: '0.10', period: 'day' }] });
  const as = { authorization: `Bearer ${key}` };
  const spend = async (tokens: number, path = '/v1/messages') => {
    upstream.script(jsonReply(ANSWER(tokens)));
    const reply = await gateway.call(path, { ...MESSAGES, max_tokens: 5, model: 'up/small' }, as);
    await gateway.settled();
    return reply;
  };
  const family = ({ headers }: Awaited<ReturnType<typeof spend>>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('anthropic-ratelimit-')));

  // Each call tells how the budget stood before it.
  expect(family(await spend(70_000))).toEqual({});
  expect(family(await spend(10_000))).toEqual({});
  expect(family(await spend(16_000))).toEqual({
    'anthropic-ratelimit-unified-status': 'allowed_warning',
    'anthropic-ratelimit-unified-representative-claim': 'overage',
    'anthropic-ratelimit-unified-overage-status': 'allowed_warning',
    'anthropic-ratelimit-unified-overage-utilization': '0.8',
    'anthropic-ratelimit-unified-overage-surpassed-threshold': '0.75',
  });
  expect(family(await spend(1, '/v1/chat/completions'))).toEqual({});
  expect(family(await spend(3_999))).toMatchObject({
    'anthropic-ratelimit-unified-overage-utilization': '0.96',
    'anthropic-ratelimit-unified-overage-surpassed-threshold': '0.95',
  });

  const refused = await spend(1);
  expect([refused.status, refused.json.error.type, refused.headers['x-should-retry']]).toEqual([429, 'billing_error', 'false']);
  expect(family(refused)).toMatchObject({
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-overage-status': 'rejected',
    'anthropic-ratelimit-unified-reset': expect.stringMatching(/^\d{10}$/),
  });
  const elsewhere = await spend(1, '/v1/chat/completions');
  expect([elsewhere.status, family(elsewhere)]).toEqual([402, {}]);
});

import { loadPriceBook } from '../../../lambda/money/deployed-book';
import { createPriceBook, parseUsd } from '../../../lambda/money/pricing';
import type { BudgetConfig, GatewayDocument, ProviderConfig } from '../../../lib/private/contract';
import { startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
const open: TestGateway[] = [];

/** One answer that every protocol reads. */
const ANSWER = {
  id: 'a1',
  object: 'response',
  status: 'completed',
  created_at: 1,
  type: 'message',
  role: 'assistant',
  model: 'm',
  stop_reason: 'end_turn',
  content: [{ type: 'text', text: 'ok' }],
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
  output: [
    { type: 'message', id: 'm1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'ok', annotations: [] }] },
  ],
  usage: { input_tokens: 10, output_tokens: 5, prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
};
const KINDS = ['openai', 'anthropic', 'google-ai-studio'] as const;
const ASKED = { '/v1/chat/completions': { messages: [{ role: 'user', content: 'hi' }] }, '/v1/responses': { input: 'hi' } };

beforeAll(async () => {
  upstream = await startUpstream();
});

beforeEach(() => upstream.script(jsonReply(ANSWER)));

afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

afterAll(() => upstream.close());

async function start(document: Partial<GatewayDocument> = {}, lines?: readonly string[]): Promise<TestGateway> {
  const kinds = lines === undefined ? KINDS : (['openai-compatible', 'anthropic-compatible'] as const);
  const providers = kinds.map(
    (kind): ProviderConfig => ({ id: kind, kind, baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback' }),
  );
  const priceBook =
    lines === undefined ? await loadPriceBook() : createPriceBook(bookOf(['openai-compatible', 'anthropic-compatible'], ...lines));
  const gateway = await startGateway({ priceBook, document: { providers, ...document } });
  open.push(gateway);
  return gateway;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
const sent = (): any => JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '{}');

/** By whichever name. */
const sentCap = (): number | undefined => sent().max_completion_tokens ?? sent().max_tokens;

async function keyWith(gateway: TestGateway, limit_usd: string): Promise<Record<string, string>> {
  const budgets: BudgetConfig[] = [{ limit_usd, period: 'month' }];
  return { authorization: `Bearer ${await gateway.addKey({ budgets })}` };
}

describe('where no budget binds a call without a cap', () => {
  test.each([
    [
      '/v1/chat/completions',
      '{"model" :"openai/gpt-5",\n "messages":[{"role":"user","content":"h\\u0069"}], "new_field":1.50, "store":false}',
    ],
    ['/v1/responses', '{ "input":"hi","model":"openai/gpt-5-codex", "store":false,"reasoning":{"effort":"high"}}'],
    ['/v1/messages', '{"model":"anthropic/claude-sonnet-4-5","messages":[{"role":"user","content":"hi"}],"max_tokens":  70000}'],
    [
      '/v1/chat/completions',
      '{"model":"openai/gpt-5","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true},"store":false}',
    ],
    ['/v1/responses', '{"model":"openai/gpt-5","input":"hi","stream":true,"store":false}'],
  ])('its bytes stay as they are but for the name of the model: %s %s', async (path, body) => {
    const gateway = await start();

    const reply = await gateway.call(path, body);

    expect(upstream.requests.at(-1)?.body.toString()).toBe(body.replace(/"(?:openai|anthropic)\//, '"'));
    expect(reply.headers['x-gateway-warnings']).toBeUndefined();
  });

  test.each(['/v1/chat/completions', '/v1/responses'] as const)(
    'a protocol that wants one gets all that the model can write: %s',
    async (path) => {
      const gateway = await start();

      const reply = await gateway.call(path, { ...ASKED[path], model: 'anthropic/claude-sonnet-4-5' });

      expect([reply.status, sent().max_tokens]).toEqual([200, 64_000]);
      expect(reply.headers['x-gateway-warnings']).toMatch(/^set: max_(?:completion|output)_tokens=64000 \(the protocol requires one\)$/);
    },
  );

  test('what the caller asks for of thinking has room in it', async () => {
    const gateway = await start();
    const ask = (body: object) => gateway.call('/v1/chat/completions', { ...ASKED['/v1/chat/completions'], ...body });

    await ask({ model: 'anthropic/claude-sonnet-4-5', thinking: { type: 'enabled', budget_tokens: 8_000 } });
    expect(sent()).toMatchObject({ max_tokens: 64_000, thinking: { budget_tokens: 8_000 } });
    await ask({ model: 'anthropic/claude-sonnet-4-5', reasoning_effort: 'high' });
    expect(sent()).toMatchObject({ max_tokens: 64_000, thinking: { budget_tokens: 16_384 } });
    await ask({ model: 'google-ai-studio/gemini-2.5-flash', reasoning_effort: 'high' });
    expect(sent().generationConfig).toEqual({ thinkingConfig: { thinkingBudget: 24_576, includeThoughts: true } });
  });

  test.each([
    ['the least of those that are named like it', ['story-1 | window=9000 maxOutput=7000 | input=1 output=1'], 7_000],
    ['32,000 tokens where none is', [], 32_000],
  ])('a model that nobody knows gets %s, where the protocol wants a cap', async (_what, lines, tokens) => {
    const gateway = await start({}, [...lines, 'story-2 |  | input=1 output=1']);

    await gateway.call('/v1/chat/completions', { ...ASKED['/v1/chat/completions'], model: 'anthropic-compatible/story-2' });
    expect(sentCap()).toBe(tokens);
    await gateway.call('/v1/chat/completions', { ...ASKED['/v1/chat/completions'], model: 'openai-compatible/story-2' });
    expect(sentCap()).toBeUndefined();
  });

  test('a budget that only counts does not bind', async () => {
    const gateway = await start();
    const key = await gateway.addKey({ budgets: [{ limit_usd: '0.01', period: 'month', soft: true }] });

    const reply = await gateway.call(
      '/v1/chat/completions',
      { ...ASKED['/v1/chat/completions'], model: 'openai/gpt-5' },
      { authorization: `Bearer ${key}` },
    );

    expect([reply.status, reply.headers['x-gateway-warnings']]).toEqual([200, undefined]);
    expect(sentCap()).toBeUndefined();
  });
});

/** A million tokens in for nothing, a thousand out for a dollar: a cap of so many tokens costs so many thousandths. */
const PLAIN = 'm | window=400000 maxOutput=128000 | input=0 output=1000';
const CALL = { messages: [{ role: 'user', content: 'hi' }], model: 'openai-compatible/m' };

describe('where a budget binds it', () => {
  test.each([
    ['128', undefined],
    ['127.999', 31_999],
    ['16.384', 4_096],
    ['16.383', 4_096],
    ['4.096', 4_096],
    ['4.095', 4_095],
    ['0.001', 1],
  ])('of %s dollars it takes a cap of %s tokens', async (limit, cap) => {
    const gateway = await start({}, [PLAIN]);
    const headers = await keyWith(gateway, limit);

    const reply = await gateway.call('/v1/chat/completions', CALL, headers);

    expect([reply.status, sentCap()]).toEqual([200, cap]);
    expect(reply.headers['x-gateway-warnings']).toBe(cap === undefined ? undefined : `set: max_completion_tokens=${cap} (budget)`);
    await gateway.settled();
    expect(gateway.records().find(({ state }) => state === 'settled')?.costNanoUsd).toBe(5n * 1_000_000n);
  });

  test('what is left after it is known without asking, and the next one is capped at once', async () => {
    const gateway = await start({}, [PLAIN]);
    const headers = await keyWith(gateway, '100');
    await gateway.call('/v1/chat/completions', CALL, headers);
    await gateway.settled();
    gateway.table.resetCounts();

    const reply = await gateway.call('/v1/chat/completions', CALL, headers);

    expect(sentCap()).toBe(Math.floor((100_000 - 5) / 4));
    expect(reply.status).toBe(200);
    await gateway.settled();
    // One attempt at admission: its entry, its record, and the entry taken away.
    expect(gateway.table.writes).toBe(3);
    expect(gateway.records()).toHaveLength(2);
  });

  test.each(['/v1/chat/completions', '/v1/responses'] as const)('in another dialect too, with its thinking: %s', async (path) => {
    const gateway = await start();
    const headers = await keyWith(gateway, '0.1');

    const reply = await gateway.call(
      path,
      {
        ...ASKED[path],
        model: 'anthropic/claude-sonnet-4-5',
        ...(path === '/v1/responses' ? { reasoning: { effort: 'high' } } : { thinking: { type: 'enabled', budget_tokens: 8_000 } }),
      },
      headers,
    );

    expect(reply.status).toBe(200);
    const { max_tokens: cap, thinking } = sent();
    expect(cap).toBe(4_096);
    expect(thinking.budget_tokens).toBe(3_072);
    expect(reply.headers['x-gateway-warnings']).toContain('_tokens=4096 (budget)');
    if (path !== '/v1/responses') expect(reply.headers['x-gateway-warnings']).toContain('thinking.budget_tokens=3072');
  });

  test('a thinking budget is told by the name that the caller gave it', async () => {
    const gateway = await start();
    const body = { ...ASKED['/v1/chat/completions'], model: 'anthropic/claude-sonnet-4-5', reasoning: { max_tokens: 8_000 } };

    const reply = await gateway.call('/v1/chat/completions', body, await keyWith(gateway, '0.1'));

    expect(reply.headers['x-gateway-warnings']).toBe('set: max_completion_tokens=4096 (budget), reasoning.max_tokens=3072');
  });

  test('a cap that the caller named is its own: it fits or is refused', async () => {
    const gateway = await start({}, [PLAIN]);
    const headers = await keyWith(gateway, '1');

    const fits = await gateway.call('/v1/chat/completions', { ...CALL, max_completion_tokens: 1_000 }, headers);
    await gateway.settled();
    const refused = await gateway.call('/v1/chat/completions', { ...CALL, max_completion_tokens: 1_000 }, headers);

    expect([fits.status, fits.headers['x-gateway-warnings'], refused.status]).toEqual([200, undefined, 402]);
    expect(refused.json.error.message).toContain('which may cost up to $1.00;');
  });

  test('where not even one token fits it is refused, and told what that may cost', async () => {
    const gateway = await start({}, ['m | window=400000 maxOutput=128000 | input=1000 output=1000']);
    const headers = await keyWith(gateway, '0.5');

    const reply = await gateway.call('/v1/chat/completions', CALL, headers);

    expect([reply.status, reply.json.error.code]).toEqual([402, 'insufficient_quota']);
  });

  test('a model of which nobody knows how much it writes is held to a cap, so that the budget holds', async () => {
    const gateway = await start({}, ['m |  | input=0 output=1']);

    const bound = await gateway.call('/v1/chat/completions', CALL, await keyWith(gateway, '1'));
    expect(sentCap()).toBe(32_000);
    expect(bound.headers['x-gateway-warnings']).toBe('set: max_completion_tokens=32000 (budget)');
    await gateway.call('/v1/chat/completions', CALL);
    expect(sentCap()).toBeUndefined();
  });
});

describe('x-gateway-max-cost-usd is a budget, all of it for this call', () => {
  test.each([
    ['128', undefined],
    ['127.999', 127_999],
    ['0.002', 2],
  ])('of %s dollars: %s tokens', async (most, cap) => {
    const gateway = await start({}, [PLAIN]);

    const reply = await gateway.call('/v1/chat/completions', CALL, { 'x-gateway-max-cost-usd': most });

    expect([reply.status, sentCap()]).toEqual([200, cap]);
    expect(reply.headers['x-gateway-warnings']).toBe(
      cap === undefined ? undefined : `set: max_completion_tokens=${cap} (x-gateway-max-cost-usd)`,
    );
  });

  test('a cap that the caller named is lowered to it, thinking by the same part', async () => {
    const gateway = await start();
    const body = { model: 'anthropic/claude-sonnet-4-5', max_tokens: 40_000, messages: ASKED['/v1/chat/completions'].messages };

    await gateway.call(
      '/v1/messages',
      { ...body, thinking: { type: 'enabled', budget_tokens: 20_000 } },
      { 'x-gateway-max-cost-usd': '0.3' },
    );

    const { max_tokens: cap, thinking } = sent();
    expect(cap).toBeLessThan(20_000);
    expect(thinking).toEqual({ type: 'enabled', budget_tokens: Math.floor((20_000 * cap) / 40_000) });
    const [record] = gateway.records();
    expect((record?.boundNanoUsd ?? 0n) <= (parseUsd('0.3') ?? 0n)).toBe(true);
  });
});

describe('a default cap that the operator chose', () => {
  test('is written as if the caller had named it', async () => {
    const gateway = await start({ defaultMaxOutputTokens: 500 }, [PLAIN]);

    const reply = await gateway.call('/v1/chat/completions', CALL);

    expect(sentCap()).toBe(500);
    expect(reply.headers['x-gateway-warnings']).toBe('set: max_completion_tokens=500 (defaultMaxOutputTokens)');
  });
});

describe('token limits', () => {
  test('a large cap alone is never refused, and what was really used is charged', async () => {
    const gateway = await start({}, [PLAIN]);
    const key = await gateway.addKey({ limits: { tokens_per_minute: 10_000 } });
    const ask = () => gateway.call('/v1/chat/completions', { ...CALL, max_completion_tokens: 128_000 }, { authorization: `Bearer ${key}` });
    const statuses: number[] = [];
    for (let count = 0; count < 20; count++) {
      statuses.push((await ask()).status);
      await gateway.settled();
    }
    const last = await ask();

    expect(new Set(statuses)).toEqual(new Set([200]));
    // Twenty calls took fifteen tokens each; the last one sets aside what it sends and what they usually write.
    const left = Number(last.headers['x-ratelimit-remaining-tokens']);
    expect(left).toBeGreaterThan(10_000 - 20 * 15 - 2_048 - 200 - 1_024);
    expect(left).toBeLessThan(10_000 - 20 * 15 - 2_048);
  });

  test('what calls of a key and model usually write is learnt', async () => {
    const gateway = await start({}, [PLAIN]);
    const key = await gateway.addKey({ limits: { tokens_per_day: 1_000_000 } });
    const ask = async () => {
      const reply = await gateway.call('/v1/chat/completions', CALL, { authorization: `Bearer ${key}` });
      await gateway.settled();
      return Number(reply.headers['x-ratelimit-remaining-tokens']);
    };
    const first = 1_000_000 - (await ask());
    upstream.script(jsonReply({ ...ANSWER, usage: { prompt_tokens: 10, completion_tokens: 50_000, total_tokens: 50_010 } }));
    await ask();
    const before = 1_000_000 - (await ask());

    expect(before - 15 - 50_010).toBeGreaterThan(first + 5_000);
  });
});

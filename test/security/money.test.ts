/** Ways to get more than was set aside for, or for less than it costs. */

import { createIdentityStore } from '../../lambda/aws/dynamodb/identity';
import type { KeyRecord } from '../../lambda/identity/entities';
import { createPriceBook } from '../../lambda/money/pricing';
import { anthropicMessages } from '../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../lambda/wire/dialects/openai-responses';
import type { ProviderConfig } from '../../lib/private/contract';
import { route, startGateway, type TestGateway } from '../support/gateway';
import { TABLE_NAMES } from '../support/memory-dynamodb';
import { bookOf } from '../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../support/upstream';

/** 1 US dollar a million tokens in, 10 out. */
const KINDS = ['openai', 'openai-compatible', 'anthropic-compatible', 'anthropic', 'vertex-ai', 'openrouter'] as const;
const BOOK = bookOf(KINDS, 'm gpt-4o-search-preview || input=1 output=10');
const CHAT = { messages: [{ role: 'user', content: 'x' }] };

let upstream: Upstream;
let gateway: TestGateway;

async function start(provider: Partial<ProviderConfig> & Pick<ProviderConfig, 'kind'>): Promise<void> {
  upstream = await startUpstream();
  upstream.script(
    jsonReply({
      choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
      content: [{ type: 'text', text: 'y' }],
      usage: { prompt_tokens: 1_000, completion_tokens: 100, input_tokens: 1_000, output_tokens: 100 },
    }),
  );
  gateway = await startGateway({
    priceBook: createPriceBook(BOOK),
    document: { providers: [{ id: 'p', baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback', ...provider }] },
  });
}

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const chat = (fields: object, headers: Record<string, string> = {}) =>
  gateway.call('/v1/chat/completions', { model: 'p/m', ...CHAT, ...fields }, headers);
const messages = (fields: object) => gateway.call('/v1/messages', { model: 'p/m', max_tokens: 100, ...CHAT, ...fields });

async function lastRecord() {
  await gateway.settled();
  return gateway
    .records()
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .at(-1);
}

describe('a budget or a limit on a model', () => {
  const spent = (model: string): Partial<KeyRecord> => ({ budgets: [{ limit_usd: '0', period: 'month', model }] });

  test.each([
    ['m', 'p/m'],
    ['m*', 'p/m'],
    ['p/m', 'p/M'],
    ['m', 'p/M'],
    ['P/*', 'p/m'],
    ['smart', 'smart'],
    ['p/m', 'smart'],
    ['m', 'smart'],
  ])('on %s holds for a caller who writes %s', async (glob, model) => {
    await start({ kind: 'openai-compatible' });
    const routed = await startGateway({
      priceBook: createPriceBook(BOOK),
      document: {
        providers: [{ id: 'p', kind: 'openai-compatible', baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback' }],
        routes: [route('smart', 'p/m')],
      },
    });
    for (const changes of [spent(glob), { limits: { per_model: { [glob]: { requests_per_day: 0 } } } }]) {
      const authorization = `Bearer ${await routed.addKey(changes)}`;
      const { status } = await routed.call('/v1/chat/completions', { model, ...CHAT }, { authorization });
      expect([402, 429]).toContain(status);
    }
    await routed.close();
    expect(upstream.requests).toHaveLength(0);
  });

  test('a price that was overridden holds in every spelling', () => {
    const book = createPriceBook(BOOK, [
      { id: 'p/GPT-5', generation: 1, updatedAt: '2026-01-01T00:00:00Z', usdPerMillionTokens: { input: '7' } },
    ]);
    for (const model of ['gpt-5', 'GPT-5', 'Gpt-5']) {
      expect(book.lookup({ provider: 'p', kind: 'openai', model }, 0)?.rates.input.base).toBe(7_000_000_000n);
    }
    return start({ kind: 'openai-compatible' });
  });
});

describe('service tiers', () => {
  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'Priority', ' priority'])(
    '%s is one that costs the list price',
    async (tier) => {
      await start({ kind: 'openai' });
      expect((await chat({ service_tier: tier, max_tokens: 10 })).status).toBe(200);
      expect((await lastRecord())?.costNanoUsd).toBe(2_000_000n);
    },
  );

  test('a cheaper one counts only when the provider says that it was served', async () => {
    await start({ kind: 'openai' });
    await chat({ service_tier: 'flex', max_tokens: 10 });
    expect((await lastRecord())?.costNanoUsd).toBe(2_000_000n);
    await chat({ service_tier: 'priority', max_tokens: 10 });
    expect((await lastRecord())?.costNanoUsd).toBe(5_000_000n);
    await chat({ service_tier: 'batch', max_tokens: 10 });
    expect((await lastRecord())?.costNanoUsd).toBe(2_000_000n);
  });

  test('a tier that a provider names like a method of objects is no fault of settling', async () => {
    await start({ kind: 'openai' });
    upstream.script(
      jsonReply({
        choices: [{ index: 0, message: { role: 'assistant', content: 'y' } }],
        service_tier: 'constructor',
        usage: { prompt_tokens: 1_000, completion_tokens: 100 },
      }),
    );
    await chat({ max_tokens: 10 });
    expect(await lastRecord()).toMatchObject({ state: 'settled', costNanoUsd: 2_000_000n });
  });

  test.each([
    [{ speed: 'fast' }, 4_000_000n],
    [{ inference_geo: 'us' }, 2_200_000n],
    [{ speed: 'fast', inference_geo: 'us', service_tier: 'standard_only' }, 4_400_000n],
  ])("Anthropic's dearer ways %j are set aside for and charged", async (fields, cost) => {
    await start({ kind: 'anthropic' });
    await messages({ service_tier: 'standard_only' });
    const plain = (await lastRecord())?.boundNanoUsd as bigint;
    await messages(fields);
    const record = await lastRecord();
    expect(record?.costNanoUsd).toBe(cost);
    // A workspace may keep inference in the United States unasked, so that much is always set aside.
    expect(record?.boundNanoUsd).toBeGreaterThanOrEqual((plain * cost * 99n) / 220_000_000n);
  });
});

describe('fields that would lead elsewhere', () => {
  test.each(['models', 'provider', 'route', 'preset', 'fallbacks', 'data_sources', 'api_base', 'API_BASE'])(
    '%s is refused by name',
    async (field) => {
      await start({ kind: 'openrouter' });
      const reply = await chat({ [field]: ['dearer/model'] });
      expect([reply.status, reply.json.error.code, reply.json.error.param]).toEqual([400, 'forbidden_field', field]);
      expect(upstream.requests).toHaveLength(0);
    },
  );

  test.each(['Model', 'MAX_TOKENS', 'Max_Completion_Tokens', 'N', 'Service_Tier', 'Tools'])(
    '%s, which some servers read like its plain spelling, is refused',
    async (field) => {
      await start({ kind: 'openai-compatible' });
      const reply = await chat({ [field]: 1 });
      expect([reply.status, reply.json.error.code]).toEqual([400, 'forbidden_field']);
    },
  );
});

describe('output caps', () => {
  test.each([
    [{ max_tokens: 1, max_completion_tokens: 1_000_000 }],
    [{ max_tokens: '5' }],
    [{ max_tokens: 1.5 }],
    [{ max_tokens: -1 }],
    [{ max_tokens: 0 }],
    [{ max_tokens: 1e12 }],
    [{ max_tokens: [5] }],
    [{ max_tokens: { valueOf: 5 } }],
    [{ n: 1_000_000 }],
    [{ n: '2' }],
    [{ n: 2.5 }],
    [{ best_of: 1_000 }],
    [{ service_tier: ['flex'] }],
  ])('%j is refused before anything is set aside', async (fields) => {
    await start({ kind: 'openai-compatible' });
    expect((await chat(fields)).status).toBe(400);
    expect(gateway.records()).toHaveLength(0);
    expect(upstream.requests).toHaveLength(0);
  });

  test('n and best_of multiply what is set aside', async () => {
    await start({ kind: 'openai-compatible' });
    const bounds: bigint[] = [];
    for (const fields of [{ n: 1 }, { n: 8 }, { best_of: 8 }]) {
      await chat({ max_tokens: 1_000, ...fields });
      bounds.push((await lastRecord())?.boundNanoUsd as bigint);
    }
    const eight = 7n * 1_000n * 10_000n;
    expect((bounds[1] as bigint) - (bounds[0] as bigint)).toBeGreaterThanOrEqual(eight);
    expect((bounds[2] as bigint) - (bounds[0] as bigint)).toBeGreaterThanOrEqual(eight);
  });

  test('whatever a provider reports, a record has a cost that is not negative', async () => {
    await start({ kind: 'openai-compatible' });
    const wrong = [-1, 1e308, '7', null, [], {}, 1.5, Number.MAX_SAFE_INTEGER];
    for (const count of wrong) {
      upstream.script(
        jsonReply({
          choices: [{ index: 0, message: { role: 'assistant', content: 'y' } }],
          usage: { prompt_tokens: count, completion_tokens: count },
        }),
      );
      expect((await chat({ max_tokens: 10 })).status).toBe(200);
      const record = await lastRecord();
      expect(record?.state).toBe('settled');
      expect(record?.costNanoUsd).toBeGreaterThan(0n);
    }
  });

  test('counting tokens reaches no place that generates', async () => {
    await start({ kind: 'anthropic' });
    upstream.script(jsonReply({ input_tokens: 5 }));
    const reply = await gateway.call('/v1/messages/count_tokens', { model: 'p/m', ...CHAT });
    expect(reply.status).toBe(200);
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/messages/count_tokens']);
  });
});

describe('a budget on a tag', () => {
  const row = { status: 'active', generation: 1, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' } as const;

  beforeEach(async () => {
    await start({ kind: 'openai-compatible' });
    const identity = createIdentityStore(gateway.table, TABLE_NAMES.identity);
    await identity.create('tag', { ...row, id: 'cost=red', budgets: [{ limit_usd: '0', period: 'month' }] });
    await identity.create('team', { ...row, id: 't', tags: { cost: 'red' } });
    await identity.create('project', { ...row, id: 'p', teamId: 't', tags: { cost: 'green' } });
    await identity.create('user', { ...row, id: 'u', tags: { cost: 'red' } });
  });

  test.each<Partial<KeyRecord>>([
    { tags: { cost: 'red' } },
    { teamId: 't' },
    { teamId: 't', projectId: 'p' },
    { teamId: 't', projectId: 'p', tags: { cost: 'green' } },
    { userId: 'u', tags: { cost: '' } },
  ])('holds for a key with %j', async (changes) => {
    const authorization = `Bearer ${await gateway.addKey(changes)}`;
    expect((await chat({}, { authorization })).status).toBe(402);
    const me = await gateway.send('GET', '/v1/me', { authorization });
    expect(me.json.budgets[0].scope).toBe('tag:cost=red');
  });

  test('is neither met nor left by labels', async () => {
    const free = `Bearer ${await gateway.addKey()}`;
    expect((await chat({}, { authorization: free, 'x-gateway-tags': 'cost=red' })).status).toBe(200);
    const bound = `Bearer ${await gateway.addKey({ tags: { cost: 'red' } })}`;
    expect(
      (await chat({}, { authorization: bound, 'x-gateway-tags': 'cost=green', 'x-gateway-metadata': '{"cost":"green"}' })).status,
    ).toBe(402);
  });
});

describe('answers that are cut', () => {
  const begun = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'all that was wanted' } }] })}\n\n`;

  test('R02 a caller who cuts an answer off pays for what may have been written unseen until its end', async () => {
    await start({ kind: 'openai-compatible' });
    upstream.script([{ send: begun }, { waitMs: 600 }, { end: true }]);
    const reply = await chat({ stream: true, max_tokens: 10_000 }, { 'x-gateway-timeout-ms': '300' });
    expect(reply.text).toContain('all that was wanted');
    const record = await lastRecord();
    expect(record?.usage?.estimated).toBe(true);
    // 400 tokens a second.
    expect(record?.usage?.outputTokens).toBeGreaterThanOrEqual(240);
    expect(record?.usage?.outputTokens).toBeLessThan(4_000);
    expect(record?.costNanoUsd).toBeLessThanOrEqual(record?.boundNanoUsd as bigint);
  });

  test('a provider that cuts one off is charged for what was seen', async () => {
    await start({ kind: 'openai-compatible' });
    upstream.script([{ send: begun }, { end: true }]);
    await chat({ stream: true, max_tokens: 10_000 }, { 'x-gateway-timeout-ms': '5000' });
    expect((await lastRecord())?.usage).toMatchObject({ outputTokens: 7, estimated: true });
  });
});

test('what server-side tools made a model read again and again is charged as reported', async () => {
  await start({ kind: 'anthropic' });
  const small = createPriceBook(bookOf(KINDS, 'm | window=200000 | input=1 output=10'));
  const other = await startGateway({
    priceBook: small,
    document: { providers: [{ id: 'p', kind: 'anthropic', baseUrl: { value: upstream.origin }, network: 'loopback' }] },
  });
  upstream.script(jsonReply({ content: [{ type: 'text', text: 'y' }], usage: { input_tokens: 1_500_000, output_tokens: 100 } }));
  const authorization = `Bearer ${await other.addKey({ serverTools: ['*'] })}`;
  await other.call(
    '/v1/messages',
    { model: 'p/m', max_tokens: 100, ...CHAT, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    { authorization },
  );
  await other.settled();
  expect(other.records()[0]?.costNanoUsd).toBe(1_501_000_000n);
  await other.close();
});

test('a model that always searches takes the permission to, and its searches are charged', async () => {
  await start({ kind: 'openai' });
  upstream.script(
    jsonReply({
      model: 'gpt-4o-search-preview-2025-03-11',
      choices: [{ index: 0, message: { role: 'assistant', content: 'y' } }],
      usage: { prompt_tokens: 1_000, completion_tokens: 100 },
    }),
  );
  const model = 'p/gpt-4o-search-preview';
  const refused = await chat({ model });
  expect([refused.status, refused.json.error.code]).toEqual([403, 'server_tool_not_allowed']);
  const authorization = `Bearer ${await gateway.addKey({ serverTools: ['web_search'] })}`;
  expect((await chat({ model }, { authorization })).status).toBe(200);
  expect((await lastRecord())?.costNanoUsd).toBe(27_000_000n);
});

test('a film counts as more than a picture, wherever it stands', () => {
  const mp4 = 'data:video/mp4;base64,AAAA';
  const youtube = 'https://www.youtube.com/watch?v=x';
  const user = (content: object[]) => [{ role: 'user', content }];
  const chatOf = (...parts: object[]) => openAiChat.inspect({ model: 'm', messages: user(parts) } as never).media[0]?.kind;
  const responseOf = (...parts: object[]) => openAiResponses.inspect({ model: 'm', input: user(parts) } as never).media[0]?.kind;
  const messageOf = (source: object) =>
    anthropicMessages.inspect({ model: 'm', messages: user([{ type: 'document', source }]) } as never).media[0]?.kind;
  const films = [
    chatOf({ type: 'video_url', video_url: { url: 'https://x/y' } }),
    chatOf({ type: 'image_url', image_url: { url: mp4 } }),
    chatOf({ type: 'image_url', image_url: { url: youtube } }),
    chatOf({ type: 'file', file: { file_data: mp4 } }),
    responseOf({ type: 'input_file', file_url: 'https://youtu.be/x' }),
    responseOf({ type: 'input_file', file_data: mp4 }),
    responseOf({ type: 'input_image', image_url: mp4 }),
    messageOf({ type: 'base64', media_type: 'video/mp4', data: 'AAAA' }),
    messageOf({ type: 'url', url: youtube }),
  ];
  // Bytes that nobody can tell are a film's, whatever the call says of them, count as the dearest file.
  for (const kind of films) expect(['video', 'file']).toContain(kind);
  expect(chatOf({ type: 'image_url', image_url: { url: 'https://x/y.png' } })).toBe('image');
  return start({ kind: 'openai' });
});

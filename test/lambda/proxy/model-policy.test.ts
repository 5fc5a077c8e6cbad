/** Which models a key may use: every operation, the lists, the levels above, the places that a call may fail over to. */

import { createIdentityStore } from '../../../lambda/aws/dynamodb/identity';
import { createOverrideStore } from '../../../lambda/aws/dynamodb/overrides';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

const chat = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
};
const message = [{ role: 'user', content: 'hi' }];

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    document: {
      providers: [
        compatible('openai', upstream.origin, { models: ['gpt-5'] }),
        compatible('openrouter', upstream.origin, { models: ['openai/gpt-5'] }),
        compatible('evil', upstream.origin, { models: ['smart'] }),
      ],
      routes: [route('smart', 'openai/gpt-5'), route('both', 'evil/x', 'openai/gpt-5'), route('claude-*', 'evil/*')],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = async (models: string[], model: string, path = '/v1/chat/completions', body: object = { messages: message }) => {
  upstream.script(jsonReply(chat));
  const key = await gateway.addKey({ models });
  return gateway.call(path, { model, ...body }, { authorization: `Bearer ${key}` });
};

test.each([
  [['openai/*'], 'openrouter/openai/gpt-5', 403],
  [['openai/*'], 'openai/gpt-5', 200],
  [['openai/*'], 'smart', 200],
  [['smart'], 'evil/smart', 403],
  [['smart'], 'smart', 200],
  [['gpt-*'], 'gpt-5', 200],
  [['gpt-*'], 'openai/gpt-5', 403],
  [['gpt-5'], 'smart', 403],
  [['claude-*'], 'claude-3', 200],
  [['claude-opus-*'], 'claude-3', 403],
  [['claude-*'], 'evil/claude-3', 403],
  [['*/gpt-5'], 'openrouter/openai/gpt-5', 403],
  [['openrouter/*'], 'openrouter/openai/gpt-5', 200],
  [['*'], 'openrouter/openai/gpt-5', 200],
  [[], 'smart', 403],
])('R03 security-05-policy-other-provider: %j and %s give %i', async (models, model, status) => {
  const reply = await ask(models, model);

  expect([reply.status, status === 403 ? reply.json.error.code : undefined]).toEqual([
    status,
    status === 403 ? 'model_not_allowed' : undefined,
  ]);
  expect(upstream.requests).toHaveLength(status === 403 ? 0 : 1);
});

test.each([
  ['/v1/responses', { input: 'hi' }],
  ['/v1/messages', { messages: message, max_tokens: 10 }],
  ['/v1/messages/count_tokens', { messages: message }],
  ['/v1/embeddings', { input: 'hi' }],
])('R03 security-05-policy-other-provider: %s is held to it too', async (path, body) => {
  for (const [models, model] of [
    [['openai/*'], 'openrouter/openai/gpt-5'],
    [['smart'], 'evil/smart'],
  ] as const) {
    expect((await ask([...models], model, path, body)).status).toBe(403);
  }
  expect(upstream.requests).toEqual([]);
});

test('R03 an alias passes for the targets that the pattern names, and for no other when these fail', async () => {
  upstream.script(jsonReply({ error: { message: 'down' } }, 503));
  const key = await gateway.addKey({ models: ['openai/*'] });

  const reply = await gateway.call('/v1/chat/completions', { model: 'both', messages: message }, { authorization: `Bearer ${key}` });

  expect(reply.status).toBeGreaterThanOrEqual(500);
  expect(new Set(upstream.requests.map(({ body }) => JSON.parse(body.toString()).model))).toEqual(new Set(['gpt-5']));
});

test('R03 an alias made at run time, named like a model of an allowed provider, does not lead out of it', async () => {
  await createOverrideStore(gateway.table, TABLE_NAMES.identity).put('model', {
    id: 'openai/gpt-5',
    targets: [{ provider: 'evil', model: 'x' }],
    generation: 1,
    updatedAt: '2026-01-01T00:00:00.000Z',
  });
  expect((await ask(['*'], 'openai/gpt-5')).headers['x-gateway-provider']).toBe('evil');

  expect((await ask(['openai/*'], 'openai/gpt-5')).status).toBe(403);
});

test('R03 every level narrows: the gateway, the team and the key', async () => {
  const identity = createIdentityStore(gateway.table, TABLE_NAMES.identity);
  const stamp = { status: 'active', generation: 1, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' } as const;
  await identity.create('gateway', { id: 'gateway', ...stamp, models: ['openai/*', 'evil/*'] });
  await identity.create('team', { id: 't', ...stamp, models: ['both', 'openrouter/*'] });
  const key = await gateway.addKey({ teamId: 't', models: ['*'] });
  upstream.script(jsonReply(chat));
  const call = (model: string) =>
    gateway.call('/v1/chat/completions', { model, messages: message }, { authorization: `Bearer ${key}` }).then(({ status }) => status);

  expect([await call('both'), await call('openrouter/openai/gpt-5'), await call('openai/gpt-5')]).toEqual([200, 403, 403]);
});

test('R03 the lists show what the key may use, and what it may not use looks like nothing', async () => {
  const key = await gateway.addKey({ models: ['openai/*', 'smart'] });
  const get = (path: string) => gateway.send('GET', path, { authorization: `Bearer ${key}` });

  expect((await get('/v1/models')).json.data.map(({ id, owned_by }: { id: string; owned_by: string }) => [id, owned_by])).toEqual([
    ['smart', 'openai'],
    ['both', 'openai'],
    ['openai/gpt-5', 'openai'],
  ]);
  const hidden = await get('/v1/models/evil/smart');
  const none = await get('/v1/models/nobody/smart');
  expect([hidden.status, hidden.json.error.message]).toEqual([404, none.json.error.message.replace('nobody', 'evil')]);
  expect((await get('/v1/models/openrouter/openai/gpt-5')).status).toBe(404);
  expect((await get('/v1/models/openai%2Fgpt-5')).status).toBe(200);
});

test.each(['evil/*', 'EVIL/X', 'x', 'both', '*', 'e*/x'])(
  'R03 a budget on %s cannot be left by asking for the model otherwise',
  async (model) => {
    const document = { ...gateway.gateway.configuration.document, providers: [compatible('evil', upstream.origin, { free: false })] };
    const paid = await startGateway({
      document: { ...document, routes: [route('both', 'evil/x')], unknownPrice: { policy: 'ceiling', ceilingUsd: '1' } },
    });
    try {
      const key = await paid.addKey({ budgets: [{ limit_usd: '0.10', period: 'day', model }] });
      const reply = await paid.call('/v1/chat/completions', { model: 'both', messages: message }, { authorization: `Bearer ${key}` });

      expect(reply.status).toBe(402);
    } finally {
      await paid.close();
    }
  },
);

test('R03 a budget on a model of Bedrock counts its inference profiles', async () => {
  const bedrock = await startGateway({
    document: {
      providers: [{ id: 'bedrock', kind: 'bedrock', network: 'loopback', baseUrl: { value: upstream.origin } }],
      unknownPrice: { policy: 'ceiling', ceilingUsd: '1' },
    },
  });
  try {
    const key = await bedrock.addKey({ budgets: [{ limit_usd: '0.10', period: 'day', model: 'bedrock/anthropic.claude-x' }] });
    for (const model of [
      'us.anthropic.claude-x',
      'arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-x',
      'anthropic.claude-x',
    ]) {
      const reply = await bedrock.call(
        '/v1/chat/completions',
        { model: `bedrock/${model}`, messages: message },
        { authorization: `Bearer ${key}` },
      );
      expect([model, reply.status]).toEqual([model, 402]);
    }
  } finally {
    await bedrock.close();
  }
});

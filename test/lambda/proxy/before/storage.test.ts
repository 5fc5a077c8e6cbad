/** What a provider is let keep: nothing, unless the key may have it kept. */

import { createIdentityStore } from '../../../../lambda/aws/dynamodb/identity';
import type { LevelKind } from '../../../../lambda/money/ledger/holders';
import type { ProviderConfig } from '../../../../lib/private/contract';
import { startGateway, type TestGateway } from '../../../support/gateway';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

const RESPONSES = '/v1/responses';
const CHAT = '/v1/chat/completions';
const provider = (id: string, kind: ProviderConfig['kind']): ProviderConfig => ({
  id,
  kind,
  baseUrl: { value: `${upstream.origin}/v1` },
  network: 'loopback',
  free: true,
});

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply({ error: { message: 'seen', type: 'invalid_request_error' } }, 400));
  gateway = await startGateway({
    document: {
      providers: [provider('openai', 'openai'), provider('vllm', 'vllm'), provider('mistral', 'mistral'), provider('xai', 'xai')],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const sent = async (path: string, body: object | string, key = gateway.key) => {
  const before = upstream.requests.length;
  const reply = await gateway.call(path, body, { authorization: `Bearer ${key}` });
  expect([reply.text, upstream.requests.length]).toEqual([reply.text, before + 1]);
  return {
    text: upstream.requests[before]?.body.toString() ?? '',
    json: JSON.parse(upstream.requests[before]?.body.toString() ?? ''),
    reply,
  };
};
const messages = [{ role: 'user', content: 'hi' }];

test.each(['openai/gpt-5.1', 'vllm/m'])(
  'R09 a call of Responses to %s is not kept, whether it asks for that, says nothing, or streams',
  async (model) => {
    for (const extra of [{ store: true }, {}, { store: null }, { store: 'false' }, { stream: true }, { store: false }]) {
      expect((await sent(RESPONSES, { model, input: 'hi', ...extra })).json.store).toBe(false);
    }
  },
);

test('R09 bytes that say so already are passed on as they are, but for the model’s name', async () => {
  const body = '{ "model" : "openai/gpt-5.1", "store":false , "input":"hi", "x": 1.0 }';

  expect((await sent(RESPONSES, body)).text).toBe(body.replace('openai/', ''));
});

test.each([
  ['openai/gpt-5.1', { store: true }, false],
  ['openai/gpt-5.1', {}, false],
  ['openai/gpt-5.1', { store: false }, false],
  ['vllm/m', { store: true }, false],
  ['vllm/m', { store: 1 }, false],
  ['vllm/m', {}, undefined],
  ['mistral/m', { store: true }, undefined],
])('R09 a Chat Completion to %s with %j goes out with store %s', async (model, extra, expected) => {
  expect((await sent(CHAT, { model, messages, ...extra })).json.store).toBe(expected);
});

test('R09 nothing is kept of a call that is translated either', async () => {
  expect((await sent('/v1/messages', { model: 'openai/gpt-5.1', messages, max_tokens: 9 })).json.store).toBe(false);
  expect((await sent(CHAT, { model: 'openai/gpt-5-pro', messages, store: true })).json.store).toBe(false);
  expect((await sent('/v1/messages', { model: 'vllm/m', messages, max_tokens: 9 })).json.store).toBeUndefined();
});

test('R09 thinking that could only be found by its id is left out, so that a tool loop goes on without storage', async () => {
  const input = [
    { role: 'user', content: 'hi' },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 's' }], encrypted_content: null },
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'gAAAA' },
    { type: 'reasoning', id: 'rs_3', summary: [], content: [{ type: 'reasoning_text', text: 't' }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c', output: 'x' },
  ];

  expect((await sent(RESPONSES, { model: 'openai/gpt-5.1', input })).json.input).toEqual(input.filter((_item, index) => index !== 1));
});

test('R09 a key that may store has it as it asked', async () => {
  const key = await gateway.addKey({ mayStore: true });
  const body = '{"model":"openai/gpt-5.1","input":"hi","store":true}';

  expect((await sent(RESPONSES, body, key)).text).toBe(body.replace('openai/', ''));
  expect((await sent(RESPONSES, { model: 'openai/gpt-5.1', input: 'hi' }, key)).json).not.toHaveProperty('store');
  expect((await sent(CHAT, { model: 'openai/gpt-5.1', messages, store: true }, key)).json.store).toBe(true);
});

test.each<[string, Partial<Record<LevelKind, boolean>>, boolean]>([
  ['the team says yes', { team: true }, true],
  ['the gateway says yes', { gateway: true }, true],
  ['the key says no', { team: true, key: false }, false],
  ['the team says no', { team: false, key: true }, false],
  ['the gateway says no', { gateway: false, user: true, key: true }, false],
])('R09 a call is kept where a level says so and none says no: %s', async (_name, says, kept) => {
  const identity = createIdentityStore(gateway.table, TABLE_NAMES.identity);
  const stamp = { status: 'active', generation: 1, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' } as const;
  for (const kind of ['gateway', 'team', 'user'] as const) {
    await identity.create(kind, { id: kind, ...stamp, ...(says[kind] === undefined ? {} : { mayStore: says[kind] }) });
  }
  const key = await gateway.addKey({ teamId: 'team', userId: 'user', ...(says.key === undefined ? {} : { mayStore: says.key }) });

  expect((await sent(RESPONSES, { model: 'openai/gpt-5.1', input: 'hi', store: true }, key)).json.store).toBe(kept);
});

test('R09 a caller that asked for storage is told that there is none, and a name in other letters is refused', async () => {
  upstream.script(
    jsonReply({
      id: 'r',
      object: 'response',
      status: 'completed',
      model: 'm',
      output: [],
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    }),
  );
  const reply = await gateway.call(RESPONSES, { model: 'openai/gpt-5.1', input: 'hi', store: true });
  expect(reply.headers['x-gateway-warnings']).toBe('dropped: store');

  const other = await gateway.call(RESPONSES, { model: 'openai/gpt-5.1', input: 'hi', Store: true });
  expect([other.status, other.json.error.param]).toEqual([400, 'Store']);
});

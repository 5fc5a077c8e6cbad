/**
 * Settings of sampling that a model refuses, in its own dialect: a caller who names an alias cannot know which model it is, so that the catalogue decides;
 * who names the model has the bytes left as they are.
 */
import type { ProviderConfig, ProviderKind } from '../../../lib/private/contract';
import { route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

const provider = (kind: ProviderKind): ProviderConfig => ({
  id: kind,
  kind,
  baseUrl: { value: upstream.origin },
  network: 'loopback',
  free: true,
  credential: { secretArn: { value: 'arn:key' } },
});

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply({ error: { message: 'seen' } }, 400));
  gateway = await startGateway({
    document: {
      providers: (['openai', 'azure-openai', 'anthropic', 'xai'] as const).map(provider),
      routes: [
        route('gpt', 'openai/gpt-5.2'),
        route('azure', 'azure-openai/gpt-5'),
        route('claude', 'anthropic/claude-opus-4-8'),
        route('older', 'anthropic/claude-sonnet-4-5'),
        route('grok', 'xai/grok-4.3'),
        route('both', 'openai/gpt-5.2', 'openai/gpt-4.1'),
      ],
    },
    secrets: { 'arn:key': 'provider-key' },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const RESPONSES = '/v1/responses';
const messages = [{ role: 'user', content: 'Hi' }];

async function sent(path: string, body: object) {
  const before = upstream.requests.length;
  const reply = await gateway.call(path, path === RESPONSES ? { input: 'Hi', ...body } : { messages, max_tokens: 90, ...body });
  const calls = upstream.requests.slice(before).map((call) => JSON.parse(call.body.toString()));
  return { calls, status: reply.status, param: reply.json?.error?.param, warnings: reply.headers['x-gateway-warnings'] ?? '' };
}

test.each([
  [CHAT, 'azure', { temperature: 0 }, ['temperature']],
  [CHAT, 'gpt', { temperature: 0, reasoning_effort: 'high' }, ['temperature']],
  [CHAT, 'grok', { presence_penalty: 0.5 }, ['presence_penalty']],
  [RESPONSES, 'gpt', { temperature: 0, top_p: 0.5, reasoning: { effort: 'low' } }, ['temperature', 'top_p']],
  [MESSAGES, 'claude', { temperature: 0, top_k: 5 }, ['temperature', 'top_k']],
  [MESSAGES, 'older', { temperature: 0, top_p: 0.5 }, ['top_p']],
] as const)('%s to %s leaves without what its model refuses: %j', async (path, model, settings, lost) => {
  const { calls, warnings } = await sent(path, { model, ...settings });

  for (const field of lost) {
    expect(calls[0]).not.toHaveProperty(field);
    expect(warnings).toContain(field);
  }
});

test('stop sequences are no setting that can be left out: the next target takes them, or the call is refused by name', async () => {
  expect((await sent(CHAT, { model: 'both', stop: ['x'] })).calls).toEqual([expect.objectContaining({ model: 'gpt-4.1', stop: ['x'] })]);
  expect(await sent(CHAT, { model: 'gpt', stop: ['x'] })).toMatchObject({ calls: [], status: 400, param: 'stop' });
});

test.each([
  [CHAT, 'openai/gpt-5.2', { temperature: 0, stop: ['x'], unknown_of_tomorrow: 1 }],
  [MESSAGES, 'anthropic/claude-opus-4-8', { temperature: 0, top_k: 5 }],
  [CHAT, 'gpt', { temperature: 1, top_p: 1, stop: [], frequency_penalty: 0, logprobs: false }],
  [CHAT, 'gpt', { temperature: 0 }],
])('%s to %s leaves as it came: %j', async (path, model, settings) => {
  expect((await sent(path, { model, ...settings })).calls[0]).toMatchObject(settings);
});

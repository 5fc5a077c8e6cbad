/** Calls for a token or two, by which clients see whether a model answers: one that thinks ends in an error below sixteen. */
import { route } from '../../support/gateway';
import { type Hosts, saysOk, startHosts } from '../../support/hosts';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';
const messages = [{ role: 'user', content: 'Hi' }];

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts({}, {}, [route('fast', 'openai/gpt-5-mini'), route('plain', 'openai/gpt-4o')]);
  hosts.upstream.script(saysOk);
});

afterEach(() => hosts.close());

test.each([
  ['openai/gpt-5-codex', MESSAGES, { max_tokens: 1, messages }, 'max_output_tokens', 'max_tokens=16'],
  ['openai/gpt-5-codex', CHAT, { max_completion_tokens: 15, messages }, 'max_output_tokens', 'max_completion_tokens=16'],
  ['openai/gpt-5', MESSAGES, { max_tokens: 1, messages }, 'max_completion_tokens', 'max_tokens=16'],
  ['openai/o3', MESSAGES, { max_tokens: 1, messages }, 'max_completion_tokens', 'max_tokens=16'],
  ['azure-openai/gpt-5-mini', MESSAGES, { max_tokens: 1, messages }, 'max_completion_tokens', 'max_tokens=16'],
  ['bedrock/us.openai.gpt-6-sol', MESSAGES, { max_tokens: 1, messages }, 'max_output_tokens', 'max_tokens=16'],
  ['fast', CHAT, { max_tokens: 1, messages }, 'max_completion_tokens', 'max_tokens=16'],
  ['fast', CHAT, { max_completion_tokens: 1, messages }, 'max_completion_tokens', 'max_completion_tokens=16'],
  ['fast', RESPONSES, { max_output_tokens: 1, input: 'Hi' }, 'max_output_tokens', 'max_output_tokens=16'],
])('of %s by %s get sixteen, and are told so', async (model, path, asked, field, told) => {
  const reply = await hosts.ask(path, { model, ...asked });

  expect([reply.status, hosts.sent()[0]?.body[field]]).toEqual([200, 16]);
  expect(reply.headers['x-gateway-warnings']).toContain(told);
});

test.each([
  ['openai/gpt-4o', MESSAGES, { max_tokens: 1, messages }, 'max_completion_tokens'],
  ['plain', CHAT, { max_tokens: 1, messages }, 'max_tokens'],
  ['openai/gpt-5-chat-latest', MESSAGES, { max_tokens: 1, messages }, 'max_completion_tokens'],
  ['openai/gpt-5', CHAT, { max_completion_tokens: 1, messages }, 'max_completion_tokens'],
  ['anthropic/claude-opus-4-5', CHAT, { max_completion_tokens: 1, messages }, 'max_tokens'],
  ['openai-compatible/model-x', MESSAGES, { max_tokens: 1, messages }, 'max_tokens'],
])('of %s by %s keep their cap', async (model, path, asked, field) => {
  const reply = await hosts.ask(path, { model, ...asked });

  expect([reply.status, hosts.sent()[0]?.body[field], reply.headers['x-gateway-warnings']]).toEqual([200, 1, undefined]);
});

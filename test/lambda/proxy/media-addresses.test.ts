/** Media by their addresses, for hosts that read bytes alone: refused by the caller's own name before anything is sent. */
import { type Hosts, saysOk, startHosts } from '../../support/hosts';

const URL = 'https://example.com/cat.png';
const GPT = 'bedrock/us.openai.gpt-6-sol';
const HAIKU = 'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0';
const anthropic = [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: URL } }] }];
const chat = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: URL } }] }];
const document = [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://example.com/a.pdf' }] }];
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } };
const fetched = { mediaUrls: true };

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts({
    openai: fetched,
    anthropic: fetched,
    bedrock: fetched,
    'vertex-ai': fetched,
    'google-ai-studio': fetched,
  });
  hosts.upstream.script(saysOk);
});

afterEach(() => hosts.close());

test.each([
  ['/v1/messages', { model: GPT, max_tokens: 99, messages: anthropic }, 'messages[0].content[0]'],
  ['/v1/chat/completions', { model: GPT, messages: chat, tools: [tool] }, 'messages[0].content[0]'],
  ['/v1/chat/completions', { model: 'bedrock/us.openai.gpt-5.4', messages: chat }, 'messages[0].content[0]'],
  ['/v1/chat/completions', { model: HAIKU, messages: chat }, 'messages[0].content[0]'],
  ['/v1/responses', { model: HAIKU, input: document }, 'input'],
  ['/v1/chat/completions', { model: 'vertex-ai/claude-sonnet-4-5', messages: chat }, 'messages[0].content[0]'],
])('%s of %p', async (path, body, place) => {
  const answer = await hosts.ask(path, body);

  expect([hosts.sent(), answer.status, answer.json.error.message]).toEqual([[], 400, expect.stringContaining(place)]);
  expect(answer.json.error.message).toMatch(/base64/);
});

test.each([
  ['/v1/messages', { model: 'openai/gpt-4o', max_tokens: 99, messages: anthropic }],
  ['/v1/chat/completions', { model: 'anthropic/claude-sonnet-4-5', messages: chat }],
  ['/v1/chat/completions', { model: 'google-ai-studio/gemini-2.5-flash', messages: chat }],
])('hosts that fetch them get them: %s of %p', async (path, body) => {
  await hosts.ask(path, body);

  expect(JSON.stringify(hosts.sent()[0]?.body)).toContain(URL);
});

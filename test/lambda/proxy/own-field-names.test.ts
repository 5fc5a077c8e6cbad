import { type Hosts, saysOk, startHosts } from '../../support/hosts';

/** What a model cannot take is named as its caller wrote it, in refusals and in x-gateway-warnings. */

let hosts: Hosts;

beforeAll(async () => {
  hosts = await startHosts();
  hosts.upstream.script(saysOk);
});

afterAll(() => hosts.close());

const user = { role: 'user', content: 'Hi' };
const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 3 } } };
const MESSAGES = ['/v1/messages', { max_tokens: 3_000, messages: [user] }] as const;
const CHAT = ['/v1/chat/completions', { messages: [user] }] as const;
const RESPONSES = ['/v1/responses', { input: 'Hi' }] as const;

const audio = { type: 'input_audio', input_audio: { format: 'wav', data: 'UklGRg==' } };

test.each([
  ['a stop of Messages', MESSAGES, 'openai/o3', { stop_sequences: ['x'] }, 'stop_sequences'],
  ['stops of Messages at Gemini', MESSAGES, 'google-ai-studio/gemini-2.5-flash', { stop_sequences: [...'abcdef'] }, 'stop_sequences'],
  ['a stop of Chat', CHAT, 'openai/o3-pro', { stop: 'x' }, 'stop'],
  ['log probabilities of Responses', RESPONSES, 'anthropic/claude-sonnet-4-5', { top_logprobs: 3 }, 'top_logprobs'],
  [
    'log probabilities of Responses by include',
    RESPONSES,
    'anthropic/claude-sonnet-4-5',
    { include: ['message.output_text.logprobs'] },
    'include',
  ],
  ['choices of Chat', CHAT, 'anthropic/claude-sonnet-4-5', { n: 2 }, 'n'],
  ['sound in Responses', RESPONSES, 'anthropic/claude-sonnet-4-5', { input: [{ role: 'user', content: [audio] }] }, 'input'],
] as const)('%s is refused by its own name', async (_name, [path, body], model, more, field) => {
  const reply = await hosts.ask(path, { model, ...body, ...more });

  expect(reply.status).toBe(400);
  const { message, param } = reply.json.error;
  if (path !== '/v1/messages') expect(param).toBe(field);
  expect(message.startsWith(field)).toBe(true);
});

test('a turn of Messages is counted as its caller counts, its instructions aside', async () => {
  const paper = { type: 'document', source: { type: 'base64', media_type: 'application/msword', data: 'AAAA' } };
  const messages = [user, { role: 'assistant', content: 'Yes?' }, { role: 'user', content: [paper] }];

  const reply = await hosts.ask('/v1/messages', { model: 'openai/gpt-5-pro', max_tokens: 100, system: 'Be brief.', messages });

  expect(reply.status).toBe(400);
  expect(reply.json.error.message).toMatch(/^messages\[2\] holds a document/);
});

test.each([
  [
    'a schema of Responses',
    RESPONSES,
    'anthropic/claude-sonnet-4-5',
    { text: { format: { type: 'json_schema', name: 's', schema } } },
    'text.format.minimum',
  ],
  [
    'a schema of Chat',
    CHAT,
    'anthropic/claude-sonnet-4-5',
    { response_format: { type: 'json_schema', json_schema: { name: 's', schema } } },
    'response_format.minimum',
  ],
  [
    'a schema of Messages',
    MESSAGES,
    'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    { output_config: { format: { type: 'json_schema', schema } } },
    'output_config.format.minimum',
  ],
  [
    'a strict tool of Messages',
    MESSAGES,
    'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    { tools: [{ name: 'f', strict: true, input_schema: schema }] },
    'tools.input_schema.minimum',
  ],
  ['an effort of Chat', CHAT, 'google-ai-studio/gemini-2.0-flash', { reasoning_effort: 'high' }, 'reasoning_effort'],
  ['thinking of Chat', CHAT, 'google-ai-studio/gemini-2.0-flash', { thinking: { type: 'enabled', budget_tokens: 2_000 } }, 'thinking'],
  ['an effort of Responses', RESPONSES, 'google-ai-studio/gemini-2.0-flash', { reasoning: { effort: 'high' } }, 'reasoning'],
  [
    'thinking of Messages',
    MESSAGES,
    'google-ai-studio/gemini-2.0-flash',
    { thinking: { type: 'enabled', budget_tokens: 2_000 } },
    'thinking',
  ],
  ['an effort of Messages', MESSAGES, 'google-ai-studio/gemini-2.0-flash', { output_config: { effort: 'high' } }, 'output_config.effort'],
  ['the end user of Messages', MESSAGES, 'google-ai-studio/gemini-2.5-flash', { metadata: { user_id: 'u' } }, 'metadata.user_id'],
  ['the end user of Chat', CHAT, 'google-ai-studio/gemini-2.5-flash', { user: 'u' }, 'user'],
  ['the end user of Responses', RESPONSES, 'google-ai-studio/gemini-2.5-flash', { safety_identifier: 'u' }, 'safety_identifier'],
  ['verbosity of Responses', RESPONSES, 'google-ai-studio/gemini-2.5-flash', { text: { verbosity: 'low' } }, 'text.verbosity'],
  [
    'one tool at a time of Messages',
    MESSAGES,
    'google-ai-studio/gemini-2.5-flash',
    { tools: [{ name: 'f', input_schema: { type: 'object' } }], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    'tool_choice.disable_parallel_tool_use',
  ],
] as const)('%s that is left out is warned of by its own name', async (_name, [path, body], model, more, field) => {
  const reply = await hosts.ask(path, { model, ...body, ...more });

  expect(reply.status).toBe(200);
  const warned = reply.headers['x-gateway-warnings']?.replace(/^.*dropped: /, '').split(', ');
  expect(warned).toEqual([field]);
});

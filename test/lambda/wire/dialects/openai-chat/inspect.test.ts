import type { JsonValue } from '../../../../../lambda/platform/json/value';
import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';

const call = (fields: Record<string, JsonValue>) =>
  openAiChat.inspect({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }], ...fields });

test('a plain call', () => {
  expect(call({})).toEqual({
    model: 'gpt-5',
    stream: false,
    maxOutputField: 'max_completion_tokens',
    choices: 1,
    wantsStreamUsage: false,
    serverTools: [],
    storedReferences: [],
    toolUses: [],
    media: [],
  });
});

test('caps, choices and the wish for usage', () => {
  const facts = call({ max_tokens: 5, n: 3, stream: true, stream_options: { include_usage: true }, service_tier: 'flex' });

  expect(facts).toMatchObject({
    maxOutputTokens: 5,
    maxOutputField: 'max_tokens',
    choices: 3,
    stream: true,
    wantsStreamUsage: true,
    serviceTier: 'flex',
  });
});

test('the longest cache life that the parts ask for', () => {
  const marked = (mark: JsonValue) =>
    call({ messages: [{ role: 'system', content: [{ type: 'text', text: 'x', ...(mark as object) }] }] }).cacheWrite;

  expect(marked({})).toBeUndefined();
  expect(marked({ prompt_cache_breakpoint: { mode: 'explicit' } })).toBe('5m');
  expect(marked({ cache_control: { type: 'ephemeral', ttl: '1h' } })).toBe('1h');
});

describe('D09 counts', () => {
  test.each([
    ['n', 1e6],
    ['n', 0],
    ['n', 1.5],
    ['best_of', 1e6],
    ['max_tokens', -1],
    ['max_tokens', 0],
    ['max_tokens', 1e12],
    ['max_tokens', '5'],
    ['max_completion_tokens', 0],
    ['top_logprobs', -1],
    ['logprobs', 'yes'],
    ['stream', 'true'],
  ])('D09 %s = %p is refused by name', (field, value) => {
    expect(() => call({ [field]: value })).toThrow(expect.objectContaining({ status: 400, param: field }));
  });

  test('D09 null is absent', () => {
    expect(call({ max_tokens: null, n: null, stream: null })).toMatchObject({ choices: 1, stream: false });
  });
});

describe('D13 schemas beyond any use', () => {
  const tool = (parameters: JsonValue) => ({ tools: [{ type: 'function', function: { name: 'f', parameters } }] });
  let deep: JsonValue = {};
  for (let level = 0; level < 60; level += 1) deep = { properties: { a: deep } };

  test.each<[string, Record<string, JsonValue>]>([
    ['too many enums', tool({ enum: Array.from({ length: 10_000 }, (_, index) => `v${index}`) })],
    ['too deep', tool(deep)],
    ['too large', tool({ anyOf: Array.from({ length: 60_000 }, () => ({})) })],
    ['too many tools', { tools: Array.from({ length: 600 }, () => ({ type: 'function', function: { name: 'f' } })) }],
    ['a deep response format', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: deep } } }],
  ])('D13 %s is a 400', (_name, fields) => {
    expect(() => call(fields)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

test('what the provider would run or remember is named', () => {
  const facts = call({
    tools: [{ type: 'web_search' }, { type: 'mcp', server_label: 'docs' }, { type: 'function', function: { name: 'f' } }],
    web_search_options: {},
    messages: [
      { role: 'assistant', audio: { id: 'audio_1' } },
      {
        role: 'user',
        content: [
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'image_url', image_url: { url: 'https://x/y.png' } },
        ],
      },
    ],
  });

  expect(facts.serverTools).toEqual(['web_search', 'mcp:docs', 'web_search']);
  expect(facts.storedReferences).toEqual(['messages[0].audio.id']);
  expect(facts.media).toEqual([{ kind: 'document' }, { kind: 'image' }]);
});

test.each([
  ['model', {}],
  ['messages', { model: 'm' }],
  ['messages', { model: 'm', messages: [] }],
  ['messages[0]', { model: 'm', messages: ['x'] }],
  ['messages[0].role', { model: 'm', messages: [{}] }],
])('fails naming %s', (param, body) => {
  expect(() => openAiChat.inspect(body as never)).toThrow(expect.objectContaining({ status: 400, param }));
});

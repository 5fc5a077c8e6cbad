import type { JsonValue } from '../../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../../lambda/wire/dialects/anthropic-messages';

const call = (fields: Record<string, JsonValue>) =>
  anthropicMessages.inspect({ model: 'claude', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...fields });

test('a plain call, and a count without a cap', () => {
  expect(call({})).toMatchObject({ model: 'claude', maxOutputTokens: 9, maxOutputField: 'max_tokens', choices: 1, wantsStreamUsage: true });
  expect(call({ max_tokens: null }).maxOutputTokens).toBeUndefined();
});

test('the longest cache life, wherever it stands', () => {
  const short = { cache_control: { type: 'ephemeral' } };
  const long = { cache_control: { type: 'ephemeral', ttl: '1h' } };

  expect(call({}).cacheWrite).toBeUndefined();
  expect(call({ system: [{ type: 'text', text: 'x', ...short }] }).cacheWrite).toBe('5m');
  expect(call({ tools: [{ name: 'f', input_schema: {}, ...long }], system: [{ type: 'text', text: 'x', ...short }] }).cacheWrite).toBe(
    '1h',
  );
  expect(call(long).cacheWrite).toBe('1h');
});

test('what the provider would run or remember is named', () => {
  const facts = call({
    container: 'container_1',
    mcp_servers: [{ type: 'url', name: 'docs', url: 'https://x' }],
    tools: [
      { type: 'web_search_20250305', name: 'web_search' },
      { type: 'bash_20250124', name: 'bash' },
      { name: 'f', input_schema: {} },
    ],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          {
            type: 'tool_result',
            tool_use_id: 't',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } }],
          },
        ],
      },
    ],
  });

  expect(facts.serverTools).toEqual(['web_search_20250305', 'mcp:x']);
  expect(facts.media).toHaveLength(2);
  expect(facts.toolUses).toContainEqual({ unit: 'web_search' });
});

test.each([
  ['max_tokens', -1],
  ['max_tokens', 0],
  ['max_tokens', 1e12],
  ['max_tokens', '5'],
])('D09 %s = %p is refused by name', (field, value) => {
  expect(() => call({ [field]: value })).toThrow(expect.objectContaining({ status: 400, param: field }));
});

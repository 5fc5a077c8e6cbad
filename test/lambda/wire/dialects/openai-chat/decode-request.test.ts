import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';

const tool = (name: string): JsonObject => ({ type: 'function', function: { name } });
const tools = ['a', 'b', 'c'].map(tool);

function read(fields: JsonObject) {
  return openAiChat.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields });
}

test.each(['auto', 'required'])('of the tools those are offered that may be used: %s', (mode) => {
  const allowed = { mode, tools: [tool('a'), { type: 'custom', custom: { name: 'd' } }] };
  const custom = { type: 'custom', custom: { name: 'd' } };

  const request = read({ tools: [...tools, custom], tool_choice: { type: 'allowed_tools', allowed_tools: allowed } });

  expect(request.tools?.map(({ name }) => name)).toEqual(['a', 'd']);
  expect(request.toolChoice).toEqual({ type: mode });
});

test('fails for tools that may be used in a way that nobody knows', () => {
  const allowed = { mode: 'sometimes', tools: [tool('a')] };

  expect(() => read({ tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })).toThrow(
    expect.objectContaining({ status: 400, param: 'tool_choice.allowed_tools.mode' }),
  );
});

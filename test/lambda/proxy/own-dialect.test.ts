/** What hosts refuse of a call in their own dialect, or of one model alone: what leaves is what that host takes. */
import { sentToEveryProvider } from '../../support/every-provider';

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const USER = [{ role: 'user', content: 'Hi' }];
const FUNCTION = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } };

const sent = sentToEveryProvider();

test.each([
  ['openai/gpt-6.1-sol', 'max_completion_tokens'],
  ['openai/gpt-4o', 'max_tokens'],
  ['openai/gpt-of-tomorrow', 'max_tokens'],
])('a cap by its older name reaches %s as %s', async (model, field) => {
  const { body } = await sent(CHAT, { model, max_tokens: 9, messages: USER });

  expect([body.max_tokens, body.max_completion_tokens]).toEqual(field === 'max_tokens' ? [9, undefined] : [undefined, 9]);
});

test('notes go to OpenAI with calls that are kept only, and that is said', async () => {
  const { body, warnings } = await sent(CHAT, { model: 'openai/gpt-4o', metadata: { team: 'blue' }, messages: USER });

  expect(body.metadata).toBeUndefined();
  expect(warnings).toContain('metadata');
});

test('DeepSeek is not made to use a tool while it thinks, and gets a stand-in for thinking that was lost', async () => {
  const called = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
  };
  const messages = [...USER, called, { role: 'tool', tool_call_id: 'c', content: 'x' }];
  const ask = (more: object) => sent(CHAT, { model: 'deepseek/deepseek-v4-pro', tools: [FUNCTION], messages, ...more });

  const forced = await ask({ tool_choice: 'required' });
  const free = await ask({});

  expect([forced.body.thinking, forced.body.tool_choice]).toEqual([{ type: 'disabled' }, 'required']);
  expect([free.body.thinking, free.body.messages[1]]).toEqual([undefined, { ...called, reasoning_content: ' ' }]);
});

test('the highest effort of Nova gives way to a cap, and without one takes no sampling settings', async () => {
  const ask = (more: object) =>
    sent(CHAT, { model: 'bedrock/us.amazon.nova-2-lite-v1:0', reasoning_effort: 'high', messages: USER, ...more });

  const capped = await ask({ max_completion_tokens: 500 });
  const free = await ask({ temperature: 0.5 });

  expect(capped.body.additionalModelRequestFields.reasoningConfig.maxReasoningEffort).toBe('medium');
  expect(capped.warnings).toContain('reasoning_effort');
  expect([free.body.additionalModelRequestFields.reasoningConfig.maxReasoningEffort, free.body.inferenceConfig]).toEqual([
    'high',
    undefined,
  ]);
});

test('tools of Nova carry no cache points', async () => {
  const tools = [{ name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } }];

  const { body, warnings } = await sent(MESSAGES, { model: 'bedrock/us.amazon.nova-pro-v1:0', max_tokens: 9, tools, messages: USER });

  expect(body.toolConfig.tools).toHaveLength(1);
  expect(warnings).toContain('cache_control');
});

describe("Codex's marks of items, which it makes for OpenAI alone", () => {
  const mark = { internal_chat_message_metadata_passthrough: { turn_id: 't' } };
  const input = [{ type: 'message', role: 'user', content: 'Hi', ...mark }];

  test.each(['bedrock/us.openai.gpt-6-sol', 'azure-openai/gpt-6-sol', 'groq/openai/gpt-oss-120b', 'ollama/x'])(
    'do not reach %s',
    async (model) => {
      const { body, warnings } = await sent('/v1/responses', { model, input });

      expect(body.input).toEqual([{ type: 'message', role: 'user', content: 'Hi' }]);
      expect(warnings).toContain('internal_chat_message_metadata_passthrough');
    },
  );

  test('reach OpenAI as they came', async () => {
    const { body, warnings } = await sent('/v1/responses', { model: 'openai/gpt-6-sol', input, store: false });

    expect([body.input, warnings]).toEqual([input, '']);
  });
});

test("thinking in LiteLLM's words is left out where it is refused", async () => {
  const thought = { role: 'assistant', content: 'a', thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 's' }] };
  const openAi = await sent(CHAT, { model: 'openai/gpt-4o', messages: [...USER, thought, ...USER] });

  expect(openAi.body.messages[1]).toEqual({ role: 'assistant', content: 'a' });
  expect(openAi.warnings).toContain('messages.thinking_blocks');
});

test("what OpenAI's own tools did, and a search of its index alone, are left out for Bedrock, which has no such tools", async () => {
  const input = [...USER, { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } }, ...USER];
  const bedrock = await sent('/v1/responses', { model: 'bedrock/us.openai.gpt-6-sol', input });
  const openAi = await sent('/v1/responses', { model: 'openai/gpt-6-sol', input });

  expect([bedrock.body.input, openAi.body.input]).toEqual([[...USER, ...USER], input]);
  expect(bedrock.warnings).toContain('calls of hosted tools in input');
});

/** Pictures, files and films that tools give back, at hosts that take them inside of a result, beside it, or not at all. */
import { sentToEveryProvider } from '../../support/every-provider';

const sent = sentToEveryProvider();

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';
const MP4 = 'AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDE=';
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
const film = { type: 'video', source: { type: 'base64', media_type: 'video/mp4', data: MP4 } };
const tools = [{ name: 'look', input_schema: { type: 'object', properties: {} } }];

/** Two calls side by side, of which the first gives back a medium. */
function afterLooking(...content: readonly object[]) {
  return {
    max_tokens: 500,
    tools,
    messages: [
      { role: 'user', content: 'Look twice.' },
      { role: 'assistant', content: ['a', 'b'].map((id) => ({ type: 'tool_use', id: `toolu_${id}`, name: 'look', input: {} })) },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_a', content },
          { type: 'tool_result', tool_use_id: 'toolu_b', content: 'nothing' },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
  };
}

const kinds = (blocks: readonly object[]) => blocks.map((block) => Object.keys(block)[0]);

test.each([
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', ['image'], ['toolResult', 'toolResult', 'text']],
  ['us.amazon.nova-pro-v1:0', ['image'], ['toolResult', 'toolResult', 'text']],
  ['us.mistral.pixtral-large-2502-v1:0', ['text'], ['toolResult', 'toolResult', 'image', 'text']],
  ['qwen.qwen3-vl-235b-a22b', ['text'], ['toolResult', 'toolResult', 'image', 'text']],
])('a picture of a tool reaches %s of Bedrock in or behind the results', async (model, inside, turn) => {
  const { body } = await sent('/v1/messages', { model: `bedrock/${model}`, ...afterLooking(picture) });

  const { content } = body.messages.at(-1);
  expect([kinds(content[0].toolResult.content), kinds(content)]).toEqual([inside, turn]);
});

test('a film of a tool reaches Nova in the result, and Gemini beside it', async () => {
  const nova = await sent('/v1/messages', { model: 'bedrock/us.amazon.nova-pro-v1:0', ...afterLooking(film) });
  const gemini = await sent('/v1/messages', { model: 'google-ai-studio/gemini-2.5-pro', ...afterLooking(film) });

  expect(nova.body.messages.at(-1).content[0].toolResult.content).toEqual([{ video: { format: 'mp4', source: { bytes: MP4 } } }]);
  expect(gemini.body.contents.slice(-2).map(({ parts }: { parts: object[] }) => kinds(parts))).toEqual([
    ['functionResponse', 'functionResponse'],
    ['inlineData', 'text'],
  ]);
});

test('a film of a tool is said in each dialect, and reaches a server that takes films', async () => {
  const url = `data:video/mp4;base64,${MP4}`;
  const call = { id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } };
  const chat = await sent('/v1/chat/completions', {
    model: 'bedrock/us.amazon.nova-pro-v1:0',
    messages: [
      { role: 'user', content: 'Look.' },
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'video_url', video_url: { url } }] },
    ],
  });
  const responses = await sent('/v1/responses', {
    model: 'openrouter/some/model',
    input: [
      { role: 'user', content: 'Look.' },
      { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_video', video_url: url }] },
    ],
  });
  const messages = await sent('/v1/messages', { model: 'vllm/qwen3-vl', ...afterLooking(film) });

  expect(kinds(chat.body.messages.at(-1).content[0].toolResult.content)).toEqual(['video']);
  expect(responses.status).toBe(400);
  expect(messages.body.messages.slice(-2)).toEqual([
    { role: 'user', content: [{ type: 'video_url', video_url: { url } }] },
    { role: 'user', content: 'And?' },
  ]);
});

test.each([
  ['anthropic/claude-sonnet-4-5', '/v1/chat/completions'],
  ['openai/gpt-5-codex', '/v1/chat/completions'],
  ['cohere/command-a-vision-07-2025', '/v1/chat/completions'],
])('%s is not sent a film of a tool', async (model, path) => {
  const messages = [
    { role: 'user', content: 'Look.' },
    { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'c', content: [{ type: 'video_url', video_url: { url: `data:video/mp4;base64,${MP4}` } }] },
  ];
  const { body, text } = await sent(path, { model, messages });

  expect([body, JSON.parse(text).error.param]).toEqual([undefined, expect.stringMatching(/^messages\[2\]/)]);
});

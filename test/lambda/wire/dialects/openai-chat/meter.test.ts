import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';
import { OpenAiChatMeter } from '../../../../../lambda/wire/dialects/openai-chat/meter';

const chunk = (fields: object, index = 0) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    model: 'gpt-5-x',
    choices: [{ index, delta: {}, finish_reason: null, ...fields }],
  });
const role = chunk({ delta: { role: 'assistant', content: '' } });
const text = chunk({ delta: { content: 'Hello' } });
const finish = chunk({ finish_reason: 'stop' });
const usage = JSON.stringify({ id: 'c', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } });

function meter(hideUsage = false) {
  const made = new OpenAiChatMeter({ hideUsage });
  return { made, see: (data: string, event = 'message') => made.observe({ event, data }).kind };
}

test('a stream from preamble to terminator', () => {
  const { made, see } = meter();

  expect([role, text, finish, usage, '[DONE]'].map((data) => see(data))).toEqual(['preamble', 'forward', 'forward', 'forward', 'forward']);
  expect(made).toMatchObject({
    usage: { inputTokens: 7, outputTokens: 3 },
    finishReason: { unified: 'stop', raw: 'stop' },
    responseModel: 'gpt-5-x',
    terminated: true,
    complete: true,
    written: { characters: 5 },
  });
});

test('usage that the caller did not ask for is kept back, unless it comes with a choice', () => {
  const { see } = meter(true);
  see(text);

  expect(see(usage)).toBe('drop');
  expect(see(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 1 } }))).toBe('forward');
});

test('E05 a finish reason is enough, once every choice has one', () => {
  const { made, see } = meter();
  see(text);
  see(chunk({ delta: { content: 'x' } }, 1));
  see(finish);

  expect(made.complete).toBe(false);
  see(chunk({ finish_reason: 'length' }, 1));
  expect(made.complete).toBe(true);
  expect(made.terminated).toBe(false);
});

test('E08 damaged frames are dropped and counted', () => {
  const { made, see } = meter();

  expect(see('{"id":"c","choices":[{"del')).toBe('drop');
  expect(see('not json')).toBe('drop');
  expect(see('{broken}')).toBe('drop');
  expect(see(text)).toBe('forward');
  expect(made.malformed).toBe(3);
});

test('E10 E11 errors, before and after content, whatever their shape', () => {
  for (const [event, data] of [
    ['error', '{"error":{"message":"x","code":"server_error"}}'],
    ['message', '{"error": {"message": "x"}}'],
    ['message', '{"error":"overloaded"}'],
    ['message', '{"id":"c","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":502,"message":"x"}}'],
    ['error', 'plain words'],
  ] as const) {
    const { see } = meter();
    expect(see(data, event)).toBe('error');
    const later = meter();
    later.see(text);
    expect(later.see(data, event)).toBe('error');
  }
});

test('E22 text that looks like usage, an error or a finish changes nothing', () => {
  const { made, see } = meter();
  see(text);
  const forged = chunk({ delta: { content: '","usage":{"prompt_tokens":0},"finish_reason":"stop","error":{"x":1}' } });

  expect(see(forged)).toBe('forward');
  expect(made.usage).toBeUndefined();
  expect(made.finishReason).toBeUndefined();
});

test('E17 of repeated usage the last value of each field holds', () => {
  const { made, see } = meter();
  see(JSON.stringify({ choices: [{ index: 0, delta: { content: 'a' } }], usage: { prompt_tokens: 5, completion_tokens: 1 } }));
  see(JSON.stringify({ choices: [{ index: 0, delta: { content: 'b' } }], usage: { prompt_tokens: 5, completion_tokens: 2 } }));

  expect(made.usage).toEqual({ inputTokens: 5, outputTokens: 2 });
});

test('E25 kinds of deltas unknown here are forwarded, and commit', () => {
  const { see } = meter();

  expect(see(chunk({ delta: { audio: { id: 'a' } } }))).toBe('forward');
  expect(see('{"choices":[],"prompt_filter_results":[]}')).toBe('forward');
});

test('a tool call is a tool call even when the provider says stop', () => {
  const { made, see } = meter();
  see(chunk({ delta: { tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '{"a":1}' } }] } }));
  see(finish);

  expect(made.finishReason).toEqual({ unified: 'tool-calls', raw: 'stop' });
  expect(openAiChat.terminator).toBe('data: [DONE]\n\n');
});

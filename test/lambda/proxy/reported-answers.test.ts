/** Answers that people reported as empty successes: each is an answer that says what became of it, or an error that may be tried again. */
import { startEveryProvider } from '../../support/every-provider';
import type { TestGateway } from '../../support/gateway';
import { chunk, jsonReply, lastChunk, startUpstream, streamHead, type Upstream } from '../../support/upstream';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';
const GEMINI = 'google-ai-studio/gemini-2.5-flash';

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startEveryProvider(upstream);
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const body = (path: string, model: string, stream: boolean) => ({
  model,
  stream,
  ...(path === RESPONSES ? { input: 'Hi' } : { max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] }),
});
const streamOf = (...events: (object | string)[]) => [
  streamHead(),
  ...events.map((event) => chunk(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)),
  lastChunk,
];

const candidate = (parts: object[], finishReason?: string) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1, totalTokenCount: 6 },
});
const choice = (content: string, reason: string) => ({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: reason }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const PATHS = [CHAT, RESPONSES, MESSAGES];

describe('a model that wrote nothing, for a reason that is none of an answer', () => {
  const reasons = ['OTHER', 'NO_IMAGE', 'IMAGE_OTHER', 'A_REASON_OF_TOMORROW', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS'];

  test.each(reasons.flatMap((reason) => PATHS.map((path) => [reason, path] as const)))('%s is an error by %s', async (reason, path) => {
    upstream.script(jsonReply(candidate([], reason)));
    const whole = await gateway.call(path, body(path, GEMINI, false));
    upstream.script(streamOf(candidate([{ text: 'Hm.', thought: true }]), candidate([], reason)));
    const streamed = await gateway.call(path, body(path, GEMINI, true));

    expect([whole.status, whole.json.error.message]).toEqual([502, expect.stringContaining(reason)]);
    expect(streamed.text).toContain(`(${reason})`);
    expect(streamed.text).not.toMatch(/"(?:finish_reason":"stop|stop_reason":"end_turn)|response\.completed|\[DONE\]/);
  });

  test('says so after what it wrote before, and what it wrote is an answer where the reason is unknown', async () => {
    upstream.script(streamOf(candidate([{ text: 'Half' }]), candidate([], 'MALFORMED_FUNCTION_CALL')));
    const failed = await gateway.call(MESSAGES, body(MESSAGES, GEMINI, true));
    upstream.script(jsonReply(candidate([{ text: 'Whole' }], 'OTHER')));
    const whole = await gateway.call(MESSAGES, body(MESSAGES, GEMINI, false));

    expect(failed.text).toMatch(/Half[\s\S]*event: error/);
    expect(failed.text).not.toContain('message_stop');
    expect(whole.json.content).toEqual([{ type: 'text', text: 'Whole' }]);
  });
});

describe('what compatible servers end for', () => {
  test.each(['abort', 'network_error', 'malformed_function_call', 'insufficient_system_resource'])('%s is an error', async (reason) => {
    upstream.script(jsonReply(choice('', reason)));
    const { status, json } = await gateway.call(MESSAGES, body(MESSAGES, 'openai-compatible/m', false));

    expect([status, json.error.message]).toEqual([502, expect.stringContaining(reason)]);
  });

  test.each([
    ['sensitive', 'refusal', 'content_filter'],
    ['model_context_window_exceeded', 'max_tokens', 'max_output_tokens'],
  ])('%s is %s in Messages and %s in Responses', async (reason, stop, incomplete) => {
    upstream.script(jsonReply(choice('Half', reason)));
    const messages = await gateway.call(MESSAGES, body(MESSAGES, 'openai-compatible/m', false));
    const responses = await gateway.call(RESPONSES, body(RESPONSES, 'openai-compatible/m', false));

    expect([stop, 'model_context_window_exceeded']).toContain(messages.json.stop_reason);
    expect(responses.json.incomplete_details).toEqual({ reason: incomplete });
  });

  test.each(['in_progress', 'queued', 'cancelled'])('a response that is %s is no answer', async (status) => {
    upstream.script(
      jsonReply({ id: 'r', object: 'response', status, model: 'm', output: [], usage: { input_tokens: 1, output_tokens: 1 } }),
    );
    const reply = await gateway.call(MESSAGES, body(MESSAGES, 'openai/gpt-5-codex', false));

    expect([reply.status, reply.json.error.message]).toEqual([502, expect.stringContaining(status)]);
  });

  test.each([
    ['ERROR_LIMIT', 'max_tokens', 200],
    ['USER_CANCEL', undefined, 502],
  ])('%s of Cohere', async (reason, stop, status) => {
    upstream.script(
      jsonReply({
        id: 'c',
        finish_reason: reason,
        message: { role: 'assistant', content: [] },
        usage: { tokens: { input_tokens: 1, output_tokens: 1 } },
      }),
    );
    const reply = await gateway.call(MESSAGES, body(MESSAGES, 'cohere/command-a-03-2025', false));

    expect([reply.status, reply.json.stop_reason]).toEqual([status, stop]);
  });
});

describe('sound of Gemini', () => {
  const sound = { inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: 'AAAA' } };

  test.each(PATHS)('is refused by %s before the call where a model has nothing else', async (path) => {
    const reply = await gateway.call(path, body(path, 'google-ai-studio/gemini-2.5-flash-preview-tts', false));

    expect([reply.status, upstream.requests.length]).toEqual([400, 0]);
    expect(reply.json.error.message).toContain('sound');
  });

  test.each(PATHS)('is told once by %s where nobody knew', async (path) => {
    upstream.script(jsonReply(candidate([sound, sound], 'STOP')));
    const whole = await gateway.call(path, body(path, GEMINI, false));
    upstream.script(streamOf(candidate([sound]), candidate([sound], 'STOP')));
    const streamed = await gateway.call(path, body(path, GEMINI, true));

    expect(whole.text.match(/answered with sound/g)).toHaveLength(1);
    expect(streamed.text).toContain('answered with sound');
  });
});

describe('a prompt that is too long', () => {
  const refused = (message: string) => jsonReply({ error: { message, type: 'invalid_request_error' } }, 400);

  test.each([
    ['Groq and Cerebras', 'Please reduce the length of the messages or completion.'],
    ['Alibaba', 'Range of input length should be [1, 129024]'],
    ['Z.ai', 'Prompt exceeds max length'],
    ['OpenAI', 'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 289650 tokens.'],
    ['Volcano', 'total message token length exceed model limit'],
    ['Nova', 'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.'],
    ['Vertex AI', 'Unable to submit request because the input token count is 1,200,000 but model only supports up to 1,048,576.'],
    ['a model hub', 'Model input cannot exceed 128000 tokens'],
  ])('is one in the words of %s', async (_, message) => {
    upstream.script(refused(message));
    const chat = await gateway.call(CHAT, body(CHAT, 'openai-compatible/m', false));
    const messages = await gateway.call(MESSAGES, body(MESSAGES, 'openai-compatible/m', false));

    expect(chat.json.error.code).toBe('context_length_exceeded');
    expect(messages.json.error.message).toMatch(/^prompt is too long: /);
  });

  test.each([
    'max_tokens must be at most 4096',
    "Invalid 'input[3].call_id': string too long. Expected a string with maximum length 64, but got a string with length 80 instead.",
    'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes',
    'metadata exceeds the maximum number of pairs',
  ])('is none in %s', async (message) => {
    upstream.script(refused(message));
    const { json } = await gateway.call(CHAT, body(CHAT, 'openai-compatible/m', false));

    expect(json.error.code).not.toBe('context_length_exceeded');
  });
});

/** An answer that its provider ends with a word of failure is no success for a caller of the same dialect either. */
import type { ProviderConfig, ProviderKind } from '../../../lib/private/contract';
import { route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, streamReply, type Upstream } from '../../support/upstream';

type Caller = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

/** Hosts that are called in their caller's dialect, with a model that they take it for. */
const HOSTS: readonly (readonly [Caller, ProviderKind, string])[] = [
  ['openai-chat', 'openai', 'gpt-4.1'],
  ['openai-chat', 'azure-openai', 'gpt-4.1'],
  ['openai-chat', 'bedrock', 'openai.gpt-oss-120b-1:0'],
  ['openai-chat', 'mistral', 'mistral-small-latest'],
  ['openai-chat', 'deepseek', 'deepseek-chat'],
  ['openai-chat', 'xai', 'grok-4.6'],
  ['openai-chat', 'groq', 'llama-3.3-70b-versatile'],
  ['openai-chat', 'cerebras', 'gpt-oss-120b'],
  ['openai-chat', 'openrouter', 'anthropic/claude-sonnet-5-5'],
  ['openai-chat', 'vllm', 'm'],
  ['openai-chat', 'llama-cpp', 'm'],
  ['openai-chat', 'openai-compatible', 'kimi-k3'],
  ['openai-responses', 'openai', 'gpt-4o'],
  ['openai-responses', 'azure-openai', 'gpt-5.4'],
  ['openai-responses', 'bedrock', 'us.openai.gpt-6.1-sol'],
  ['openai-responses', 'xai', 'grok-4.6'],
  ['openai-responses', 'groq', 'openai/gpt-oss-20b'],
  ['openai-responses', 'openrouter', 'openai/gpt-6.1-sol'],
  ['openai-responses', 'vllm', 'n'],
  ['anthropic-messages', 'anthropic', 'claude-sonnet-5-5'],
  ['anthropic-messages', 'anthropic-compatible', 'MiniMax-M2'],
  ['anthropic-messages', 'bedrock', 'us.anthropic.claude-opus-5-5'],
  ['anthropic-messages', 'openrouter', 'anthropic/claude-sonnet-5-5'],
];
const REASONS = ['error', 'network_error', 'insufficient_system_resource', 'malformed_function_call'];

const PATHS: Readonly<Record<Caller, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'anthropic-messages': '/v1/messages',
};
const body = (caller: Caller, model: string, stream: boolean) => ({
  model,
  stream,
  ...(stream && caller === 'openai-chat' ? { stream_options: { include_usage: true } } : {}),
  ...(caller === 'openai-responses' ? { input: 'Hi' } : { max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] }),
});

const response = (output: object[], reason?: string) => ({
  id: 'r',
  object: 'response',
  status: reason === undefined ? 'completed' : 'incomplete',
  ...(reason === undefined ? {} : { incomplete_details: { reason } }),
  model: 'm',
  output,
  usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
});
const said = (text: string) => ({ id: 'i', type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] });
const named = (event: object & { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** @param reason undefined: the answer ends well */
const WHOLE: Readonly<Record<Caller, (text: string, reason?: string) => object>> = {
  'openai-chat': (content, reason = 'stop') => ({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: reason }],
    usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  }),
  'openai-responses': (text, reason) => response([said(text)], reason),
  'anthropic-messages': (text, reason = 'end_turn') => ({
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text }],
    stop_reason: reason,
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 2 },
  }),
};
const chatChunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
const STREAM: Readonly<Record<Caller, (text: string, reason?: string) => string>> = {
  'openai-chat': (content, reason = 'stop') =>
    [
      chatChunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
      content === '' ? '' : chatChunk([{ index: 0, delta: { content }, finish_reason: null }]),
      chatChunk([{ index: 0, delta: {}, finish_reason: reason }]),
      chatChunk([], { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }),
      'data: [DONE]\n\n',
    ].join(''),
  'openai-responses': (text, reason) =>
    [
      named({ type: 'response.created', response: { ...response([]), status: 'in_progress', usage: null } } as never),
      text === '' ? '' : named({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: text } as never),
      named({
        type: reason === undefined ? 'response.completed' : 'response.incomplete',
        response: response([said(text)], reason),
      } as never),
    ].join(''),
  'anthropic-messages': (text, reason = 'end_turn') =>
    [
      {
        type: 'message_start',
        message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 5 } },
      },
      ...(text === ''
        ? []
        : [
            { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
            { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
            { type: 'content_block_stop', index: 0 },
          ]),
      { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ]
      .map(named)
      .join(''),
};
const SUCCESS = /"finish_reason":"stop"|\[DONE\]|response\.completed|response\.incomplete|message_stop/;

let up: Upstream;
let spare: Upstream;
let gateway: TestGateway;

const provider = (id: string, kind: ProviderKind, origin: string): ProviderConfig => ({
  id,
  kind,
  baseUrl: { value: origin },
  network: 'loopback',
  free: true,
  ...(kind === 'bedrock' ? { regions: ['us-east-1'] } : { credential: { secretArn: { value: 'arn:key' } } }),
});

beforeEach(async () => {
  [up, spare] = await Promise.all([startUpstream(), startUpstream()]);
  const kinds = [...new Set(HOSTS.map(([, kind]) => kind))];
  gateway = await startGateway({
    document: {
      providers: kinds.flatMap((kind) => [provider(kind, kind, up.origin), provider(`${kind}-spare`, kind, spare.origin)]),
      routes: HOSTS.map(([caller, kind, model]) => route(`${caller}-${kind}`, `${kind}/${model}`, `${kind}-spare/${model}`)),
    },
    secrets: { 'arn:key': 'provider-key' },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
  });
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([up.close(), spare.close()]);
});

describe.each(HOSTS)('%s at %s', (caller, kind, model) => {
  test.each(REASONS)('%s before anything is sent goes to the next target', async (reason) => {
    const ask = (stream: boolean) => gateway.call(PATHS[caller], body(caller, `${caller}-${kind}`, stream));
    up.script(jsonReply(WHOLE[caller]('Half', reason)));
    spare.script(jsonReply(WHOLE[caller]('Whole')));
    const whole = await ask(false);
    up.script(streamReply(STREAM[caller]('', reason), [7]));
    spare.script(streamReply(STREAM[caller]('Whole')));
    const streamed = await ask(true);

    expect([whole.status, whole.headers['x-gateway-provider']]).toEqual([200, `${kind}-spare`]);
    expect(whole.text).toContain('Whole');
    expect(streamed.headers['x-gateway-provider']).toBe(`${kind}-spare`);
    expect(streamed.text).toBe(STREAM[caller]('Whole'));
  });

  test('with nobody else to ask is an error that names the word', async () => {
    up.script(jsonReply(WHOLE[caller]('Half', 'network_error')));
    const whole = await gateway.call(PATHS[caller], body(caller, `${kind}/${model}`, false));

    expect([whole.status, whole.json.error.message]).toEqual([502, expect.stringContaining('network_error')]);
  });

  test('behind what was sent is a terminal error, wherever the stream is cut', async () => {
    for (const size of [1, 13, 1_000_000]) {
      up.script(streamReply(STREAM[caller]('Half', 'error'), [size]));
      const { text } = await gateway.call(PATHS[caller], body(caller, `${kind}/${model}`, true));
      await gateway.settled();

      expect(text).not.toMatch(SUCCESS);
      expect(text).toMatch(/Half[\s\S]*(?:"error":\{|"type":"error")/);
      const record = gateway.records().at(-1);
      expect(record?.outcome).not.toBe('ok');
      expect(record).toMatchObject({ incomplete: true, usage: { inputTokens: 5, outputTokens: 2 } });
    }
  });
});

test.each([
  ['{"detail":"Engine died"}', 502],
  ['{"message":"slow down","status_code":429}', 429],
  ['{"errors":["The prompt is too long: maximum context length is 9"]}', 400],
  ['{"error_code":336,"error_msg":"Internal"}', 502],
])('a stream that says %s and no more is that error, whoever asked', async (error, status) => {
  for (const [caller, kind, model] of HOSTS) {
    const end = caller === 'openai-chat' ? 'data: [DONE]\n\n' : '';
    up.script(streamReply(`data: ${error}\n\n${end}`, [11]));
    const reply = await gateway.call(PATHS[caller], body(caller, `${kind}/${model}`, true));
    expect([caller, kind, reply.status]).toEqual([caller, kind, status]);
  }
});

test('a stream of nothing but its terminator is no answer', async () => {
  up.script(streamReply('data: [DONE]\n\n'));
  spare.script(streamReply(STREAM['openai-chat']('Whole')));
  const reply = await gateway.call(PATHS['openai-chat'], body('openai-chat', 'openai-chat-groq', true));
  expect([reply.headers['x-gateway-provider'], reply.text]).toEqual(['groq-spare', expect.stringContaining('Whole')]);
});

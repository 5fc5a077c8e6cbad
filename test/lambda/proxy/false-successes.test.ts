/** A good status around a body that is no answer: an error in its caller's words, never a 200, whichever dialect asked and whoever was asked. */
import { startEveryProvider } from '../../support/every-provider';
import type { TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

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

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const CALLERS = {
  chat: ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
  responses: ['/v1/responses', { input: 'Hi' }],
  messages: ['/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }],
  embeddings: ['/v1/embeddings', { input: 'Hi' }],
  count: ['/v1/messages/count_tokens', { messages: [{ role: 'user', content: 'Hi' }] }],
} as const;

async function status(caller: keyof typeof CALLERS, model: string, body: object) {
  const [path, asked] = CALLERS[caller];
  upstream.script(jsonReply(body));
  const { status: told, json } = await gateway.call(path, { model, ...asked });
  return [told, json.error?.code ?? json.error?.type];
}

const choice = (message: object | null, more: object = {}) => ({
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
  usage,
});

test.each([
  ['FastAPI words', { detail: 'Not Found' }, 502, 'upstream_error'],
  ['FastAPI details', { detail: [{ loc: ['body'], msg: 'Prompt exceeds the maximum context length' }] }, 400, 'context_length_exceeded'],
  ['a list of errors', { errors: [{ message: 'Too many', status: 429 }] }, 429, 'rate_limit_exceeded'],
  ['a message alone', { code: 'Throttled', msg: 'slow down', status_code: 429, success: false }, 429, 'rate_limit_exceeded'],
  ['nothing', {}, 502, 'upstream_invalid_response'],
  ['no choice', { object: 'chat.completion', choices: [], usage }, 502, 'upstream_invalid_response'],
  ['a choice of nothing', choice(null), 502, 'upstream_invalid_response'],
  [
    'vLLM of old',
    { object: 'error', message: "This model's maximum context length is 9 tokens.", type: 'BadRequestError', code: 400 },
    400,
    'context_length_exceeded',
  ],
  [
    'OpenRouter',
    choice({ role: 'assistant', content: 'Hel' }, { finish_reason: 'error', error: { code: 502, message: 'x' } }),
    502,
    'upstream_error',
  ],
  ['a failure of nothing written', choice({ role: 'assistant', content: '' }, { finish_reason: 'error' }), 502, 'upstream_error'],
  ['what was written before a failure', choice({ role: 'assistant', content: 'Hel' }, { finish_reason: 'error' }), 502, 'upstream_error'],
  [
    'DeepSeek without room',
    choice({ role: 'assistant', content: null }, { finish_reason: 'insufficient_system_resource' }),
    502,
    'upstream_error',
  ],
  ['MiniMax without money', { choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }, 503, 'upstream_quota'],
  ['MiniMax too fast', { base_resp: { status_code: 1002, status_msg: 'rate limit' } }, 429, 'rate_limit_exceeded'],
  ['MiniMax offended', { base_resp: { status_code: 1026, status_msg: 'input new_sensitive' } }, 400, 'content_policy_violation'],
  ['MiniMax of something new', { choices: null, base_resp: { status_code: 7777 } }, 502, 'upstream_error'],
])('Chat, asked in its own dialect, answers %s', async (_, body, told, code) => {
  expect(await status('chat', 'groq/some-model', body)).toEqual([told, code]);
  const [translated] = await status('messages', 'together/some-model', body);
  expect(translated).toBe(told);
});

test.each([
  ['responses', 'openai/gpt-5.4', { detail: 'Not Found' }, 502],
  ['responses', 'openai/gpt-5.4', { object: 'response', status: 'failed', output: [], error: null }, 502],
  ['responses', 'vllm/some-model', { object: 'error', message: 'Rate limited', type: 'RateLimitError', code: 429 }, 429],
  ['messages', 'anthropic/claude-sonnet-4-5', { message: 'Internal' }, 502],
  ['messages', 'anthropic-compatible/MiniMax-M2', { content: null, base_resp: { status_code: 1002, status_msg: 'rate limit' } }, 429],
  ['messages', 'anthropic-compatible/MiniMax-M2', { type: 'message', content: [], base_resp: { status_code: 1008, status_msg: 'x' } }, 503],
  ['chat', 'anthropic-compatible/MiniMax-M2', { base_resp: { status_code: 1026, status_msg: 'x' } }, 400],
  ['embeddings', 'openai/text-embedding-3-small', { object: 'list', data: [] }, 502],
  ['embeddings', 'openai/text-embedding-3-small', { detail: 'x' }, 502],
  ['count', 'anthropic/claude-sonnet-4-5', { detail: 'x' }, 502],
] as const)('%s to %s answers %j', async (caller, model, body, told) => {
  expect((await status(caller, model, body))[0]).toBe(told);
});

test.each([
  [
    'an alternative that failed beside one that did not',
    {
      ...choice({ role: 'assistant', content: 'Hel' }, { finish_reason: 'error' }),
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Hel' }, finish_reason: 'error' },
        { index: 1, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' },
      ],
    },
  ],
  ['a filtered choice of Azure', { choices: [{ index: 0, finish_reason: 'content_filter', content_filter_results: {} }], usage }],
  ['an answer of MiniMax', { ...choice({ role: 'assistant', content: 'x' }), base_resp: { status_code: 0, status_msg: '' } }],
])('%s is an answer, as it came', async (_, body) => {
  upstream.script(jsonReply(body));
  const { status: told, json } = await gateway.call('/v1/chat/completions', { model: 'groq/some-model', ...CALLERS.chat[1] });
  expect([told, json]).toEqual([200, body]);
});

import { encodeEventStreamMessage } from '../../../../lambda/wire/framing/aws-event-stream';
import { proveClaim, readClaim } from '../../../../local/aws/signature';
import { readAnswer, readStream } from '../../../support/answers';
import { events, type Hosts, startHosts } from '../../../support/hosts';
import { jsonReply, reply, type SeenRequest, type Step, streamReply } from '../../../support/upstream';

/**
 * Bedrock's wire formats beside Converse: a caller's own one passes through where its model has it.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
 */

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts();
});

afterEach(() => hosts.close());

const CREDENTIALS = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const NATIVE = {
  'openai-chat': '/bedrock/openai/v1/chat/completions',
  'openai-responses': '/bedrock/openai/v1/responses',
  'anthropic-messages': '/bedrock/anthropic/v1/messages',
} as const;
type Dialect = keyof typeof NATIVE;

const user = { role: 'user', content: 'Hi' };
/** Fields that the gateway does not know are in each, and what caches and thinking go by. */
const CALLS: Readonly<Record<Dialect, { path: string; body: Record<string, unknown> }>> = {
  'openai-chat': { path: '/v1/chat/completions', body: { messages: [user], prompt_cache_key: 'k-1' } },
  'openai-responses': {
    path: '/v1/responses',
    body: {
      store: false,
      include: ['reasoning.encrypted_content'],
      input: [
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
        { type: 'message', ...user },
      ],
      prompt_cache_key: 'k-1',
    },
  },
  'anthropic-messages': {
    path: '/v1/messages',
    body: { max_tokens: 64, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }] },
  },
};
const DIALECTS = Object.keys(CALLS) as Dialect[];

const ANSWERS: Readonly<Record<Dialect, Record<string, unknown>>> = {
  'openai-chat': {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok', x_odd: 1 }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9, prompt_tokens_details: { cached_tokens: 3 } },
  },
  'openai-responses': {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'm',
    status: 'completed',
    output: [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'ok', annotations: [] }],
      },
    ],
    usage: { input_tokens: 7, output_tokens: 2, total_tokens: 9, input_tokens_details: { cached_tokens: 3 } },
    x_odd: 1,
  },
  'anthropic-messages': {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'ok', x_odd: 1 }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 4, cache_read_input_tokens: 3, output_tokens: 2 },
  },
};
const CONVERSE = {
  output: { message: { role: 'assistant', content: [{ text: 'ok' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 7, outputTokens: 2, totalTokens: 9 },
};

const named = (...all: readonly { type: string }[]) =>
  all.map((one, at) => `event: ${one.type}\ndata: ${JSON.stringify({ ...one, sequence_number: at })}\n\n`).join('');
const response = ANSWERS['openai-responses'];
const STREAMS: Readonly<Record<Dialect, string>> = {
  'openai-chat': events(
    {
      id: 'c',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { role: 'assistant', content: 'ok' }, finish_reason: null }],
      x_odd: 1,
    },
    { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { id: 'c', object: 'chat.completion.chunk', choices: [], usage: ANSWERS['openai-chat']['usage'] },
    '[DONE]',
  ),
  'openai-responses': named(
    { type: 'response.created', ...{ response: { ...response, status: 'in_progress', output: [] } } },
    { type: 'response.output_item.added', ...{ output_index: 0, item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] } } },
    { type: 'response.content_part.added', ...{ output_index: 0, content_index: 0, part: { type: 'output_text', text: '' } } },
    { type: 'response.output_text.delta', ...{ item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'ok', obfuscation: 'x' } },
    { type: 'response.output_text.done', ...{ output_index: 0, content_index: 0, text: 'ok' } },
    { type: 'response.output_item.done', ...{ output_index: 0, item: (response['output'] as object[])[0] } },
    { type: 'response.completed', ...{ response } },
  ),
  'anthropic-messages': named(
    { type: 'message_start', ...{ message: { ...ANSWERS['anthropic-messages'], content: [], stop_reason: null } } },
    { type: 'content_block_start', ...{ index: 0, content_block: { type: 'text', text: '' } } },
    { type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text: 'ok' } } },
    { type: 'content_block_stop', ...{ index: 0 } },
    { type: 'message_delta', ...{ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } } },
    { type: 'message_stop' },
  ),
};
const CONVERSE_STREAM = Buffer.concat(
  [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'ok' } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'end_turn' }],
    ['metadata', { usage: CONVERSE.usage }],
  ].map(([name, payload]) =>
    encodeEventStreamMessage({ ':message-type': 'event', ':event-type': name as string }, Buffer.from(JSON.stringify(payload))),
  ),
);

/** Answers in the wire format of the path, after it has proven the signature as AWS would. */
function answers({ method, path, headers, body }: SeenRequest): readonly Step[] {
  const rawHeaders = Object.entries(headers).flat();
  const claim = readClaim({ method, target: path, rawHeaders });
  expect(claim).toMatchObject({ accessKeyId: 'AKID', region: 'us-east-1', service: 'bedrock' });
  proveClaim(claim, { method, target: path, rawHeaders }, body, CREDENTIALS, Date.now());
  const dialect = DIALECTS.find((name) => NATIVE[name] === path);
  if (path.endsWith('/converse-stream')) return reply(200, { 'content-type': 'application/vnd.amazon.eventstream' }, CONVERSE_STREAM);
  if (dialect === undefined) return jsonReply(CONVERSE);
  const { stream } = JSON.parse(body.toString()) as { stream?: boolean };
  return stream === true ? streamReply(STREAMS[dialect], [71]) : jsonReply(ANSWERS[dialect]);
}

const OPUS = 'us.anthropic.claude-opus-5-5';
const SONNET_4_5 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'us.amazon.nova-micro-v1:0';
const GPT_OSS = 'openai.gpt-oss-120b-1:0';
const converse = (model: string) => `/bedrock/model/${encodeURIComponent(model)}/converse`;
const RESPONSES = NATIVE['openai-responses'];

/** Where each dialect's call of a model goes. */
const PLACES: readonly [model: string, places: Readonly<Record<Dialect, string>>][] = [
  [OPUS, { 'openai-chat': converse(OPUS), 'openai-responses': converse(OPUS), 'anthropic-messages': NATIVE['anthropic-messages'] }],
  [
    'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    {
      'openai-chat': converse('global.anthropic.claude-haiku-4-5-20251001-v1:0'),
      'openai-responses': converse('global.anthropic.claude-haiku-4-5-20251001-v1:0'),
      'anthropic-messages': NATIVE['anthropic-messages'],
    },
  ],
  [
    SONNET_4_5,
    { 'openai-chat': converse(SONNET_4_5), 'openai-responses': converse(SONNET_4_5), 'anthropic-messages': converse(SONNET_4_5) },
  ],
  ['us.openai.gpt-6-sol', { 'openai-chat': NATIVE['openai-chat'], 'openai-responses': RESPONSES, 'anthropic-messages': RESPONSES }],
  ['global.openai.gpt-6.1-terra', { 'openai-chat': NATIVE['openai-chat'], 'openai-responses': RESPONSES, 'anthropic-messages': RESPONSES }],
  ['us.openai.gpt-5.4', { 'openai-chat': RESPONSES, 'openai-responses': RESPONSES, 'anthropic-messages': RESPONSES }],
  ['global.openai.gpt-5.5', { 'openai-chat': RESPONSES, 'openai-responses': RESPONSES, 'anthropic-messages': RESPONSES }],
  [NOVA, { 'openai-chat': converse(NOVA), 'openai-responses': converse(NOVA), 'anthropic-messages': converse(NOVA) }],
  [GPT_OSS, { 'openai-chat': NATIVE['openai-chat'], 'openai-responses': converse(GPT_OSS), 'anthropic-messages': converse(GPT_OSS) }],
];
const GRID = PLACES.flatMap(([model, places]) => DIALECTS.map((dialect) => [dialect, model, places[dialect]] as const));

/** What a body becomes that passes: its model exchanged, and what makes a stream of Chat report its usage. */
function passed(dialect: Dialect, model: string, body: object): string {
  const forced = dialect === 'openai-chat' && 'stream' in body ? { stream_options: { include_usage: true } } : {};
  return JSON.stringify({ ...forced, ...body, model });
}

describe.each(GRID)('a caller of %s for %s', (dialect, model, place) => {
  const native = place === NATIVE[dialect];
  const { path, body } = CALLS[dialect];

  test(`is answered by ${place}`, async () => {
    hosts.upstream.script(answers);
    const asked = { model: `bedrock/${model}`, ...body, x_new_field: { a: [1, 2] } };

    const answer = await hosts.ask(path, native ? asked : { model: asked.model, ...body });

    expect(answer.status).toBe(200);
    const [seen] = hosts.upstream.requests;
    expect(seen?.path).toBe(place);
    if (native) {
      expect(seen?.body.toString()).toBe(passed(dialect, model, asked));
      expect(answer.text).toBe(JSON.stringify(ANSWERS[dialect]));
    }
    expect(readAnswer(dialect, answer.json)).toMatchObject({ text: 'ok', finish: expect.stringMatching(/^(stop|end_turn|completed)$/) });
    const { usage } = (await hosts.gateway.records()).at(-1) ?? {};
    expect(usage).toMatchObject({ inputTokens: 7, outputTokens: 2 });
  });

  test(`is answered by ${place}, streamed`, async () => {
    hosts.upstream.script(answers);
    const asked = { model: `bedrock/${model}`, ...body, stream: true };

    const answer = await hosts.ask(path, asked);

    expect(answer.status).toBe(200);
    const [seen] = hosts.upstream.requests;
    expect(seen?.path).toBe(place.replace(/\/converse$/, '/converse-stream'));
    if (native) {
      expect(seen?.body.toString()).toBe(passed(dialect, model, asked));
      expect(seen?.headers['accept']).toBe('text/event-stream');
      const shown = dialect === 'openai-chat' ? STREAMS[dialect].replace(/data: \{[^\n]*"choices":\[\],[^\n]*\n\n/, '') : STREAMS[dialect];
      expect(answer.text).toBe(shown);
    }
    const read = readStream(dialect, answer.text);
    expect(read).toMatchObject({ text: 'ok', error: undefined });
    expect(read.terminals).toHaveLength(1);
  });
});

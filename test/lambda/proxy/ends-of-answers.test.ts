/** How answers end and what they call, as people reported it of one server or another: a caller sees every call, its own, and an end that fits. */
import { encodeEventStreamMessage } from '../../../lambda/wire/framing/aws-event-stream';
import { readAnswer, readStream } from '../../support/answers';
import { startEveryProvider } from '../../support/every-provider';
import type { TestGateway } from '../../support/gateway';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, type Upstream } from '../../support/upstream';

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

const SCHEMA = { type: 'object', properties: { a: { type: 'number' } } };
const CALLERS = {
  'openai-chat': [
    '/v1/chat/completions',
    {
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ type: 'function', function: { name: 'f', parameters: SCHEMA } }],
    },
  ],
  'openai-responses': ['/v1/responses', { input: 'Hi', tools: [{ type: 'function', name: 'f', parameters: SCHEMA }] }],
  'anthropic-messages': [
    '/v1/messages',
    { max_tokens: 99, messages: [{ role: 'user', content: 'Hi' }], tools: [{ name: 'f', input_schema: SCHEMA }] },
  ],
} as const;
type Dialect = keyof typeof CALLERS;
const DIALECTS = Object.keys(CALLERS) as Dialect[];
const CALLING: Readonly<Record<Dialect, string>> = {
  'openai-chat': 'tool_calls',
  'openai-responses': 'completed',
  'anthropic-messages': 'tool_use',
};
const ENDED: Readonly<Record<Dialect, string>> = { ...CALLING, 'openai-chat': 'stop', 'anthropic-messages': 'end_turn' };
const FILTERED: Readonly<Record<Dialect, string>> = {
  'openai-chat': 'content_filter',
  'openai-responses': 'content_filter',
  'anthropic-messages': 'refusal',
};

async function whole(dialect: Dialect, model: string, answer: object, more: object = {}) {
  const [path, body] = CALLERS[dialect];
  upstream.script(jsonReply(answer));
  return readAnswer(dialect, (await gateway.call(path, { model, ...body, ...more })).json);
}

async function streamed(dialect: Dialect, model: string, steps: readonly Step[], more: object = {}) {
  const [path, body] = CALLERS[dialect];
  upstream.script([...steps]);
  return readStream(dialect, (await gateway.call(path, { model, ...body, ...more, stream: true })).text);
}

const sse = (...events: readonly object[]): Step[] => [
  streamHead(),
  ...events.map((event) => chunk(`data: ${JSON.stringify(event)}\n\n`)),
  lastChunk,
];
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const chatCall = (id: string, args: unknown = '{"a":1}') => ({ id, type: 'function', function: { name: 'f', arguments: args } });
const chatAnswer = (message: object, finish_reason: string | null) => ({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  usage,
});
const chatDelta = (delta: object, finish_reason: string | null = null) => ({ id: 'c', choices: [{ index: 0, delta, finish_reason }] });
const responses = (output: readonly object[], more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'm',
  output,
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  ...more,
});
const claude = (content: readonly object[], stop_reason: string, more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason,
  usage: { input_tokens: 1, output_tokens: 1 },
  ...more,
});
const toolUse = { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } };

describe('a call decides how an answer ends', () => {
  const geminiCall = { content: { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'f', args: { a: 1 } } }] } };
  const cohereCall = { role: 'assistant', tool_calls: [chatCall('c1')] };
  const bedrockCall = { message: { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'f', input: { a: 1 } } }] } };
  const ANSWERS: readonly (readonly [string, string, object])[] = [
    ['openai-compatible/m', 'tool_use', chatAnswer({ tool_calls: [chatCall('c1')] }, 'tool_use')],
    ['vllm/m', 'a word of tomorrow', chatAnswer({ tool_calls: [chatCall('c1')] }, 'paused')],
    ['together/m', 'nothing', chatAnswer({ tool_calls: [chatCall('c1')] }, null)],
    [
      'openai-compatible/m',
      'an empty older call',
      chatAnswer({ function_call: { name: '', arguments: '' }, tool_calls: [chatCall('c1')] }, 'stop'),
    ],
    ['anthropic/claude-sonnet-4-5', 'end_turn', claude([toolUse], 'end_turn')],
    ['anthropic/claude-sonnet-4-5', 'a word of tomorrow', claude([toolUse], 'paused')],
    ['google-ai-studio/gemini-2.5-flash', 'OTHER', { candidates: [{ ...geminiCall, finishReason: 'OTHER' }] }],
    ['cohere/command-a-03-2025', 'COMPLETE', { id: 'c', message: cohereCall, finish_reason: 'COMPLETE' }],
    ['bedrock/amazon.nova-pro-v1:0', 'a word of tomorrow', { output: bedrockCall, stopReason: 'paused', usage: {} }],
  ];

  test.each(ANSWERS.flatMap(([model, says, answer]) => DIALECTS.map((dialect) => [model, says, dialect, answer] as const)))(
    '%s says %s beside one: %s',
    async (model, _, dialect, answer) => {
      // What passes in its own dialect stays as it came.
      if (
        (model.startsWith('anthropic/') && dialect === 'anthropic-messages') ||
        (!/^(?:anth|goog|coh|bed)/.test(model) && dialect === 'openai-chat')
      )
        return;
      if (model.startsWith('vllm/') && dialect === 'openai-responses') return;
      const { toolCalls, finish } = await whole(dialect, model, answer);

      expect(toolCalls.map(({ name, args }) => [name, JSON.parse(args)])).toEqual([['f', { a: 1 }]]);
      expect(finish).toBe(CALLING[dialect]);
    },
  );

  test.each(['openai-chat', 'openai-responses'] as const)('streamed, by %s', async (dialect) => {
    const events = sse(
      { type: 'message_start', message: claude([], '') },
      { type: 'content_block_start', index: 0, content_block: toolUse },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } },
      { type: 'message_stop' },
    );
    const { toolCalls, finish } = await streamed(dialect, 'anthropic/claude-sonnet-4-5', events);

    expect([toolCalls.map(({ args }) => args), finish]).toEqual([['{"a":1}'], CALLING[dialect]]);
  });

  test.each(DIALECTS)('Bedrock streamed, by %s', async (dialect) => {
    const frame = (name: string, payload: object) =>
      encodeEventStreamMessage({ ':message-type': 'event', ':event-type': name }, Buffer.from(JSON.stringify(payload)));
    const { toolCalls, finish } = await streamed(dialect, 'bedrock/amazon.nova-pro-v1:0', [
      streamHead({ 'content-type': 'application/vnd.amazon.eventstream' }),
      chunk(
        Buffer.concat([
          frame('messageStart', { role: 'assistant' }),
          frame('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'c1', name: 'f' } } }),
          frame('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"a":1}' } } }),
          frame('contentBlockStop', { contentBlockIndex: 0 }),
          frame('messageStop', { stopReason: 'paused' }),
        ]),
      ),
      lastChunk,
    ]);

    expect([toolCalls.map(({ args }) => args), finish]).toEqual([['{"a":1}'], CALLING[dialect]]);
  });

  test.each(['openai-responses', 'anthropic-messages'] as const)(
    'and one that is promised and not there is none, by %s',
    async (dialect) => {
      const answer = await whole(dialect, 'mistral/m', chatAnswer({ content: 'Done.', tool_calls: [] }, 'tool_calls'));

      expect([answer.text, answer.finish]).toEqual(['Done.', ENDED[dialect]]);
    },
  );
});

describe('calls have ids of their own', () => {
  const twice = [chatCall('call_0', '{"a":1}'), chatCall('call_0', '{"a":2}')];

  test.each(['openai-responses', 'anthropic-messages'] as const)('in one answer, by %s', async (dialect) => {
    const answer = await whole(dialect, 'mistral/m', chatAnswer({ tool_calls: twice }, 'tool_calls'));
    const events = sse(chatDelta({ tool_calls: twice.map((call, index) => ({ index, ...call })) }), chatDelta({}, 'tool_calls'));
    const stream = await streamed(dialect, 'mistral/m', events);

    for (const { toolCalls } of [answer, stream]) {
      expect(toolCalls.map(({ args }) => args)).toEqual(['{"a":1}', '{"a":2}']);
      expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
    }
  });

  test('and in the conversation: what an agent pairs by id is paired with the new call, and comes back with it', async () => {
    const history = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ ...toolUse, id: 'call_0' }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_0', content: 'old' }] },
    ];
    const answer = chatAnswer({ tool_calls: [chatCall('call_0')] }, 'tool_calls');
    const { toolCalls } = await whole('anthropic-messages', 'mistral/m', answer, { messages: history });
    const id = toolCalls[0]?.id;

    expect(id).not.toBe('call_0');
    await whole('anthropic-messages', 'mistral/m', chatAnswer({ content: 'ok' }, 'stop'), {
      messages: [
        ...history,
        { role: 'assistant', content: [{ ...toolUse, id }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'new' }] },
      ],
    });
    const sent = JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '');
    const called = sent.messages.flatMap((message: { tool_calls?: { id: string }[] }) => message.tool_calls?.map((call) => call.id) ?? []);
    const answered = sent.messages.flatMap((message: { tool_call_id?: string }) => message.tool_call_id ?? []);
    expect(new Set(called).size).toBe(2);
    expect(answered).toEqual(called);
  });
});

describe('arguments that come as an object are not lost', () => {
  test.each([
    ['mistral/m', 'anthropic-messages', chatAnswer({ tool_calls: [chatCall('c', { a: 1 })] }, 'tool_calls')],
    ['openai/gpt-5.1-codex', 'anthropic-messages', responses([{ type: 'function_call', call_id: 'c', name: 'f', arguments: { a: 1 } }])],
    ['openai/gpt-5.1-codex', 'openai-chat', responses([{ type: 'function_call', call_id: 'c', name: 'f', arguments: { a: 1 } }])],
    ['cohere/m', 'openai-chat', { message: { tool_calls: [chatCall('c', { a: 1 })] }, finish_reason: 'TOOL_CALL' }],
  ] as const)('%s to %s', async (model, dialect, answer) => {
    const { toolCalls } = await whole(dialect, model, answer);

    expect(toolCalls.map(({ args }) => JSON.parse(args))).toEqual([{ a: 1 }]);
  });
});

describe('a model that refuses', () => {
  const EXPLANATION = 'This is against the policy.';
  const stop_details = { type: 'refusal', category: 'cyber', explanation: EXPLANATION };

  test.each(['openai-chat', 'openai-responses'] as const)('is no success by %s, and says why', async (dialect) => {
    const answer = await whole(dialect, 'anthropic/claude-sonnet-4-5', claude([], 'refusal', { stop_details }));
    const stream = await streamed(
      dialect,
      'anthropic/claude-sonnet-4-5',
      sse(
        { type: 'message_start', message: claude([], '') },
        { type: 'message_delta', delta: { stop_reason: 'refusal', stop_details }, usage: { output_tokens: 1 } },
        { type: 'message_stop' },
      ),
    );

    for (const { text, refusal, finish } of [answer, stream]) expect([text, refusal, finish]).toEqual(['', EXPLANATION, FILTERED[dialect]]);
  });

  test.each(DIALECTS)('on Bedrock is no success by %s', async (dialect) => {
    const message = { role: 'assistant', content: [{ text: 'Half' }] };
    const answer = await whole(dialect, 'bedrock/amazon.nova-pro-v1:0', { output: { message }, stopReason: 'refusal', usage: {} });

    expect([answer.text, answer.finish]).toEqual(['Half', FILTERED[dialect]]);
  });
});

describe('a stream of Responses that holds back', () => {
  const created = { type: 'response.created', response: responses([], { status: 'in_progress' }) };
  const completed = { type: 'response.completed', response: responses([]) };
  const said = { type: 'message', id: 'm1', role: 'assistant', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] };
  const call = (id: string, a: number) => ({ type: 'function_call', id, call_id: `c_${id}`, name: 'f', arguments: `{"a":${a}}` });
  const added = (item: object, output_index = 0) => ({ type: 'response.output_item.added', output_index, item });
  const done = (item: object, output_index = 0) => ({ type: 'response.output_item.done', output_index, item });
  const STREAMS: readonly (readonly [string, readonly object[]])[] = [
    ['everything until it is complete', [{ type: 'response.completed', response: responses([said, call('a', 1), call('b', 2)]) }]],
    ['items until they are done', [done(said), done(call('a', 1), 1), done(call('b', 2), 2), completed]],
    [
      'arguments until they are whole',
      [
        done(said),
        added({ ...call('a', 0), arguments: '' }, 1),
        { type: 'response.function_call_arguments.done', output_index: 1, item_id: 'a', arguments: '{"a":1}' },
        done({ ...call('a', 0), arguments: undefined }, 1),
        added({ ...call('b', 0), arguments: '' }, 2),
        { type: 'response.function_call_arguments.done', output_index: 2, item_id: 'b', arguments: '{"a":2}' },
        done(call('b', 2), 2),
        completed,
      ],
    ],
    [
      'the places of its items',
      [
        added({ ...said, content: [] }),
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'm1', delta: 'Hi' },
        done(said),
        added({ ...call('a', 0), arguments: '' }),
        { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'a', delta: '{"a":1}' },
        done(call('a', 1)),
        added({ ...call('b', 0), arguments: '' }),
        { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'b', delta: '{"a":2}' },
        done(call('b', 2)),
        completed,
      ],
    ],
  ];

  test.each(
    STREAMS.flatMap(([what, events]) =>
      (['openai-chat', 'anthropic-messages'] as const).map((dialect) => [what, dialect, events] as const),
    ),
  )('%s loses and doubles nothing, by %s', async (_, dialect, events) => {
    const answer = await streamed(dialect, 'openai/gpt-5.1-codex', sse(created, ...events));

    expect(answer.text).toBe('Hi');
    expect(answer.toolCalls.map(({ id, args }) => [id, args])).toEqual([
      ['c_a', '{"a":1}'],
      ['c_b', '{"a":2}'],
    ]);
    expect(answer.finish).toBe(CALLING[dialect]);
  });
});

test('a response tells the whole format that was asked for, which typed clients read', async () => {
  const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: false };
  const ask = async (format: object, stream: boolean) => {
    upstream.script(jsonReply(chatAnswer({ content: '{"a":1}' }, 'stop')));
    if (stream) upstream.script(sse(chatDelta({ content: '{"a":1}' }, 'stop')));
    return gateway.call('/v1/responses', { model: 'mistral/m', input: 'Hi', stream, text: { format } });
  };
  const whole = await ask({ type: 'json_schema', name: 'x', schema, strict: true }, false);
  const plain = await ask({ type: 'json_object' }, false);
  const streamed = await ask({ type: 'json_schema', name: 'x', description: 'An x.', schema }, true);

  expect(whole.json.text.format).toEqual({ type: 'json_schema', name: 'x', description: null, schema, strict: true });
  expect(plain.json.text.format).toEqual({ type: 'json_object' });
  expect(streamed.text).toContain(JSON.stringify({ type: 'json_schema', name: 'x', description: 'An x.', schema, strict: false }));
});

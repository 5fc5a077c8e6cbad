import { encode as o200k } from 'gpt-tokenizer/encoding/o200k_base';
import { createPriceBook } from '../../../lambda/money/pricing';
import type { DialectName } from '../../../lambda/wire/dialects';
import { encodeEventStreamMessage } from '../../../lambda/wire/framing/aws-event-stream';
import { sseEvents } from '../../support/answers';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, streamReply, type Upstream } from '../../support/upstream';

/** What providers report, and what is charged for it, over sockets. */

let upstream: Upstream;
let gateway: TestGateway;

/** 1,000 nano-USD a token in, 2,000 out. */
const PRICES = createPriceBook(bookOf(['openai-compatible', 'anthropic-compatible', 'bedrock'], 'm | window=200000 | input=1 output=2'));

beforeEach(async () => {
  upstream = await startUpstream();
  const place = { baseUrl: { value: upstream.origin }, network: 'loopback' } as const;
  gateway = await startGateway({
    priceBook: PRICES,
    document: {
      providers: [
        compatible('open', upstream.origin, { free: false }),
        { id: 'anthropic', kind: 'anthropic-compatible', ...place },
        { id: 'bedrock', kind: 'bedrock', regions: ['eu-west-1'], ...place },
      ],
    },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const PROMPT = [{ role: 'user', content: 'Tell me something.' }];
const PATHS: Readonly<Record<DialectName, { path: string; body: object }>> = {
  'openai-chat': { path: '/v1/chat/completions', body: { max_tokens: 1_000, messages: PROMPT } },
  'openai-responses': { path: '/v1/responses', body: { max_output_tokens: 1_000, store: false, input: 'Tell me something.' } },
  'anthropic-messages': { path: '/v1/messages', body: { max_tokens: 1_000, messages: PROMPT } },
};
const ask = async (dialect: DialectName, model: string, stream: boolean, steps: readonly Step[]) => {
  upstream.script(steps);
  const { path, body } = PATHS[dialect];
  const reply = await gateway.call(path, { ...body, model, stream });
  await gateway.settled();
  return { reply, record: gateway.records().at(-1) };
};
const logged = (event: string) => gateway.log.filter((line) => line['event'] === event).length;

const chatEvent = (value: object | string) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const delta = (content: string) => chatEvent({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const STOP = chatEvent({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const chatUsage = (usage: object) => chatEvent({ choices: [], usage });
const DONE = chatEvent('[DONE]');
const named = (value: { type: string }) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const messageStart = (usage: object) =>
  named({ type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage } } as never);
const TEXT = [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } },
  { type: 'content_block_stop', index: 0 },
]
  .map(named)
  .join('');
const messageDelta = (usage: object) => named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage } as never);
const MESSAGE_STOP = named({ type: 'message_stop' });

test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
  'E17 repeated and cumulative usage is the last value of each field, never a sum (%s)',
  async (dialect) => {
    const messages = messageStart({ input_tokens: 20, output_tokens: 1 }) + TEXT + messageDelta({ output_tokens: 5 });
    const anthropic = await ask(dialect, 'anthropic/m', true, streamReply(messages + messageDelta({ output_tokens: 9 }) + MESSAGE_STOP));
    expect(anthropic.record).toMatchObject({ usage: { inputTokens: 20, outputTokens: 9 }, costNanoUsd: 20_000n + 18_000n });

    const running = [3, 6, 9].map((tokens) => delta('a') + chatUsage({ prompt_tokens: 20, completion_tokens: tokens })).join('');
    const chat = await ask(dialect, 'open/m', true, streamReply(running + STOP + DONE));
    expect(chat.record).toMatchObject({ usage: { inputTokens: 20, outputTokens: 9 }, costNanoUsd: 20_000n + 18_000n });
  },
);

test('E18 usage that is explicitly zero is charged nothing, and flagged', async () => {
  const zero = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

  const streamed = await ask('openai-chat', 'open/m', true, streamReply(delta('abc') + STOP + chatUsage(zero) + DONE));
  const whole = await ask(
    'openai-chat',
    'open/m',
    false,
    jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'abc' }, finish_reason: 'stop' }], usage: zero }),
  );

  for (const { record } of [streamed, whole])
    expect(record).toMatchObject({ state: 'settled', outcome: 'ok', costNanoUsd: 0n, usage: { inputTokens: 0, outputTokens: 0 } });
  expect(logged('usage-zero')).toBe(2);
});

test.each([
  ['negative', { prompt_tokens: -5, completion_tokens: -1 }, 1],
  ['text', { prompt_tokens: '12', completion_tokens: '7' }, 1],
  ['null', { prompt_tokens: null, completion_tokens: null }, 0],
  ['above the window', { prompt_tokens: 9_000_000_000_000, completion_tokens: 3 }, 1],
  ['output above the window', { prompt_tokens: 5, completion_tokens: 9_000_000_000_000 }, 1],
])('E19 usage that is %s is replaced by an estimate', async (_name, usage, anomalies) => {
  const content = 'z'.repeat(90);
  const streamed = await ask('openai-chat', 'open/m', true, streamReply(delta(content) + STOP + chatUsage(usage) + DONE));
  const whole = await ask(
    'openai-chat',
    'open/m',
    false,
    jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }], usage }),
  );

  expect([streamed.reply.status, whole.reply.status]).toEqual([200, 200]);
  expect(streamed.record).toMatchObject({ state: 'settled', outcome: 'ok', usage: { estimated: true, outputTokens: 30 } });
  expect(whole.record).toMatchObject({ state: 'settled', outcome: 'ok', usage: { estimated: true } });
  for (const { record } of [streamed, whole]) {
    expect(record?.usage?.outputTokens).toBeGreaterThanOrEqual(30);
    expect((record?.costNanoUsd as bigint) <= (record?.boundNanoUsd as bigint)).toBe(true);
  }
  expect(logged('usage-anomaly')).toBe(2 * anomalies);
});

const frame = (event: string, payload: object): Step =>
  chunk(encodeEventStreamMessage({ ':message-type': 'event', ':event-type': event }, Buffer.from(JSON.stringify(payload))));
const CUT_TOOLS: readonly [string, string, readonly Step[]][] = [
  [
    'open/m',
    'Chat Completions',
    [
      streamHead(),
      chunk(
        chatEvent({
          choices: [
            {
              index: 0,
              delta: { tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'f', arguments: '{"city":"Be' } }] },
            },
          ],
        }),
      ),
    ],
  ],
  [
    'anthropic/m',
    'Messages',
    [
      streamHead(),
      chunk(messageStart({ input_tokens: 20, output_tokens: 1 })),
      chunk(
        [
          { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't1', name: 'f', input: {} } },
          { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"city":"Be' } },
        ]
          .map(named)
          .join(''),
      ),
    ],
  ],
  [
    'bedrock/m',
    'Converse',
    [
      streamHead({ 'content-type': 'application/vnd.amazon.eventstream' }),
      frame('messageStart', { role: 'assistant' }),
      frame('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't1', name: 'f' } } }),
      frame('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"city":"Be' } } }),
    ],
  ],
];

describe.each(CUT_TOOLS)('E21 E28 a tool call of %s (%s) that the connection cuts', (model, _name, steps) => {
  test.each([
    ['ended', [lastChunk]],
    ['reset', [{ waitMs: 20 }, { reset: true }]],
  ] as const)('ends in one terminal error for callers of every dialect, its JSON never completed by us (%s)', async (_how, end) => {
    for (const dialect of ['openai-chat', 'openai-responses', 'anthropic-messages'] as const) {
      const { reply, record } = await ask(dialect, model, true, [...steps, ...end]);

      const events = sseEvents(reply.text);
      const failed = events.filter(({ event, data }) => /^error$|failed/.test(event) || data.startsWith('{"error"'));
      expect([dialect, failed.length]).toEqual([dialect, 1]);
      expect(failed[0]).toEqual(events.at(-1));
      expect(reply.text).toContain('{\\"city\\":\\"Be');
      expect(reply.text).not.toMatch(/Be\\"|Be\\u0022/);
      expect(events.map(({ event }) => event)).not.toContain('response.function_call_arguments.done');
      expect(record).toMatchObject({ state: 'settled', outcome: 'upstream_incomplete', incomplete: true, usage: { estimated: true } });
    }
  });
});

test('a Responses stream that breaks off ends with the next sequence number and what had been said', async () => {
  const { reply } = await ask('openai-responses', 'open/m', true, [
    streamHead(),
    chunk(delta('one') + delta('two')),
    { waitMs: 20 },
    { reset: true },
  ]);

  const events = sseEvents(reply.text).map(({ data }) => JSON.parse(data));
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
  expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed', id: events[0].response.id } });
});

const CHINESE = '网关在每次请求之前预留金额并在结束后结算';

test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
  'R11 money-10-cjk-cut: a stream that is cut is charged no less than its text can be (%s)',
  async (dialect) => {
    const least = o200k(CHINESE.repeat(9)).length;
    const text = (index: number) =>
      named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: CHINESE }, seen: index } as never);
    const start = named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never);
    const messages =
      messageStart({ input_tokens: 20, output_tokens: 1 }) + start + Array.from({ length: 9 }, (_, index) => text(index)).join('');
    const cut = (body: string): Step[] => [streamHead(), chunk(body), { waitMs: 30 }, { reset: true }];

    const chat = await ask(dialect, 'open/m', true, cut(delta(CHINESE).repeat(9)));
    const anthropic = await ask(dialect, 'anthropic/m', true, cut(messages));

    for (const { record } of [chat, anthropic]) {
      expect(record?.usage?.estimated).toBe(true);
      expect(record?.usage?.outputTokens).toBeGreaterThanOrEqual(least);
    }
  },
);

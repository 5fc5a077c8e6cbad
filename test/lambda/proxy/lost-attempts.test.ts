import { createPriceBook } from '../../../lambda/money/pricing';
import { parseUsd } from '../../../lambda/money/pricing/money';
import type { DeadlineConfig } from '../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, streamReply, type Upstream } from '../../support/upstream';

let first: Upstream;
let second: Upstream;
let third: Upstream;
let gateway: TestGateway;

/** Nano-USD a million tokens: a nano-USD a token is 1,000,000. */
const PRICES = createPriceBook(
  bookOf(
    ['openai-compatible', 'anthropic-compatible'],
    'dear || input=5 output=25',
    'cheap || input=1 output=2',
    'third || input=2 output=8',
  ),
);
const ANSWER = {
  model: 'cheap',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
};

beforeEach(async () => {
  [first, second, third] = await Promise.all([startUpstream(), startUpstream(), startUpstream()]);
  first.script([{ reset: true }]);
  second.script(jsonReply(ANSWER));
  third.script(jsonReply(ANSWER));
});

afterEach(async () => {
  await gateway?.close();
  await Promise.all([first.close(), second.close(), third.close()]);
});

const start = async (models: readonly string[], deadlines: Partial<DeadlineConfig> = {}) => {
  const origins = [first.origin, second.origin, third.origin];
  gateway = await startGateway({
    priceBook: PRICES,
    document: {
      providers: ['first', 'second', 'third'].map((id, index) => compatible(id, origins[index] as string, { free: false })),
      routes: [
        { alias: 'smart', targets: models.map((model, index) => ({ provider: ['first', 'second', 'third'][index] as string, model })) },
      ],
      deadlines: deadlines as DeadlineConfig,
    },
  });
};
const BODY = { model: 'smart', max_tokens: 100, messages: [{ role: 'user', content: 'Say something about the weather.' }] };
/** A whole answer may have been written unseen, which a stream says by itself. */
const STREAMED = { stream: true, stream_options: { include_usage: true } };
const streamed = () =>
  streamReply(
    `${[
      { choices: [{ index: 0, delta: { role: 'assistant', content: 'y' } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: ANSWER.usage },
    ]
      .map((event) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'cheap', ...event })}\n\n`)
      .join('')}data: [DONE]\n\n`,
  );
const ask = async (more: object = {}) => {
  const reply = await gateway.call('/v1/chat/completions', { ...BODY, ...more });
  await gateway.settled();
  return { reply, record: gateway.records().at(-1) };
};
const boundExceeded = () => gateway.log.filter(({ event }) => event === 'bound-exceeded');

test('F08 I9 golden invoice: an attempt that may be billed is charged its input beside the answer of another', async () => {
  await start(['dear', 'cheap']);
  second.script(streamed());

  const { reply, record } = await ask(STREAMED);

  const lost = record?.attempts?.[0];
  const lostNanoUsd = parseUsd(lost?.estimatedCostUsd ?? '') as bigint;
  expect(reply.headers['x-gateway-provider']).toBe('second');
  expect(record).toMatchObject({
    state: 'settled',
    outcome: 'ok',
    provider: 'second',
    usage: { inputTokens: 11, outputTokens: 3 },
    attempts: [
      { provider: 'first', outcome: 'upstream_reset' },
      { provider: 'second', outcome: 'ok' },
    ],
  });
  expect(record?.usage).not.toHaveProperty('estimated');
  // 11 tokens at 1,000 and 3 at 2,000 nano-USD, and the estimate at 5,000 a token.
  expect(record?.costNanoUsd).toBe(17_000n + lostNanoUsd);
  expect(lostNanoUsd % 5_000n).toBe(0n);
  expect(lostNanoUsd / 5_000n >= 25n && lostNanoUsd / 5_000n <= 60n).toBe(true);
  expect(record?.attempts?.[1]).not.toHaveProperty('estimatedCostUsd');
  expect(boundExceeded()).toEqual([]);
});

test('F08 the bound covers the dearest answer and the input of every other account, and no more', async () => {
  const bounds: bigint[] = [];
  for (const models of [['dear'], ['cheap'], ['dear', 'cheap']]) {
    first.script(jsonReply(ANSWER));
    await start(models);
    bounds.push((await ask()).record?.boundNanoUsd as bigint);
    await gateway.close();
  }

  const [dear, cheap, both] = bounds as [bigint, bigint, bigint];
  // Without its 100 tokens of output, what cheap may cost is its input.
  expect(both).toBe(dear + cheap - 100n * 2_000n);
});

test('F08 every lost attempt is charged, at its own price, and all of them stay within the bound', async () => {
  await start(['dear', 'third', 'cheap']);
  second.script([{ reset: true }]);
  third.script(streamed());

  const { record } = await ask(STREAMED);

  const [one, two] = (record?.attempts ?? []).map(({ estimatedCostUsd }) => parseUsd(estimatedCostUsd ?? '0') as bigint) as [
    bigint,
    bigint,
  ];
  expect([one / 5_000n, one % 5_000n]).toEqual([two / 2_000n, 0n]);
  expect(record?.costNanoUsd).toBe(17_000n + one + two);
  expect((record?.costNanoUsd as bigint) <= (record?.boundNanoUsd as bigint)).toBe(true);
});

test('F08 when nobody answers, the lost attempts are charged, not the one that refused last', async () => {
  await start(['dear', 'cheap']);
  second.script(jsonReply({ error: { message: 'no', type: 'server_error' } }, 503));

  const { reply, record } = await ask();

  expect(reply.status).toBe(503);
  expect(record).toMatchObject({ state: 'settled', provider: 'first', requestModel: 'dear', usage: { estimated: true } });
  expect(record?.costNanoUsd).toBe(parseUsd(record?.attempts?.[0]?.estimatedCostUsd ?? ''));
  const { inputTokens = 0, outputTokens = 0 } = record?.usage ?? {};
  expect(record?.costNanoUsd).toBe(BigInt(inputTokens) * 5_000n + BigInt(outputTokens) * 25_000n);
});

test('E12 a provider that timed out is charged its input when another one answers', async () => {
  await start(['dear', 'cheap'], { firstEventMs: 60 });
  first.script([{ hang: true }]);

  const { record } = await ask();

  expect(record).toMatchObject({ provider: 'second', attempts: [{ outcome: 'upstream_timeout' }, { outcome: 'ok' }] });
  expect(parseUsd(record?.attempts?.[0]?.estimatedCostUsd ?? '0')).toBeGreaterThan(0n);
});

test('E06 a stream that was cut before it said anything is charged what it had reported', async () => {
  gateway = await startGateway({
    priceBook: PRICES,
    document: {
      providers: [
        { id: 'first', kind: 'anthropic-compatible', baseUrl: { value: first.origin }, network: 'loopback' },
        { id: 'second', kind: 'anthropic-compatible', baseUrl: { value: second.origin }, network: 'loopback' },
      ],
      routes: [route('smart', 'first/dear', 'second/cheap')],
    },
  });
  const begin = (input: number) =>
    `event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"x","content":[],"usage":{"input_tokens":${input},"output_tokens":1}}}\n\n`;
  const rest = [
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}\n\n',
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\n',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ].join('');
  const cut: Step[] = [streamHead(), chunk(begin(123)), lastChunk];
  first.script(cut);
  second.script(streamReply(begin(40) + rest));

  await gateway.call('/v1/messages', { ...BODY, stream: true });
  await gateway.settled();

  const record = gateway.records().at(-1);
  expect(record?.attempts).toMatchObject([{ outcome: 'upstream_incomplete', estimatedCostUsd: '0.00064' }, { outcome: 'ok' }]);
  expect(record?.costNanoUsd).toBe(123n * 5_000n + 25_000n + 40n * 1_000n + 2n * 2_000n);
});

test('an attempt that was refused costs nothing beside the answer', async () => {
  await start(['dear', 'cheap']);
  first.script(jsonReply({ error: { message: 'no', type: 'server_error' } }, 503));

  const { record } = await ask();

  expect(record?.costNanoUsd).toBe(17_000n);
  expect(record?.attempts?.[0]).not.toHaveProperty('estimatedCostUsd');
});

test('what was heard in time may be sent elsewhere until its deadline, however late the first failure came', async () => {
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead };
  gateway = await startGateway({
    clock,
    priceBook: PRICES,
    document: {
      providers: [compatible('first', first.origin), compatible('second', second.origin)],
      routes: [route('smart', 'first/dear', 'second/cheap')],
    },
  });
  first.script(() => {
    ahead = 31_000;
    return jsonReply({ error: { message: 'no', type: 'server_error' } }, 503);
  });

  const { reply, record } = await ask();

  expect(reply.status).toBe(200);
  expect(second.requests).toHaveLength(1);
  expect(record).toMatchObject({ state: 'settled', provider: 'second' });
});

import fc from 'fast-check';
import { createPriceBook } from '../../../lambda/money/pricing';
import { parseUsd } from '../../../lambda/money/pricing/money';
import { type DeadlineConfig, METRICS, type ProviderConfig } from '../../../lib/private/contract';
import { DIALECT_CALLS } from '../../support/dialect-calls';
import { compatible, route, startGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, streamReply, type Upstream } from '../../support/upstream';

/** Callers who leave: by a deadline of their own, or by hanging up. Neither is free, and neither tells anything about a provider. */

let upstream: Upstream;
let spare: Upstream;
let gateway: TestGateway;
let ahead: number;

/** A nano-USD a token is 1,000,000: 1,000 in, 10,000 out. */
const PRICES = createPriceBook(
  bookOf(['openai-compatible', 'anthropic-compatible'], 'm || input=1 output=10', 'dear || input=5 output=10'),
);
const IN = 1_000n;
const OUT = 10_000n;

const chatAnswer = (tokens: number) => ({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: tokens, total_tokens: 9 + tokens },
});
const messagesAnswer = (tokens: number) => ({
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'y' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 9, output_tokens: tokens },
});
const data = (value: object | string) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const chatEvents = (tokens: number) => [
  data({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content: 'y' }, finish_reason: null }],
  }),
  data({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
    data({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: chatAnswer(tokens).usage }) +
    data('[DONE]'),
];
const named = (event: { readonly type: string }) => `event: ${event.type}\n${data(event)}`;
const messagesEvents = (tokens: number) => [
  named({ type: 'message_start', message: { ...messagesAnswer(1), content: [] } } as never) +
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never) +
    named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'y' } } as never),
  named({ type: 'content_block_stop', index: 0 } as never) +
    named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: tokens } } as never) +
    named({ type: 'message_stop' }),
];
const PROVIDERS = {
  'openai-compatible': { whole: chatAnswer, events: chatEvents },
  'anthropic-compatible': { whole: messagesAnswer, events: messagesEvents },
} as const;
type Kind = keyof typeof PROVIDERS;

beforeEach(async () => {
  ahead = 0;
  [upstream, spare] = await Promise.all([startUpstream(), startUpstream()]);
  spare.script(jsonReply(chatAnswer(3)));
});

afterEach(async () => {
  await gateway?.close();
  await Promise.all([upstream.close(), spare.close()]);
});

const start = async (
  deadlines: Partial<DeadlineConfig> = {},
  provider: Partial<ProviderConfig> = {},
  options: Partial<TestGatewayOptions> = {},
) => {
  gateway = await startGateway({
    priceBook: PRICES,
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    document: {
      providers: [compatible('up', upstream.origin, { free: false, ...provider }), compatible('spare', spare.origin, { free: false })],
      routes: [route('both', 'up/m', 'spare/m'), route('lost', 'spare/dear', 'up/m')],
      deadlines: deadlines as DeadlineConfig,
    },
    ...options,
  });
};
const ask = (timeoutMs: number | undefined, more: object = {}, headers: Record<string, string> = {}) =>
  gateway.call(
    '/v1/chat/completions',
    { model: 'up/m', max_tokens: 1_000, messages: [{ role: 'user', content: 'x' }], ...more },
    { ...(timeoutMs === undefined ? {} : { 'x-gateway-timeout-ms': String(timeoutMs) }), ...headers },
  );
const timed = async <T>(made: () => Promise<T>) => {
  const startedMs = performance.now();
  const value = await made();
  return { value, tookMs: performance.now() - startedMs };
};
/** Of the latest call. */
const theRecord = async () => {
  await gateway.settled();
  const record = gateway
    .records()
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .at(-1);
  expect(record?.costNanoUsd ?? 0n).toBeLessThanOrEqual(record?.boundNanoUsd ?? 0n);
  return record;
};
/** What the first call of a kind loads is not to count against the deadline of the next. */
const warm = async (path: string, body: object) => {
  upstream.script([{ end: true }]);
  await gateway.call(path, body);
  upstream.requests.length = 0;
  gateway.gateway.health.visit('up/m@', 0).end({ kind: 'good' });
};
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
};

/** Makes a call on a bare connection, and closes it a while after the provider has the call. */
const hangUp = async (stream: boolean, afterMs: number, model = 'up/m') => {
  const body = JSON.stringify({ model, stream, max_tokens: 1_000, messages: [{ role: 'user', content: 'x' }] });
  const socket = gateway.socket();
  socket.on('error', () => undefined);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const seen = upstream.requests.length;
  await until(() => upstream.requests.length > seen);
  await new Promise((done) => setTimeout(done, afterMs));
  socket.destroy();
};

describe('R02 sec-03 the provider is drained to its usage after the caller has its 504', () => {
  const dialects = Object.keys(DIALECT_CALLS) as (keyof typeof DIALECT_CALLS)[];
  const kinds = Object.keys(PROVIDERS) as Kind[];
  const cases = dialects.flatMap((dialect) => kinds.flatMap((kind) => [false, true].map((stream) => [dialect, kind, stream] as const)));

  test.each(cases)('%s over %s, stream %s, before the first event', async (dialect, kind, stream) => {
    await start({}, { kind, baseUrl: { value: kind === 'openai-compatible' ? `${upstream.origin}/v1` : upstream.origin } });
    const { whole, events } = PROVIDERS[kind];
    const { path, body } = DIALECT_CALLS[dialect](stream);
    await warm(path, { ...body, model: 'up/m' });
    upstream.script([{ waitMs: 600 }, ...(stream ? streamReply(events(77).join('')) : jsonReply(whole(77)))]);

    const { value: reply, tookMs } = await timed(() => gateway.call(path, { ...body, model: 'up/m' }, { 'x-gateway-timeout-ms': '150' }));

    expect([reply.status, tookMs < 550]).toEqual([504, true]);
    // Each try would be charged anew.
    expect(reply.headers['x-should-retry']).toBe('false');
    const record = await theRecord();
    expect(record).toMatchObject({ state: 'settled', status: 504, outcome: 'caller_timeout', usage: { inputTokens: 9, outputTokens: 77 } });
    expect(record?.usage).not.toHaveProperty('estimated');
    expect(record?.costNanoUsd).toBe(9n * IN + 77n * OUT);
    expect(record?.attempts).toMatchObject([{ outcome: 'ok' }]);
  });

  test.each(cases.filter(([, , stream]) => stream))('%s over %s, stream %s, after the first event', async (dialect, kind) => {
    await start({}, { kind, baseUrl: { value: kind === 'openai-compatible' ? `${upstream.origin}/v1` : upstream.origin } });
    const [first, rest] = PROVIDERS[kind].events(77) as [string, string];
    const { path, body } = DIALECT_CALLS[dialect](true);
    await warm(path, { ...body, model: 'up/m' });
    upstream.script([streamHead(), chunk(first), { waitMs: 600 }, chunk(rest), lastChunk]);

    const { value: reply, tookMs } = await timed(() => gateway.call(path, { ...body, model: 'up/m' }, { 'x-gateway-timeout-ms': '200' }));

    expect([reply.status, tookMs < 580]).toEqual([200, true]);
    expect(reply.text).toContain('timeout');
    expect(reply.text).not.toMatch(/\[DONE\]|message_stop|response\.completed/);
    const record = await theRecord();
    expect(record).toMatchObject({ state: 'settled', outcome: 'caller_timeout', incomplete: true, usage: { outputTokens: 77 } });
    expect(record?.costNanoUsd).toBe(9n * IN + 77n * OUT);
  });

  test('embeddings', async () => {
    await start();
    await warm('/v1/embeddings', { model: 'up/m', input: 'x' });
    upstream.script([
      { waitMs: 300 },
      ...jsonReply({
        object: 'list',
        model: 'm',
        data: [{ object: 'embedding', index: 0, embedding: [1] }],
        usage: { prompt_tokens: 9, total_tokens: 9 },
      }),
    ]);

    const reply = await gateway.call('/v1/embeddings', { model: 'up/m', input: 'x' }, { 'x-gateway-timeout-ms': '100' });

    expect(reply.status).toBe(504);
    expect(await theRecord()).toMatchObject({ state: 'settled', costNanoUsd: 9n * IN });
  });

  test('embeddings without an answer cost their input alone', async () => {
    await start();
    await warm('/v1/embeddings', { model: 'up/m', input: 'x' });
    upstream.script([{ waitMs: 300 }, { reset: true }]);

    await gateway.call('/v1/embeddings', { model: 'up/m', input: 'x' }, { 'x-gateway-timeout-ms': '100' });

    expect(await theRecord()).toMatchObject({ state: 'settled', usage: { outputTokens: 0, estimated: true } });
  });

  test('counting tokens costs nothing', async () => {
    await start({}, { kind: 'anthropic-compatible', baseUrl: { value: upstream.origin } });
    upstream.script([{ waitMs: 300 }, ...jsonReply({ input_tokens: 9 })]);

    const body = { model: 'up/m', messages: [{ role: 'user', content: 'x' }] };
    const reply = await gateway.call('/v1/messages/count_tokens', body, { 'x-gateway-timeout-ms': '100' });

    expect(reply.status).toBe(504);
    expect((await theRecord())?.costNanoUsd ?? 0n).toBe(0n);
  });

  test('a provider that refuses meanwhile bills nothing', async () => {
    await start();
    upstream.script([{ waitMs: 300 }, ...jsonReply({ error: { message: 'no', type: 'server_error' } }, 500)]);

    expect((await ask(100)).status).toBe(504);
    expect(await theRecord()).toMatchObject({ state: 'settled' });
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('R02 sec-03 without usage, what may have been written is charged', () => {
  test.each([
    ['whole', false, [{ waitMs: 500 }, { reset: true }]],
    ['a stream before its first event', true, [streamHead(), { waitMs: 500 }, { reset: true }]],
    ['a stream after its first event', true, [streamHead(), chunk(chatEvents(1)[0] as string), { waitMs: 500 }, { reset: true }]],
  ] as const)('%s: 400 tokens for each second since it was sent', async (_name, stream, steps) => {
    await start();
    upstream.script(steps as readonly Step[]);

    await ask(150, { stream });

    const record = await theRecord();
    expect(record).toMatchObject({ state: 'settled', outcome: 'caller_timeout', usage: { estimated: true } });
    const tokens = record?.usage?.outputTokens as number;
    expect([tokens >= 200, tokens < 900]).toEqual([true, true]);
    expect(record?.costNanoUsd).toBe(BigInt(record?.usage?.inputTokens as number) * IN + BigInt(tokens) * OUT);
  });

  test('at most the cap, over all choices, when the drain ends; and it says nothing about the provider', async () => {
    await start({ firstEventMs: 10_000_000, totalMs: 10_000_000 });
    upstream.script([{ hang: true }]);

    const replies = await Promise.all([0, 1, 2, 3, 4, 5].map(() => ask(60, { n: 2 })));
    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(504));
    ahead = 119_000;
    await new Promise((done) => setTimeout(done, 60));
    expect(upstream.open()).toBe(6);
    ahead = 121_000;
    await gateway.settled();

    for (const record of gateway.records()) {
      expect(record).toMatchObject({
        state: 'settled',
        usage: { estimated: true, outputTokens: 2_000 },
        attempts: [{ outcome: 'caller_timeout' }],
      });
      expect(record.costNanoUsd).toBeLessThanOrEqual(record.boundNanoUsd as bigint);
    }
    upstream.script(jsonReply(chatAnswer(3)));
    expect((await ask(undefined)).status).toBe(200);
  });

  test('the fastest that the model is known to write counts', async () => {
    await start({}, {}, { priceBook: createPriceBook(bookOf(['openai-compatible'], 'm | speed=1800 | input=1 output=10')) });
    upstream.script([{ waitMs: 400 }, { reset: true }]);

    await ask(100);

    expect((await theRecord())?.usage?.outputTokens).toBeGreaterThanOrEqual(720);
  });
});

describe('R02 sec-02 health', () => {
  test('six calls that their caller cut do not rest the target of others', async () => {
    await start();
    upstream.script([{ waitMs: 400 }, ...jsonReply(chatAnswer(3))]);

    const replies = [];
    for (let count = 0; count < 6; count++) replies.push(await ask(60));

    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(504));
    const other = `Bearer ${await gateway.addKey()}`;
    expect((await ask(undefined, {}, { authorization: other })).status).toBe(200);
    await gateway.settled();
    const lines = gateway.metrics.filter((line) => METRICS.REQUESTS in line);
    expect(lines.filter((line) => METRICS.ATTEMPT_FAILURES in line || METRICS.ERRORS in line)).toEqual([]);
  });

  test('no second attempt is made for a caller who left', async () => {
    await start();
    upstream.script([{ waitMs: 200 }, ...jsonReply({ error: { message: 'no' } }, 503)]);

    expect((await ask(80, { model: 'both' })).status).toBe(504);
    await gateway.settled();

    expect([upstream.requests.length, spare.requests.length]).toEqual([1, 0]);
  });

  test('a failure that the provider itself shows counts, whoever waits', async () => {
    await start();
    upstream.script([{ waitMs: 100 }, ...jsonReply({ error: { message: 'no' } }, 500)]);
    for (let count = 0; count < 3; count++) await ask(60);
    await gateway.settled();

    expect((await ask(undefined, { model: 'both' })).headers['x-gateway-provider']).toBe('spare');
    expect(upstream.requests).toHaveLength(3);
  });

  test('a probe that its caller cut is neither a success nor a failure: the next call probes', async () => {
    await start({ firstEventMs: 10_000_000, totalMs: 10_000_000, connectMs: 10_000_000 });
    upstream.script(jsonReply({ error: { message: 'no' } }, 500));
    for (let count = 0; count < 3; count++) await ask(undefined, { model: 'both' });
    expect(upstream.requests).toHaveLength(3);
    upstream.script([{ hang: true }]);
    ahead = 11_000;
    expect((await ask(60, { model: 'both' })).status).toBe(504);
    expect(upstream.requests).toHaveLength(4);
    ahead += 121_000;
    await gateway.settled();
    upstream.script(jsonReply(chatAnswer(3)));

    const next = await ask(undefined, { model: 'both' });

    expect([next.headers['x-gateway-provider'], upstream.requests.length]).toEqual(['up', 5]);
  });

  test('a probe whose caller hung up leaves its place to the next call, at once', async () => {
    await start({}, {}, { callerGone: 'abort' });
    upstream.script(jsonReply({ error: { message: 'no' } }, 500));
    for (let count = 0; count < 3; count++) await ask(undefined, { model: 'both' });
    upstream.script([{ hang: true }]);
    ahead = 11_000;
    await hangUp(false, 30, 'both');
    await gateway.settled();
    upstream.script(jsonReply(chatAnswer(3)));

    const next = await ask(undefined, { model: 'both' });

    expect([next.headers['x-gateway-provider'], upstream.requests.length]).toEqual(['up', 5]);
  });

  test('a deadline beyond the gateway’s own is the gateway’s: it counts, and costs the input and what can have been written', async () => {
    await start({ totalMs: 150, firstEventMs: 120 });
    upstream.script([{ hang: true }]);

    const reply = await ask(60_000);

    expect(reply.status).toBe(504);
    const record = await theRecord();
    expect(record).toMatchObject({ outcome: 'upstream_timeout', attempts: [{ outcome: 'upstream_timeout' }] });
    // 400 tokens a second, from the moment it was sent.
    const { outputTokens = 0 } = record?.usage ?? {};
    expect(outputTokens > 0 && outputTokens <= Math.ceil(((record?.attempts?.[0]?.durationMs ?? 0) + 1) * 0.4)).toBe(true);
    for (let count = 0; count < 2; count++) await ask(60_000);
    expect((await ask(undefined, { model: 'both' })).headers['x-gateway-provider']).toBe('spare');
  });
});

describe('R02 a deadline that passes before anything was sent', () => {
  test('while connecting costs nothing, and tells nothing', async () => {
    // A TLS handshake that nobody answers.
    await start({}, { baseUrl: { value: `${upstream.origin.replace('http:', 'https:')}/v1` } });

    const { value: replies, tookMs } = await timed(() => Promise.all([1, 2, 3, 4, 5, 6].map(() => ask(80, { model: 'both' }))));
    await gateway.settled();

    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(504));
    expect(tookMs).toBeLessThan(1_000);
    expect(gateway.records().map(({ state, costNanoUsd = 0n }) => [state, costNanoUsd])).toEqual(Array(6).fill(['settled', 0n]));
    expect(gateway.gateway.health.look('up/m@')).toEqual({ open: true });
    expect(spare.requests).toEqual([]);
  });

  test('while the table is asked sends nothing', async () => {
    await start();
    upstream.script(jsonReply(chatAnswer(3)));
    gateway.table.hooks = { before: () => new Promise((done) => setTimeout(done, 30)) };

    expect((await ask(20)).status).toBe(504);
    gateway.table.hooks = {};
    expect(await theRecord()).toMatchObject({ state: 'settled', outcome: 'caller_timeout' });
    expect(upstream.requests).toEqual([]);
  });
});

test('R02 a deadline during the second attempt: the first stays charged its input, the second what it reports', async () => {
  await start();
  spare.script([{ reset: true }]);
  upstream.script([{ waitMs: 400 }, ...jsonReply(chatAnswer(77))]);

  expect((await ask(150, { model: 'lost' })).status).toBe(504);

  const record = await theRecord();
  const lostNanoUsd = parseUsd(record?.attempts?.[0]?.estimatedCostUsd ?? '') as bigint;
  expect(record).toMatchObject({ state: 'settled', provider: 'up', attempts: [{ outcome: 'upstream_reset' }, { outcome: 'ok' }] });
  expect(lostNanoUsd).toBeGreaterThan(0n);
  expect(record?.costNanoUsd).toBe(lostNanoUsd + 9n * IN + 77n * OUT);
});

test('R02 a call that was charged after its 504 keeps its Idempotency-Key', async () => {
  await start();
  upstream.script([{ waitMs: 250 }, ...jsonReply(chatAnswer(3))]);

  expect((await ask(80, {}, { 'idempotency-key': 'k' })).status).toBe(504);
  expect((await ask(80, {}, { 'idempotency-key': 'k' })).status).toBe(409);
  await gateway.settled();
  expect((await ask(undefined, {}, { 'idempotency-key': 'k' })).status).toBe(409);
  expect(upstream.requests).toHaveLength(1);
});

describe.each(['abort', 'drain'] as const)('R02 sec-02 sec-03 a caller who hangs up, with the policy to %s', (callerGone) => {
  const [begin, rest] = chatEvents(77) as [string, string];
  test.each<readonly [string, boolean, readonly Step[]]>([
    ['a whole answer', false, [{ waitMs: 1_000 }, ...jsonReply(chatAnswer(77))]],
    ['a stream', true, [{ waitMs: 1_000 }, ...streamReply(begin + rest)]],
    ['a stream that has its head', true, [streamHead(), { waitMs: 1_000 }, chunk(begin), chunk(rest), lastChunk]],
    ['a stream that has begun', true, [streamHead(), chunk(begin), { waitMs: 1_000 }, chunk(rest), lastChunk]],
  ])('pays, and six of them do not rest the target: %s', async (_name, stream, steps) => {
    await start({}, {}, { callerGone });
    upstream.script(steps);

    for (let count = 0; count < 6; count++) await hangUp(stream, 100);
    await gateway.settled();

    for (const record of gateway.records()) {
      const { inputTokens = 0, outputTokens = 0 } = record.usage ?? {};
      expect(record.state).toBe('settled');
      if (callerGone === 'drain') expect([inputTokens, outputTokens]).toEqual([9, 77]);
      else expect([outputTokens >= 40, record.outcome]).toEqual([true, 'client_closed_request']);
      expect(record.costNanoUsd).toBeLessThanOrEqual(record.boundNanoUsd as bigint);
    }
    expect(gateway.gateway.health.look('up/m@')).toEqual({ open: true });
  });
});

test('R02 I9 whatever the provider does and whenever the caller leaves, it pays what is billed and not more than was set aside', async () => {
  await start({ firstEventMs: 700, totalMs: 900 });
  const billed = new Map<string, bigint>();
  const ends = fc.constantFrom('usage', 'no usage', 'reset', 'refusal');
  const scenario = fc.record({
    timeoutMs: fc.integer({ min: 1, max: 200 }),
    delayMs: fc.integer({ min: 0, max: 120 }),
    writingMs: fc.integer({ min: 0, max: 120 }),
    perSecond: fc.integer({ min: 1, max: 400 }),
    cap: fc.integer({ min: 1, max: 80 }),
    choices: fc.integer({ min: 1, max: 3 }),
    stream: fc.boolean(),
    end: ends,
  });

  await fc.assert(
    fc.asyncProperty(fc.array(scenario, { minLength: 8, maxLength: 8 }), async (scenarios) => {
      const byName = new Map(scenarios.map((one, index) => [`u${index}`, one]));
      upstream.script((seen) => {
        const { user } = JSON.parse(seen.body.toString()) as { user: string };
        const { delayMs, writingMs, perSecond, cap, choices, stream, end } = byName.get(user) as (typeof scenarios)[number];
        // Each choice is written at its speed, up to its cap.
        const tokens = Math.min(cap, Math.floor(((delayMs + writingMs) * perSecond) / 1_000)) * choices;
        billed.set(user, end === 'refusal' ? 0n : 9n * IN + BigInt(tokens) * OUT);
        if (end === 'refusal') return [{ waitMs: delayMs }, ...jsonReply({ error: { message: 'no' } }, 400)];
        const [first, rest] = chatEvents(tokens) as [string, string];
        if (end === 'reset') {
          const begun: Step[] = stream ? [streamHead(), chunk(first)] : [];
          return [{ waitMs: delayMs }, ...begun, { waitMs: writingMs }, { reset: true }];
        }
        const { usage: _, ...bare } = chatAnswer(tokens);
        const whole = end === 'usage' ? chatAnswer(tokens) : bare;
        if (!stream) return [{ waitMs: delayMs + writingMs }, ...jsonReply(whole)];
        const tail =
          end === 'usage'
            ? rest
            : rest
                .split('\n\n')
                .filter((event) => !event.includes('usage'))
                .join('\n\n');
        return [{ waitMs: delayMs }, streamHead(), chunk(first), { waitMs: writingMs }, chunk(tail), lastChunk];
      });
      billed.clear();
      const keys = await Promise.all(
        [...byName].map(async ([user, { timeoutMs, cap, choices, stream }]) => {
          const authorization = `Bearer ${await gateway.addKey()}`;
          const reply = await ask(timeoutMs, { user, max_tokens: cap, n: choices, stream }, { authorization });
          return {
            user,
            id: reply.headers['x-gateway-request-id'] as string,
            left: reply.status === 504 || reply.text.includes('upstream_timeout'),
          };
        }),
      );
      await gateway.settled();
      const records = new Map(gateway.records().map((record) => [record.id, record]));
      for (const { user, id, left } of keys) {
        const record = records.get(id);
        const { costNanoUsd = 0n, boundNanoUsd = 0n } = record ?? {};
        expect(costNanoUsd).toBeLessThanOrEqual(boundNanoUsd);
        if (left) expect(costNanoUsd).toBeGreaterThanOrEqual(billed.get(user) ?? 0n);
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

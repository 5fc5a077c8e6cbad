import { createPriceBook } from '../../../../lambda/money/pricing';
import type { GuardRuleConfig } from '../../../../lib/private/contract';
import { readAnswer, readStream } from '../../../support/answers';
import { DIALECTS, MODELS } from '../../../support/fixture-places';
import type { TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { type Said, spoken, WIRE_FORMATS, type WireFormat } from '../../../support/spoken';
import { chunk, jsonReply, lastChunk, startUpstream, streamHead, type Upstream } from '../../../support/upstream';
import { type AskedBedrock, type AskedWebhook, BEDROCK_RULE, bedrockSays, hosts, isModelCall, webhookRule } from './guard-host';
import { bedrockEnvironment, EMAIL, guardedGateway, sayingOf } from './support';

/** What services say of answers: streams in windows while they are written, whole answers at once. */

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const WORDS = 'the quick brown fox jumps over the lazy dog and runs on ';
/** About three windows. */
const LONG = WORDS.repeat(50);
const pieces = (text: string, size = 17) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
const shown = () => upstream.requests.filter((one) => !isModelCall(one)).map(({ body }) => JSON.parse(body.toString()));

async function start(...rules: GuardRuleConfig[]): Promise<void> {
  gateway = await guardedGateway(upstream, [{ id: 'p', rules }], bedrockEnvironment(upstream));
}

const blocks = (pattern: RegExp) => (body: { readonly texts: readonly string[] }) => ({
  verdict: body.texts.some((text) => pattern.test(text)) ? 'block' : 'pass',
  types: body.texts.some((text) => pattern.test(text)) ? ['secret'] : [],
});
const masks = (body: { readonly texts: readonly string[] }) => ({
  verdict: 'mask',
  texts: body.texts.map((text) => text.replaceAll(EMAIL, '<somebody>')),
});

async function ask(
  said: Said,
  stream: boolean,
  dialect = DIALECTS[0] as (typeof DIALECTS)[0],
  wireFormat: WireFormat = 'openai-chat',
  script = {},
) {
  upstream.script(hosts({ model: spoken(wireFormat, said, stream), ...script }));
  const { path, body } = sayingOf(dialect, MODELS[wireFormat], 'Hi', stream);
  const answer = await gateway.call(path, body);
  await gateway.settled();
  return {
    answer,
    told: stream ? readStream(dialect, answer.text) : answer.status === 200 ? readAnswer(dialect, answer.json) : NOTHING_TOLD,
    record: gateway.records().at(-1),
  };
}

const NOTHING_TOLD = readStream('openai-chat', '');

const PAIRS = DIALECTS.flatMap((dialect) =>
  WIRE_FORMATS.flatMap((wireFormat) => [true, false].map((stream) => [dialect, wireFormat, stream] as const)),
);

test.each(PAIRS)(
  '%s from %s, streamed: %s: what is blocked ends the answer before any of it has gone',
  async (dialect, wireFormat, stream) => {
    await start(webhookRule(upstream.origin, { direction: 'output' }));
    const text = `${LONG.slice(0, 1_745)}top secret word${LONG}`;

    const { answer, told, record } = await ask({ text: pieces(text) }, stream, dialect, wireFormat, { webhook: blocks(/top secret word/) });

    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/top sec|secret word/);
    expect(answer.text).toContain("The guardrail policy 'p' ended this answer.");
    if (stream) expect([told.text.length >= 750, text.startsWith(told.text)]).toEqual([true, true]);
    expect(record).toMatchObject({ state: 'settled', guardVerdict: 'block', finishReason: 'content-filter' });
    expect(record?.guardrails).toMatchObject([{ direction: 'output', verdict: 'block', types: ['secret'] }]);
  },
);

test.each(PAIRS)('%s from %s, streamed: %s: what is masked comes masked, wherever windows are cut', async (dialect, wireFormat, stream) => {
  await start(webhookRule(upstream.origin, { direction: 'output' }));
  const places = [0, 735, 742, 749, 990, 1_490, 1_740, 2_500];
  const text = places.reduceRight((whole, at) => whole.slice(0, at) + EMAIL + whole.slice(at), LONG);

  const { told, record } = await ask({ text: pieces(text), args: ['{"to":"x"}'] }, stream, dialect, wireFormat, { webhook: masks });

  expect(told.text).toBe(text.replaceAll(EMAIL, '<somebody>'));
  expect(told.toolCalls[0]?.args.replaceAll(' ', '')).toBe('{"to":"x"}');
  expect(record).toMatchObject({ guardVerdict: 'mask', state: 'settled' });
});

test('every character that goes on was shown, in windows of a thousand that overlap', async () => {
  await start(webhookRule(upstream.origin, { direction: 'output' }));

  const { told, record } = await ask({ text: pieces(LONG, 1) }, true, 'openai-chat', 'openai-chat', {
    webhook: () => ({ verdict: 'pass' }),
  });

  expect(told.text).toBe(LONG);
  const windows = shown().map(({ texts, direction }) => [direction, texts.join('')]);
  expect(windows.map(([direction]) => direction)).toEqual(windows.map(() => 'output'));
  let at = 0;
  for (const [, window] of windows) {
    expect(LONG.startsWith(window, at)).toBe(true);
    at += window.length - 250;
  }
  expect(at + 250).toBe(LONG.length);
  expect(windows.slice(0, -1).every(([, window]) => window.length % 1_000 === 0)).toBe(true);
  expect(record?.guardedCharacters).toBe('Hi'.length + LONG.length);
});

test('checks run while the model goes on writing, and what has passed goes on at once', async () => {
  await start(webhookRule(upstream.origin, { direction: 'output' }));
  const delta = (content: string) => chunk(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
  const seen: [string, number][] = [];
  upstream.script(
    hosts({
      webhook: () => {
        seen.push(['asked', performance.now()]);
        return { verdict: 'pass' };
      },
      model: [
        streamHead(),
        delta(LONG.slice(0, 1_100)),
        { waitMs: 400 },
        delta(LONG.slice(1_100)),
        chunk('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'),
        lastChunk,
      ],
    }),
  );
  const { path, body } = sayingOf('openai-chat', 'own/m', 'Hi', true);
  const beganMs = performance.now();
  const socket = gateway.socket();
  const bytes = JSON.stringify(body);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n${bytes}`,
  );
  let firstMs = 0;
  socket.on('data', (data) => {
    if (firstMs === 0 && data.toString().includes('quick')) firstMs = performance.now() - beganMs;
  });
  await new Promise((done) => socket.once('close', done));
  const endedMs = performance.now() - beganMs;

  expect(firstMs).toBeGreaterThan(0);
  expect(endedMs - firstMs).toBeGreaterThan(300);
  expect((seen[0]?.[1] ?? 0) - beganMs).toBeLessThan(endedMs - 300);
});

test.each([true, false])('arguments of tools are shown unescaped, streamed: %s', async (stream) => {
  await start(webhookRule(upstream.origin, { direction: 'output' }));

  const { answer, told } = await ask({ args: ['{"q":"top\\u0020sec', 'ret wo\\u0072d"}'] }, stream, 'openai-chat', 'openai-chat', {
    webhook: blocks(/top secret word/),
  });

  expect(answer.text).not.toMatch(/ret wo/);
  expect(told.finish).toBe('content_filter');
});

test.each(PAIRS)(
  '%s from %s, streamed: %s: arguments in which something is escaped are masked and stay JSON',
  async (dialect, wireFormat, stream) => {
    await start(webhookRule(upstream.origin, { direction: 'output' }));
    const long = 'a "quoted" \\ word\n'.repeat(200);
    const args = JSON.stringify({ [`to ${EMAIL}`]: `"${EMAIL}"\n`, long, more: [`${EMAIL}`, EMAIL, 4111] }).replace('@', '\\u0040');

    const { told, record } = await ask({ args: pieces(args) }, stream, dialect, wireFormat, {
      webhook: ({ texts }: AskedWebhook) => ({
        verdict: 'mask',
        texts: texts.map((text) => text.replaceAll(EMAIL, '<"A">').replaceAll('4111', 'N')),
      }),
    });

    expect(JSON.parse(told.toolCalls[0]?.args ?? '')).toEqual({ 'to <"A">': '"<"A">"\n', long, more: ['<"A">', '<"A">', 'N'] });
    expect(record).toMatchObject({ guardVerdict: 'mask', state: 'settled' });
  },
);

test.each([true, false])('reasoning is shown too, streamed: %s', async (stream) => {
  await start(webhookRule(upstream.origin, { direction: 'output' }));

  const { answer } = await ask({ reasoning: ['top secret word'], text: ['fine'] }, stream, 'anthropic-messages', 'anthropic-messages', {
    webhook: blocks(/top secret word/),
  });

  expect(answer.text).not.toMatch(/top secret/);
});

test.each([true, false])('J05 an answer that no guard can look at is not shown, streamed: %s', async (stream) => {
  await start(webhookRule(upstream.origin, { direction: 'output' }));

  const { answer, record } = await ask({ text: pieces(LONG) }, stream, 'openai-chat', 'openai-chat', { webhook: () => [{ reset: true }] });

  expect(answer.status).toBe(503);
  expect(answer.text).not.toContain('quick');
  expect(answer.text).toContain('guardrail_unavailable');
  // It was written, so it is paid.
  expect(record).toMatchObject({ state: 'settled', outcome: 'guardrail_unavailable', guardVerdict: 'failed' });
});

test.each([true, false])('J05 an answer passes unseen where the rule says so, streamed: %s', async (stream) => {
  await start(webhookRule(upstream.origin, { direction: 'output', on_failure: 'allow' }));

  const { told, record } = await ask({ text: pieces(LONG) }, stream, 'openai-chat', 'openai-chat', { webhook: () => [{ reset: true }] });

  expect(told.text).toBe(LONG);
  expect(record).toMatchObject({ outcome: 'ok', guardVerdict: 'failed' });
});

test.each([true, false])('what is only flagged is not held back, and told on the record, streamed: %s', async (stream) => {
  await start(webhookRule(upstream.origin, { action: 'flag', direction: 'output' }));

  const { told, record } = await ask({ text: pieces(LONG) }, stream, 'openai-chat', 'openai-chat', { webhook: blocks(/quick/) });

  expect(told.text).toBe(LONG);
  expect(record?.guardrails).toMatchObject([{ verdict: 'flag', types: ['secret'] }]);
});

describe('the fee of Bedrock’s guardrails', () => {
  const UNIT = 150_000n;

  async function charged(stream: boolean, bedrock: (body: AskedBedrock) => object) {
    const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
    const whole = jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: LONG }, finish_reason: 'stop' }], usage });
    const told = (data: object) => chunk(`data: ${JSON.stringify(data)}\n\n`);
    const streamed = [
      streamHead(),
      ...pieces(LONG, 100).map((content) => told({ choices: [{ index: 0, delta: { content } }] })),
      told({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
      told({ choices: [], usage }),
      chunk('data: [DONE]\n\n'),
      lastChunk,
    ];
    upstream.script(hosts({ bedrock, model: stream ? streamed : whole }));
    const { path, body } = sayingOf('openai-chat', 'own/m', 'Hi', stream);
    const answer = await gateway.call(path, { ...body, max_tokens: 1_000 });
    await gateway.settled();
    return { answer, record: gateway.records().at(-1) };
  }

  const TOKENS = 2_000_000n;

  test.each([true, false])('is charged once, beside the model, within what was reserved, streamed: %s', async (stream) => {
    gateway = await guardedGateway(upstream, [{ id: 'p', rules: [BEDROCK_RULE] }], {
      ...bedrockEnvironment(upstream),
      priceBook: createPriceBook(bookOf(['openai'], 'm | window=100000 maxOutput=4000 | input=1 output=10')),
      document: {
        providers: [{ id: 'own', kind: 'openai', baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback' }],
      },
    });

    const { record } = await charged(stream, (body) => bedrockSays(body));

    const lengths = (shown() as AskedBedrock[]).map(({ content }) => content.reduce((sum, { text }) => sum + text.text.length, 0));
    const units = lengths.reduce((sum, characters) => sum + Math.ceil(characters / 1_000), 0);
    expect(units).toBe(stream ? 1 + 4 : 1 + 3);
    expect(record).toMatchObject({ state: 'settled', costNanoUsd: TOKENS + BigInt(units) * UNIT, guardNanoUsd: BigInt(units) * UNIT });
    expect(record?.costNanoUsd).toBeLessThan(record?.boundNanoUsd ?? 0n);
  });

  test('of an answer that was cut is that of what was looked at, beside what was generated', async () => {
    await start({ ...BEDROCK_RULE, direction: 'output' });

    const { record } = await charged(true, (body) => bedrockSays(body, { blocks: /quick/ }));

    expect(record).toMatchObject({ state: 'settled', guardNanoUsd: UNIT, costNanoUsd: UNIT, guardVerdict: 'block' });
  });
});

/** After a call that a provider may bill another one goes out only where what is set aside covers both. */
import type { KeptRecord } from '../../../lambda/money/ports';
import { createPriceBook, formatUsd } from '../../../lambda/money/pricing';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, streamReply, type Upstream } from '../../support/upstream';

/** A nano-USD a token is 1,000,000 a million. */
const PRICES = createPriceBook(bookOf(['openai-compatible'], 'dear || input=5 output=25', 'cheap || input=1 output=2'));
const INPUT_NANO_USD = 5_000n;
const OUTPUT_NANO_USD = 25_000n;
const CAP = 4_000;

let first: Upstream;
let second: Upstream;
let gateway: TestGateway;
/** Milliseconds by which the gateway's clock is ahead. */
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  [first, second] = await Promise.all([startUpstream(), startUpstream()]);
});

afterEach(async () => {
  await gateway.close();
  await Promise.all([first.close(), second.close()]);
});

async function start(...models: readonly string[]): Promise<void> {
  gateway = await startGateway({
    priceBook: PRICES,
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    document: {
      providers: [compatible('first', first.origin, { free: false }), compatible('second', second.origin, { free: false })],
      routes: [route('smart', ...models)],
    },
  });
}

const SAID = 'Say something about the weather.';
const CALLS = {
  '/v1/chat/completions': { max_tokens: CAP, messages: [{ role: 'user', content: SAID }] },
  '/v1/responses': { max_output_tokens: CAP, store: false, input: SAID },
  '/v1/messages': { max_tokens: CAP, messages: [{ role: 'user', content: SAID }] },
};
const PATHS = Object.keys(CALLS) as (keyof typeof CALLS)[];
const FORMS = PATHS.flatMap((path) => [true, false].map((stream) => [path, stream] as const));

const wholeAnswer = (finishReason = 'stop', content: string | null = 'y') => ({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finishReason }],
  usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
});
const event = (body: object) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', ...body })}\n\n`;
const streamedAnswer = () =>
  [
    event({ choices: [{ index: 0, delta: { role: 'assistant', content: 'y' } }] }),
    event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    event({ choices: [], usage: wholeAnswer().usage }),
    'data: [DONE]\n\n',
  ].join('');
const answering = (stream: boolean): Step[] => (stream ? streamReply(streamedAnswer()) : jsonReply(wholeAnswer()));
/** 11 tokens read and 3 written, at the price of `cheap`. */
const CHEAP_NANO_USD = 17_000n;
const DEAR_NANO_USD = 11n * INPUT_NANO_USD + 3n * OUTPUT_NANO_USD;

async function ask(path: keyof typeof CALLS, stream: boolean, headers: Record<string, string> = {}) {
  const reply = await gateway.call(path, { ...CALLS[path], model: 'smart', stream }, headers);
  await gateway.settled();
  const records = gateway.records().sort((one, other) => (one.id < other.id ? -1 : 1));
  const logged = gateway.log.filter(({ event: name }) => name === 'request').at(-1);
  return { reply, records, logged };
}

const sumOf = (records: readonly KeptRecord[]): bigint => records.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
const lostOf = (record: KeptRecord | undefined): bigint =>
  BigInt(Math.round(Number(record?.attempts?.find(({ outcome }) => outcome !== 'ok')?.estimatedCostUsd ?? '0') * 1e9));

describe('one reservation, one record', () => {
  test.each(FORMS)('%s, stream %s: a refusal costs nothing beside the answer', async (path, stream) => {
    await start('first/dear', 'second/cheap');
    first.script(jsonReply({ error: { message: 'no', type: 'server_error' } }, 503));
    second.script(answering(stream));

    const { reply, records } = await ask(path, stream);

    expect(reply.status).toBe(200);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ state: 'settled', provider: 'second', costNanoUsd: CHEAP_NANO_USD });
    expect(records[0]?.attempts).toHaveLength(2);
  });

  test.each(FORMS)('F08 %s, stream %s: a reset is charged what can have been written until then', async (path, stream) => {
    await start('first/dear', 'second/cheap');
    first.script([{ reset: true }]);
    second.script(answering(stream));

    const { reply, records } = await ask(path, stream);

    expect(reply.status).toBe(200);
    expect(records).toHaveLength(1);
    const [record] = records;
    const lost = lostOf(record);
    expect(record?.costNanoUsd).toBe(CHEAP_NANO_USD + lost);
    expect((record?.costNanoUsd as bigint) <= (record?.boundNanoUsd as bigint)).toBe(true);
    // A stream says nothing before it begins; a whole answer may have been written at 400 tokens a second.
    const tookMs = (record?.attempts?.[0]?.durationMs ?? 0) + 1;
    const output = stream ? 0n : BigInt(Math.ceil(tookMs * 0.4));
    expect(lost >= 20n * INPUT_NANO_USD).toBe(true);
    expect(lost <= 80n * INPUT_NANO_USD + output * OUTPUT_NANO_USD).toBe(true);
  });

  test.each(['/v1/responses', '/v1/messages'] as const)(
    '%s: a whole answer that is of no use is charged as its provider reports it',
    async (path) => {
      await start('first/dear', 'second/cheap');
      first.script(jsonReply(wholeAnswer('error', null)));
      second.script(answering(false));

      const { reply, records } = await ask(path, false);

      expect(reply.status).toBe(200);
      expect(records).toHaveLength(1);
      expect(sumOf(records)).toBe(DEAR_NANO_USD + CHEAP_NANO_USD);
      expect(lostOf(records[0])).toBe(DEAR_NANO_USD);
    },
  );

  test('a stream that is cut after its report is charged what was reported', async () => {
    await start('first/dear', 'second/cheap');
    first.script([streamHead(), chunk(event({ choices: [], usage: wholeAnswer().usage })), lastChunk]);
    second.script(answering(true));

    const { records } = await ask('/v1/messages', true);

    expect(records).toHaveLength(1);
    expect(sumOf(records)).toBe(DEAR_NANO_USD + CHEAP_NANO_USD);
  });
});

describe('not covered: what was sent is decided, and the request admitted anew', () => {
  /** After 20 s a whole answer may have been written up to its cap. */
  const late = (): Step[] => {
    ahead += 20_000;
    return [{ reset: true }];
  };

  test.each(PATHS)('%s', async (path) => {
    await start('first/dear', 'second/dear');
    first.script(late);
    second.script(answering(false));

    const { reply, records, logged } = await ask(path, false);

    expect(reply.status).toBe(200);
    expect(reply.headers['x-gateway-attempts']).toBe('2');
    expect(records).toHaveLength(2);
    const [lost, answered] = records as [KeptRecord, KeptRecord];
    expect(lost).toMatchObject({
      ...{ state: 'settled', outcome: 'upstream_reset', provider: 'first' },
      ...{ attempts: [{ provider: 'first', outcome: 'upstream_reset' }], usage: { outputTokens: CAP, estimated: true } },
    });
    expect(lost.costNanoUsd <= lost.boundNanoUsd).toBe(true);
    expect(answered).toMatchObject({
      ...{ state: 'settled', outcome: 'ok', provider: 'second', costNanoUsd: DEAR_NANO_USD },
      attempts: [{ provider: 'second', outcome: 'ok' }],
    });
    expect(reply.headers['x-gateway-request-id']).toBe(answered.id);
    expect(logged).toMatchObject({ requestId: answered.id, attempts: 2, costNanoUsd: String(sumOf(records)) });
  });

  test('the money of both is taken, and nothing stays set aside', async () => {
    await start('first/dear', 'second/dear');
    const key = await gateway.addKey({ budgets: [{ limit_usd: '1.00', period: 'month' }] });
    first.script(late);
    second.script(answering(false));

    const { records } = await ask('/v1/chat/completions', false, { authorization: `Bearer ${key}` });
    const me = await gateway.send('GET', '/v1/me', { authorization: `Bearer ${key}` });

    expect(records).toHaveLength(2);
    const [budget] = me.json.budgets as [{ spent_usd: string; reserved_usd: string }];
    expect(Number(budget.reserved_usd)).toBe(0);
    expect(Math.round(Number(budget.spent_usd) * 1e9)).toBe(Number(sumOf(records)));
  });

  test('where the budget has no more, nothing more is sent, and the caller hears why nobody answered', async () => {
    await start('first/dear', 'second/dear');
    first.script(answering(false));
    const { records: before } = await ask('/v1/chat/completions', false);
    const limit_usd = formatUsd(before[0]?.boundNanoUsd as bigint);
    const key = await gateway.addKey({ budgets: [{ limit_usd, period: 'month' }] });
    first.script(late);
    second.script(answering(false));

    const { reply, records } = await ask('/v1/chat/completions', false, { authorization: `Bearer ${key}` });

    expect([reply.status, reply.json.error.code]).toEqual([502, 'upstream_reset']);
    expect(second.requests).toHaveLength(0);
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ state: 'settled', provider: 'first', outcome: 'upstream_reset' });
  });

  test('an Idempotency-Key stays with the first of the two', async () => {
    await start('first/dear', 'second/dear');
    first.script(late);
    second.script(answering(false));

    const { reply, records } = await ask('/v1/chat/completions', false, { 'idempotency-key': 'once' });
    const again = await gateway.call(
      '/v1/chat/completions',
      { ...CALLS['/v1/chat/completions'], model: 'smart', stream: false },
      { 'idempotency-key': 'once' },
    );

    expect(reply.status).toBe(200);
    expect(again.status).toBe(409);
    expect(again.text).toContain(records[0]?.id);
  });
});

import { PassThrough } from 'node:stream';
import { createPriceBook } from '../../../../lambda/money/pricing';
import { exchangeFromEvent } from '../../../../lambda/proxy/hosts/lambda-event';
import { serve } from '../../../../lambda/proxy/pipeline';
import { readStream } from '../../../support/answers';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { chunk, type Step, startUpstream, streamHead, type Upstream } from '../../../support/upstream';

/** A function lives for fifteen minutes at the most, and a model may write for longer: nobody may find out by a connection that is cut. */

const MINUTE_MS = 60_000;
/** From one piece of the answer to the next. */
const APART_MS = 10_000;
/** A nano-USD a token is 1,000,000 a million. */
const PRICES = createPriceBook(bookOf(['openai-compatible'], 'm | window=200000 maxOutput=32000 | input=1 output=2'));
const PIECE = 'some words of it ';
const delta = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: PIECE }, finish_reason: null }] })}\n\n`;

let upstream: Upstream;
let gateway: TestGateway;
/** By which the gateway's clock is ahead of this machine's. */
let aheadMs: number;

beforeEach(async () => {
  aheadMs = 0;
  upstream = await startUpstream();
  gateway = await startGateway({
    priceBook: PRICES,
    clock: { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs },
    document: { providers: [compatible('up', upstream.origin, { free: false })] },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const DIALECTS = Object.keys(DIALECT_CALLS) as (keyof typeof DIALECT_CALLS)[];

/** A stream of sixteen minutes, each piece of which the caller has before time goes on to the next. */
async function invoke(dialect: (typeof DIALECTS)[number], key: string, remainingMs: number) {
  const drip: Step[] = Array.from({ length: (16 * MINUTE_MS) / APART_MS }, () => [chunk(delta), { waitMs: 25 }]).flat();
  upstream.script([streamHead(), ...drip, { hang: true }]);
  const { path, body } = DIALECT_CALLS[dialect](true);
  const cap = dialect === 'anthropic-messages' ? { max_tokens: 4_000 } : {};
  const out = new PassThrough();
  let text = '';
  let passed = 0;
  out.on('data', (data: Buffer) => {
    text += data.toString();
    const pieces = text.split(PIECE).length - 1;
    aheadMs += Math.max(0, pieces - passed) * APART_MS;
    passed = Math.max(passed, pieces);
  });
  const beganMs = gateway.gateway.clock.monotonic();
  const exchange = exchangeFromEvent(
    { httpMethod: 'POST', path, headers: { authorization: `Bearer ${key}` }, body: JSON.stringify({ ...body, ...cap, model: 'up/m' }) },
    { getRemainingTimeInMillis: () => remainingMs },
    beganMs,
    () => out,
  );
  await serve(gateway.gateway, exchange as NonNullable<typeof exchange>);
  return { text, tookMs: gateway.gateway.clock.monotonic() - beganMs };
}

test.each(DIALECTS.flatMap((dialect) => [15, 5].map((minutes) => [dialect, minutes] as const)))(
  'G06 a stream of 16 minutes ends in an error event before a function that has %s, and %s minutes, is ended; what came is charged',
  async (dialect, minutes) => {
    const key = await gateway.addKey({ budgets: [{ limit_usd: '5', period: 'day' }] });

    const { text, tookMs } = await invoke(dialect, key, minutes * MINUTE_MS);

    expect(tookMs).toBeLessThan(minutes * MINUTE_MS - 5_000);
    expect(tookMs).toBeGreaterThan(minutes * MINUTE_MS - 2 * MINUTE_MS);
    const answer = readStream(dialect, text);
    expect(answer.terminals).toEqual(['error']);
    expect(text.split(PIECE).length).toBeGreaterThan(4 * minutes);
    const [record, ...others] = gateway.records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({ state: 'settled', outcome: 'upstream_timeout', incomplete: true, usage: { estimated: true } });
    const { costNanoUsd = 0n, boundNanoUsd = 0n } = record ?? {};
    expect(costNanoUsd).toBeGreaterThan(BigInt(record?.usage?.outputTokens ?? 0) * 2_000n);
    expect(costNanoUsd).toBeLessThanOrEqual(boundNanoUsd);
    const me = await gateway.send('GET', '/v1/me', { authorization: `Bearer ${key}` });
    const [budget] = me.json.budgets;
    expect(Number(budget.reserved_usd)).toBe(0);
    expect(Math.round(Number(budget.spent_usd) * 1e9)).toBe(Number(costNanoUsd));
    // Nobody pays for what goes on being written.
    while (upstream.open() > 0) await new Promise((done) => setTimeout(done, 5));
  },
  60_000,
);

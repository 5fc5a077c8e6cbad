import { createPriceBook } from '../../../../lambda/money/pricing';
import { compatible, route, startGateway, type TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, streamReply, type Upstream } from '../../../support/upstream';

/** A provider that says nothing is left long after it would usually have begun, if another account can be asked. */

let up: Upstream;
let spare: Upstream;
let gateway: TestGateway;
let ahead: number;

const event = (delta: object, finish: string | null = null) =>
  `data: {"id":"c","model":"m","choices":[{"index":0,"delta":${JSON.stringify(delta)},"finish_reason":${JSON.stringify(finish)}}]}\n\n`;
const STREAM = `${event({ content: 'Hi' })}${event({}, 'stop')}data: [DONE]\n\n`;
const WHOLE = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};
const HEAD_ONLY: readonly Step[] = [streamHead(), { hang: true }];

beforeEach(async () => {
  ahead = 0;
  [up, spare] = await Promise.all([startUpstream(), startUpstream()]);
  spare.script((_seen) => streamReply(STREAM));
  gateway = await startGateway({
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
    document: {
      providers: [compatible('up', up.origin, { free: false }), compatible('spare', spare.origin, { free: false })],
      routes: [route('both', 'up/m', 'spare/m')],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await Promise.all([up.close(), spare.close()]);
});

const ask = (model: string, more: object = {}) =>
  gateway.call('/v1/chat/completions', { model, stream: true, max_tokens: 50, messages: [{ role: 'user', content: 'x' }], ...more });
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
};
/** Lets time pass while a provider is silent. */
const silentFor = async (seen: Upstream, ms: number) => {
  await until(() => seen.requests.length > 0);
  await new Promise((done) => setTimeout(done, 60));
  ahead += ms;
};
const usually = async (count: number) => {
  up.script(streamReply(STREAM));
  for (let calls = 0; calls < count; calls++) await ask('both');
  up.requests.length = 0;
};

test('E12 what usually begins at once is left after half a minute, and nothing of it is seen', async () => {
  await usually(6);
  up.script(HEAD_ONLY);
  const asked = ask('both');
  await silentFor(up, 31_000);

  const reply = await asked;
  await gateway.settled();

  expect([reply.status, reply.headers['x-gateway-provider'], reply.headers['x-gateway-attempts']]).toEqual([200, 'spare', '2']);
  expect(reply.text).toBe(STREAM);
  const record = gateway.records().at(-1);
  expect(record).toMatchObject({ outcome: 'ok', provider: 'spare', attempts: [{ outcome: 'upstream_timeout' }, { outcome: 'ok' }] });
  // What it was sent may be billed.
  expect(record?.attempts?.[0]?.estimatedCostUsd).not.toBe('0.00');
});

test('E12 what is not known yet is waited for for two minutes', async () => {
  up.script([streamHead(), { waitMs: 300 }, chunk(STREAM), lastChunk]);
  const asked = ask('both');
  await silentFor(up, 100_000);

  expect((await asked).headers['x-gateway-provider']).toBe('up');
});

test('E12 alone it is waited for as long as the deadline says', async () => {
  await usually(6);
  up.script([streamHead(), { waitMs: 300 }, chunk(STREAM), lastChunk]);
  const asked = ask('up/m');
  await silentFor(up, 100_000);

  expect((await asked).headers['x-gateway-provider']).toBe('up');
});

test('E12 an answer that comes whole has the time in which all of it is written', async () => {
  await usually(6);
  up.script([{ waitMs: 300 }, ...jsonReply(WHOLE)]);
  const asked = ask('both', { stream: false, max_tokens: 10_000 });
  await silentFor(up, 100_000);

  expect((await asked).headers['x-gateway-provider']).toBe('up');
});

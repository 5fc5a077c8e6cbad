/** Servers of one's own that are asked whether they are well, and what they cost by the hour. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPriceBook } from '../../../../lambda/money/pricing';
import type { ProviderConfig, RouteConfig } from '../../../../lib/private/contract';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { jsonReply, type Step, startUpstream, type Upstream } from '../../../support/upstream';

const ANSWER = jsonReply({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});
const EVERY_SECONDS = 1;

let own: Upstream;
let other: Upstream;
let gateway: TestGateway;
let wellness: Step[];
let answers: Step[];
beforeEach(async () => {
  [own, other] = [await startUpstream(), await startUpstream()];
  [wellness, answers] = [jsonReply({}), ANSWER];
  own.script(({ method }) => (method === 'GET' ? wellness : answers));
  other.script(ANSWER);
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([own.close(), other.close()]);
});

async function start(
  changes: Partial<ProviderConfig>,
  route: Partial<RouteConfig> = {},
  otherChanges: Partial<ProviderConfig> = {},
): Promise<void> {
  const targets = [
    { provider: 'own', model: 'a' },
    { provider: 'own', model: 'b' },
    { provider: 'other', model: 'priced' },
  ];
  gateway = await startGateway({
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'priced | window=200000 maxOutput=1000 | input=1 output=2')),
    document: {
      providers: [compatible('own', own.origin, changes), compatible('other', other.origin, otherChanges)],
      routes: [{ alias: 'smart', targets, ...route }],
    },
  });
}

const ask = async () => {
  const reply = await gateway.call('/v1/chat/completions', {
    model: 'smart',
    messages: [{ role: 'user', content: 'hello' }],
    max_tokens: 100,
  });
  await gateway.settled();
  return [reply.status, reply.headers['x-gateway-provider']];
};
const probes = () => own.requests.filter(({ method }) => method === 'GET');
const calls = () => own.requests.filter(({ method }) => method === 'POST').length;
const PROBE = { probe: { path: '/health', every_seconds: EVERY_SECONDS } };
const nextProbe = () => sleep(EVERY_SECONDS * 1_000 + 50);

test('a server that is not well is passed over before a call fails there, for all of its models, and found again without one', async () => {
  await start(PROBE);
  wellness = jsonReply({ status: 'loading' }, 503);

  expect(await ask()).toEqual([200, 'own']);
  expect(await ask()).toEqual([200, 'other']);
  expect(calls()).toBe(1);

  wellness = jsonReply({});
  await nextProbe();
  expect(await ask()).toEqual([200, 'other']);
  expect(await ask()).toEqual([200, 'own']);
  expect(calls()).toBe(2);
});

test('it is asked once for all of its models, not more often than it is to be, without a credential or a prompt', async () => {
  await start(PROBE);

  await Promise.all([ask(), ask(), ask()]);
  await ask();

  expect(probes().map(({ path, body }) => [path, body.length])).toEqual([['/health', 0]]);
  expect(probes()[0]?.headers).not.toHaveProperty('authorization');
});

test('what asked to be left alone is left alone, however well it is', async () => {
  await start(PROBE);
  answers = jsonReply({ error: { message: 'slow down' } }, 429, { 'retry-after': '60' });

  expect(await ask()).toEqual([200, 'other']);
  await nextProbe();
  expect(await ask()).toEqual([200, 'other']);
  expect(await ask()).toEqual([200, 'other']);
  expect(calls()).toBe(2);
});

test('a server that is well and fails all the same gets one call after each time it was asked', async () => {
  await start(PROBE);
  answers = jsonReply({ error: { message: 'CUDA error' } }, 500);
  for (let call = 0; call < 4; call++) expect(await ask()).toEqual([200, 'other']);
  const before = calls();

  await nextProbe();
  expect(await ask()).toEqual([200, 'other']);
  expect(await ask()).toEqual([200, 'other']);
  expect(await ask()).toEqual([200, 'other']);

  // One call of each of its two models.
  expect(calls() - before).toBeLessThanOrEqual(2);
});

test('one that is not to be asked is not', async () => {
  await start({});

  await ask();

  expect(probes()).toEqual([]);
});

test('a server that is paid by the hour is no cheaper than what it does in that time, and is charged as it is said', async () => {
  const capacity = { input_usd: '5', output_usd: '5' };
  await start({ capacity }, { strategy: 'lowest_cost' }, { free: false });
  expect(await ask()).toEqual([200, 'other']);
  await gateway.close();

  await start({ capacity: { input_usd: '0.1', output_usd: '0.1' } }, { strategy: 'lowest_cost' }, { free: false });
  expect(await ask()).toEqual([200, 'own']);
  expect(gateway.records()[0]).toMatchObject({
    costNanoUsd: 0n,
    routeReason: expect.stringMatching(/strategy=lowest_cost; expected_usd=0\.0000/),
  });
});

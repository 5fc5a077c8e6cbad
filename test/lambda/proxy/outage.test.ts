import { createPriceBook } from '../../../lambda/money/pricing';
import { METRICS } from '../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let up: Upstream;
let spare: Upstream;
let gateway: TestGateway;
let ahead: number;
const answer = {
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const BEGAN_AT = Date.now();
const DOWN = jsonReply({ error: { message: 'down', type: 'server_error' } }, 503);

beforeEach(async () => {
  ahead = 0;
  [up, spare] = await Promise.all([startUpstream(), startUpstream()]);
  up.script(jsonReply(answer));
  spare.script(jsonReply(answer));
  gateway = await startGateway({
    // A busy machine adds nothing to what passes.
    clock: { now: () => BEGAN_AT + ahead, monotonic: () => 1_000_000 + ahead },
    document: {
      providers: [compatible('up', up.origin), compatible('spare', spare.origin)],
      routes: [route('both', 'up/m', 'spare/m')],
      // A busy machine takes its time to connect.
      deadlines: { connectMs: 60_000 } as never,
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await Promise.all([up.close(), spare.close()]);
});

const ask = (model = 'both') => gateway.call('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'x' }] });
const askMany = (count: number) => Promise.all(Array.from({ length: count }, () => ask()));
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
};

test('F11 I21 a primary that dies under 1,000 in flight makes no storm: attempts stay within 1.1 a request, each one record', async () => {
  let most = 0;
  let open = 0;
  up.script([{ hang: true }]);
  spare.script(() => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
    }, 20);
    return [{ waitMs: 20 }, ...jsonReply(answer)];
  });
  const inFlight = [];
  for (let batch = 0; batch < 10; batch += 1) {
    inFlight.push(...Array.from({ length: 100 }, () => ask()));
    await until(() => up.requests.length === inFlight.length);
  }

  await up.close();
  const during = await Promise.all(inFlight);
  const mostAtOnce = most;
  const after = [];
  for (let batch = 0; batch < 10; batch += 1) after.push(...(await askMany(50)));
  await gateway.settled();

  const statuses = (replies: typeof during) => [200, 503].map((status) => replies.filter((reply) => reply.status === status).length);
  const [answered = 0, refused = 0] = statuses(during);
  expect(answered + refused).toBe(1_000);
  expect(answered).toBeGreaterThanOrEqual(100);
  expect(during.filter(({ status }) => status === 503).every(({ headers }) => /^\d+$/.test(headers['retry-after'] ?? ''))).toBe(true);
  // Once the breaker is open nobody notices.
  expect(statuses(after)).toEqual([500, 0]);
  expect(mostAtOnce).toBeLessThanOrEqual(110);
  const records = gateway.records();
  expect(records.map(({ state }) => state).every((state) => state === 'settled' || state === 'void')).toBe(true);
  expect(new Set(records.map(({ id }) => id)).size).toBe(1_500);
  expect(records).toHaveLength(1_500);
  expect(records.reduce((sum, { attempts }) => sum + (attempts?.length ?? 0), 0)).toBeLessThanOrEqual(1_650);
  const log = gateway.log.filter(({ event }) => event === 'request');
  expect(log).toHaveLength(1_500);
}, 120_000);

test('F11 a few calls at once all fail over', async () => {
  up.script(DOWN);

  expect((await askMany(60)).map(({ status }) => status)).toEqual(Array(60).fill(200));
});

test('F12 a target that failed gets one call a second until one succeeds, whatever the traffic', async () => {
  up.script(DOWN);
  for (let count = 0; count < 3; count += 1) await ask();
  expect(up.requests).toHaveLength(3);
  const seen: number[] = [];

  for (ahead = 500; ahead < 60_000; ahead += 500) {
    const before = up.requests.length;
    await askMany(5);
    seen.push(up.requests.length - before);
  }

  expect(Math.max(...seen)).toBe(1);
  // After each rest of ten seconds one call finds out that it is still down.
  const probes = seen.reduce((sum, count) => sum + count, 0);
  expect(probes).toBeGreaterThanOrEqual(5);
  expect(probes).toBeLessThanOrEqual(6);

  up.script(jsonReply(answer));
  ahead += 10_000;
  await ask();
  const recovered = up.requests.length;
  await askMany(5);
  expect(up.requests.length).toBe(recovered + 5);
});

test('F12 a call that finds out slowly is not joined by a herd', async () => {
  up.script(DOWN);
  for (let count = 0; count < 3; count += 1) await ask();
  up.script([{ hang: true }]);
  ahead = 10_500;
  const probe = ask();
  await until(() => up.requests.length === 4);

  const others = await askMany(50);

  expect(others.map(({ headers }) => headers['x-gateway-provider'])).toEqual(Array(50).fill('spare'));
  expect(up.requests).toHaveLength(4);
  await up.close();
  expect((await probe).status).toBe(200);
});

test('F12 alone, a target that failed is tried once a second', async () => {
  up.script(DOWN);
  await ask('up/m');
  const before = up.requests.length;

  for (ahead = 100; ahead <= 5_000; ahead += 100) await ask('up/m');

  expect(up.requests.length - before).toBeLessThanOrEqual(5);
  expect(up.requests.length - before).toBeGreaterThanOrEqual(4);
});

test('F15 an answer by another model is charged as what was asked for; without a price at the ceiling', async () => {
  await gateway.close();
  gateway = await startGateway({
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'priced || input=1 output=2')),
    document: {
      providers: [compatible('up', up.origin, { free: false })],
      unknownPrice: { policy: 'ceiling', ceilingUsd: '0.01' },
    },
  });
  up.script(jsonReply({ ...answer, model: 'somebody-else-2027' }));

  const known = await ask('up/priced');
  await gateway.settled();
  expect([known.status, known.json.model]).toEqual([200, 'somebody-else-2027']);
  expect(gateway.records()).toMatchObject([
    { requestModel: 'priced', responseModel: 'somebody-else-2027', priceSource: 'book', costNanoUsd: 3_000n },
  ]);

  const unknown = await ask('up/unheard-of');
  await gateway.settled();
  expect(unknown.status).toBe(200);
  expect(gateway.records().find(({ requestModel }) => requestModel === 'unheard-of')).toMatchObject({
    state: 'settled',
    responseModel: 'somebody-else-2027',
    priceSource: 'ceiling',
    costNanoUsd: 10_000_000n,
    boundNanoUsd: 10_000_000n,
  });
  expect(gateway.metrics.filter((line) => line[METRICS.PRICE_UNKNOWN] === 1)).toHaveLength(1);
});

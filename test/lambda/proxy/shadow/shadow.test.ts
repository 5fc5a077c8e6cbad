/** What a route tries out: it gets a share of the calls that were answered, and nobody hears, waits or pays for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPriceBook } from '../../../../lambda/money/pricing';
import type { GatewayDocument, ProviderConfig, RouteConfig, ShadowConfig } from '../../../../lib/private/contract';
import { compatible, startGateway, type TestGateway, type TestGatewayOptions } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { jsonReply, type Step, startUpstream, type Upstream } from '../../../support/upstream';

const ANSWER = {
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
};
const EVENTS = [
  { choices: [{ index: 0, delta: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }] },
  { choices: [], usage: ANSWER.usage },
];
const STREAM = `${EVENTS.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
const streamed: Step[] = [
  { send: `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${STREAM.length}\r\n\r\n${STREAM}` },
];

let real: Upstream;
let tried: Upstream;
let gateway: TestGateway;
beforeEach(async () => {
  [real, tried] = [await startUpstream(), await startUpstream()];
  const answer = ({ body }: { body: Buffer }) => (body.includes('"stream":true') ? streamed : jsonReply(ANSWER));
  real.script(answer);
  tried.script(answer);
});
afterEach(async () => {
  await gateway.close();
  await Promise.all([real.close(), tried.close()]);
});

const SHADOW: ShadowConfig = { provider: 'tried', model: 'new', share: 1, budget: { limit_usd: '1', period: 'day' } };

interface Scene extends Omit<TestGatewayOptions, 'document'> {
  readonly shadow?: Partial<ShadowConfig>;
  readonly route?: Partial<RouteConfig>;
  readonly document?: Partial<GatewayDocument>;
  readonly provider?: Partial<ProviderConfig>;
}

async function start({ shadow = {}, route = {}, document = {}, provider = {}, ...options }: Scene = {}): Promise<void> {
  gateway = await startGateway({
    priceBook: createPriceBook(
      bookOf(
        ['openai-compatible'],
        'old | window=200000 maxOutput=1000 | input=1 output=1',
        'new | window=200000 maxOutput=1000 | input=10 output=10',
      ),
    ),
    ...options,
    document: {
      providers: [compatible('real', real.origin, { free: false }), compatible('tried', tried.origin, { free: false, ...provider })],
      routes: [{ alias: 'smart', targets: [{ provider: 'real', model: 'old' }], shadow: { ...SHADOW, ...shadow }, ...route }],
      ...document,
    },
  });
}

const MESSAGES = [{ role: 'user', content: 'hello' }];
const ask = async (more: object = {}, headers: Record<string, string> = {}, path = '/v1/chat/completions') => {
  const reply = await gateway.call(path, { model: 'smart', messages: MESSAGES, max_tokens: 100, ...more }, headers);
  return reply;
};
const records = async () => {
  await gateway.settled();
  return gateway.records();
};
const shadows = async () => (await records()).filter(({ shadowOf }) => shadowOf !== undefined);

const BODIES: Readonly<Record<string, object>> = {
  '/v1/chat/completions': {},
  '/v1/messages': {},
  '/v1/responses': { messages: undefined, max_tokens: undefined, max_output_tokens: 100, input: 'hello' },
};

describe.each(Object.keys(BODIES))('a call of %s', (path) => {
  test.each([false, true])(
    'is sent to it too, as it was asked, with a record of its own and on its own account; streamed: %s',
    async (stream) => {
      await start();

      const reply = await ask({ ...BODIES[path], stream }, {}, path);

      expect([reply.status, reply.headers['x-gateway-provider'], reply.headers['x-gateway-attempts']]).toEqual([200, 'real', '1']);
      const all = await records();
      const [own] = all.filter(({ shadowOf }) => shadowOf === undefined);
      const [shadow] = await shadows();
      expect(all).toHaveLength(2);
      expect(own).toMatchObject({ provider: 'real', costNanoUsd: 15_000n });
      expect(shadow).toMatchObject({
        provider: 'tried',
        requestModel: 'new',
        originalModel: 'smart',
        shadowOf: own?.id,
        keyId: 'shadow:smart',
        costNanoUsd: 150_000n,
        state: 'settled',
        usage: { inputTokens: 10, outputTokens: 5 },
      });
      expect(shadow?.teamId).toBeUndefined();
      expect(JSON.parse(tried.requests[0]?.body.toString() ?? '')).toMatchObject({ model: 'new', messages: MESSAGES });
    },
  );
});

test('its caller has the answer while it is still on its way, and pays nothing for it', async () => {
  await start();
  tried.script([{ waitMs: 1_000 }, ...jsonReply(ANSWER)]);
  const key = await gateway.addKey({ budgets: [{ limit_usd: '1', period: 'day' }] });

  const reply = await ask({}, { authorization: `Bearer ${key}` });

  expect(reply.status).toBe(200);
  expect(gateway.records().filter(({ shadowOf }) => shadowOf !== undefined)).toEqual([]);
  expect(await shadows()).toHaveLength(1);
  const me = await gateway.send('GET', '/v1/me', { authorization: `Bearer ${key}` });
  expect(me.json.budgets[0]).toMatchObject({ spent_usd: '0.000015', reserved_usd: '0.00' });
});

test.each<[string, Step[]]>([
  ['fails', jsonReply({ error: { message: 'no' } }, 500)],
  ['refuses', jsonReply({ error: { message: 'no' } }, 400)],
  ['breaks off', [{ send: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{' }, { reset: true }]],
])('that it %s is nobody’s business, and no failure of the service', async (_what, script) => {
  await start();
  tried.script(script);

  const reply = await ask();

  expect([reply.status, reply.headers['x-gateway-provider']]).toEqual([200, 'real']);
  const [shadow] = await shadows();
  expect(shadow?.outcome).not.toBe('ok');
  const counted = gateway.metrics.flatMap((line) => Object.keys(line));
  expect(counted.filter((name) => /Errors|errors|failed/.test(name))).toEqual([]);
});

test('a call that is not answered has none, and one that its route may not send has neither', async () => {
  await start();
  real.script(jsonReply({ error: { message: 'no' } }, 400));

  expect((await ask()).status).toBe(400);
  await gateway.settled();

  expect(tried.requests).toEqual([]);
});

test('its share is drawn for each call', async () => {
  const draws = [0.05, 0.5, 0.09, 0.11];
  await start({ shadow: { share: 0.1 }, random: () => 0 });
  const { random } = gateway.gateway;
  for (const draw of draws) {
    Object.assign(gateway.gateway, { random: () => draw });
    await ask();
    await gateway.settled();
  }
  Object.assign(gateway.gateway, { random });

  expect(tried.requests).toHaveLength(2);
});

test('once its budget is spent calls have none, and are answered all the same', async () => {
  // A call may cost some 22 thousandths there and costs 0.00015.
  await start({ shadow: { budget: { limit_usd: '0.022', period: 'day' } } });

  for (let call = 0; call < 12; call++) {
    expect((await ask()).status).toBe(200);
    await gateway.settled();
  }

  const spent = (await shadows()).reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
  expect(real.requests).toHaveLength(12);
  expect(tried.requests.length).toBeLessThan(12);
  expect(spent <= 22_000_000n).toBe(true);
  expect(gateway.log.filter(({ event }) => event === 'shadow-dropped')).toContainEqual(
    expect.objectContaining({ code: 'insufficient_quota' }),
  );
});

test('two hundred at once never cost more than its budget, whatever they are set aside for', async () => {
  await start({ shadow: { budget: { limit_usd: '0.1', period: 'day' } } });

  await Promise.all(Array.from({ length: 200 }, () => ask()));

  const all = await shadows();
  const spent = all.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
  expect(spent <= 100_000_000n).toBe(true);
  expect(all.length).toBeGreaterThan(0);
  expect(real.requests).toHaveLength(200);
}, 60_000);

test('the budget of the whole gateway holds for it too', async () => {
  await start({ document: { gateway: { budgets: [{ limit_usd: '0.01', period: 'day' }] } } });

  expect((await ask()).status).toBe(200);
  await gateway.settled();

  // The call itself may cost 2 thousandths, its shadow 22.
  expect(tried.requests).toEqual([]);
});

test('where the process has no time left there is none', async () => {
  await start();
  const soon = gateway.gateway.clock.monotonic();
  const { clock } = gateway.gateway;
  await ask();
  await gateway.settled();
  expect(tried.requests).toHaveLength(1);
  // Lambda's end is near.
  const exchange = { deadlineMs: soon };
  expect(gateway.gateway.shadows.take({ exchange, resolution: { shadow: { share: 1 } } } as never, () => 0, clock.monotonic())).toBe(false);
});

test('tools that a provider runs are not run twice', async () => {
  await start({ provider: { kind: 'openai' as const, baseUrl: { value: `${tried.origin}/v1` } } });
  const key = await gateway.addKey({ serverTools: ['*'] });

  await ask(
    { tools: [{ type: 'web_search' }], input: 'hello', messages: undefined, max_tokens: undefined },
    { authorization: `Bearer ${key}` },
    '/v1/responses',
  );
  await gateway.settled();

  expect(tried.requests).toEqual([]);
});

describe('it goes only where the call itself might have gone', () => {
  test.each<[string, Scene, object, Record<string, string>]>([
    ['its label', { document: { sensitiveTargets: { restricted: ['real/*'] } } }, {}, { 'x-gateway-sensitivity': 'restricted' }],
    ['a fence of its key', { provider: { residency: 'eu' } }, { residency: ['us'] }, {}],
    ['a fence of its route', { provider: { residency: 'eu' }, route: { residency: ['us-east-1'] } }, {}, {}],
    ['its key’s list of models', {}, { models: ['real/*'] }, {}],
    ['its key’s endpoints and models', {}, { models: ['real/old'], endpoints: ['/v1/chat/completions'] }, {}],
  ])('held by %s', async (_by, scene, ofKey, headers) => {
    await start(scene);
    const key = await gateway.addKey(ofKey);

    const reply = await ask({}, { authorization: `Bearer ${key}`, ...headers });
    await gateway.settled();
    await sleep(10);

    expect([reply.status, reply.headers['x-gateway-provider']]).toEqual([200, 'real']);
    expect(tried.requests).toEqual([]);
    expect(
      gateway.log.some(({ event, code }) => event === 'shadow-dropped' && typeof code === 'string' && code.endsWith('_not_allowed')),
    ).toBe(true);
  });
});

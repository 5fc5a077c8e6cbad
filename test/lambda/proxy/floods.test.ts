import { generateKey } from '../../../lambda/identity/virtual-key';
import { createPriceBook } from '../../../lambda/money/pricing';
import { createLog } from '../../../lambda/platform/runtime/log';
import { createMetrics } from '../../../lambda/platform/runtime/metrics';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

/** Callers that hammer. What only a real account can show needs AWS_INTEGRATION=1 and GATEWAY_URL. */

const onAws = process.env['AWS_INTEGRATION'] === '1' ? test : test.skip;
const gatewayUrl = (): string => {
  const url = process.env['GATEWAY_URL'];
  if (url === undefined) throw new Error('set GATEWAY_URL to the url of a deployed gateway, stage included');
  return url;
};

let upstream: Upstream;
let gateway: TestGateway;
let ahead: number;
const ANSWER = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};
const BODY = { model: 'up/m', max_tokens: 5, messages: [{ role: 'user', content: 'x' }] };

beforeEach(async () => {
  ahead = 0;
  upstream = await startUpstream();
  upstream.script(jsonReply(ANSWER));
});

afterEach(async () => {
  await gateway?.close();
  await upstream.close();
});

const start = async (more: Parameters<typeof startGateway>[0] = {}) => {
  gateway = await startGateway({
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
    document: { providers: [compatible('up', upstream.origin, { free: false })] },
    ...more,
  });
};

test('A03 10,000 random well-formed keys cost one read each in 30 seconds, and no more memory than that', async () => {
  await start();
  const { authenticator } = gateway.gateway;
  const keys = Array.from({ length: 10_000 }, () => ({ authorization: `Bearer ${generateKey().text}` }));
  const ask = (headers: { authorization: string }): Promise<unknown> =>
    authenticator.authenticate(headers, false).then(
      () => 'let in',
      (error: { code: string }) => error.code,
    );

  const answers = new Set<unknown>();
  for (const headers of keys) answers.add(await ask(headers));
  ahead = 20_000;
  for (const headers of keys) answers.add(await ask(headers));
  expect([...answers]).toEqual(['invalid_api_key']);
  expect(gateway.table.calls.batchGetItem).toBe(10_000);
  expect(gateway.table.writes).toBe(0);

  // Whoever has a key is let in all the while.
  expect((await gateway.call('/v1/chat/completions', BODY)).status).toBe(200);
  // The oldest give way: the memory does not grow with the flood.
  for (let count = 0; count < 1_000; count += 1) await ask({ authorization: `Bearer ${generateKey().text}` });
  gateway.table.resetCounts();
  for (const headers of keys.slice(0, 100)) await ask(headers);
  expect(gateway.table.calls.batchGetItem).toBe(100);
});

test('H12 a denied flood is answered from memory: fewer than 50 writes for 1,000 calls, and nobody else notices', async () => {
  await start();
  const spent = await gateway.addKey({ budgets: [{ limit_usd: '0.000001', period: 'month' }] });
  const limited = await gateway.addKey({ limits: { requests_per_minute: 1 } });
  await gateway.call('/v1/chat/completions', BODY, { authorization: `Bearer ${limited}` });
  await gateway.settled();
  gateway.table.resetCounts();

  const statuses: Record<string, number> = {};
  for (let batch = 0; batch < 100; batch += 1) {
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_value, index) =>
        gateway.call('/v1/chat/completions', BODY, { authorization: `Bearer ${index % 2 === 0 ? spent : limited}` }),
      ),
    );
    for (const { status, headers } of replies) {
      const seen = `${status} ${headers['x-should-retry']}`;
      statuses[seen] = (statuses[seen] ?? 0) + 1;
    }
  }
  await gateway.settled();

  expect(statuses).toEqual({ '402 false': 500, '429 true': 500 });
  expect(gateway.table.writes).toBeLessThan(50);
  expect(upstream.requests).toHaveLength(1);
  expect((await gateway.call('/v1/chat/completions', BODY)).status).toBe(200);
}, 30_000);

test('I12 a log and metrics that cannot be delivered do not concern the caller', async () => {
  const broken = (): never => {
    throw new Error('no space left');
  };
  await start({ log: createLog('info', broken), metrics: createMetrics('test', () => Date.now(), broken) });

  const answered = await gateway.call('/v1/chat/completions', BODY);
  const refused = await gateway.call('/v1/chat/completions', BODY, { authorization: 'Bearer nonsense' });
  await gateway.settled();

  expect([answered.status, refused.status]).toEqual([200, 401]);
  expect(gateway.records()).toMatchObject([{ state: 'settled' }]);
});

onAws(
  'A03 on AWS, random keys are refused or throttled, and the gateway goes on answering',
  async () => {
    const url = `${gatewayUrl()}/v1/models`;
    const seen = new Set<number>();
    for (let round = 0; round < 20; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 500 }, () => fetch(url, { headers: { authorization: `Bearer ${generateKey().text}` } })),
      );
      for (const { status } of replies) seen.add(status);
    }

    for (const status of seen) expect([401, 403, 429, 503]).toContain(status);
    expect((await fetch(`${gatewayUrl()}/health`)).status).toBe(200);
  },
  120_000,
);

onAws(
  'H12 on AWS, a denied flood on one key is refused while the gateway goes on answering',
  async () => {
    const key = process.env['SPENT_KEY'];
    if (key === undefined) throw new Error('set SPENT_KEY to a key whose budget is spent');
    for (let round = 0; round < 20; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 250 }, () =>
          fetch(`${gatewayUrl()}/v1/chat/completions`, {
            method: 'POST',
            headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
            body: JSON.stringify({ ...BODY, model: process.env['MODEL'] ?? 'smart' }),
          }),
        ),
      );
      for (const { status } of replies) expect([402, 429, 503]).toContain(status);
    }
    expect((await fetch(`${gatewayUrl()}/health`)).status).toBe(200);
  },
  120_000,
);

import { METRICS } from '../../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../../support/gateway';
import { chunk, jsonReply, startUpstream, streamHead, type Upstream } from '../../../support/upstream';

/** Each attempt is told of under the name of the provider that made it fail, whoever answered in the end. */

let bad: Upstream;
let good: Upstream;
let gateway: TestGateway;

const ANSWER = {
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12, prompt_tokens_details: { cached_tokens: 4 } },
};

beforeEach(async () => {
  [bad, good] = await Promise.all([startUpstream(), startUpstream()]);
  good.script(jsonReply(ANSWER));
  gateway = await startGateway({
    document: {
      providers: [compatible('bad', bad.origin), compatible('good', good.origin)],
      routes: [route('smart', 'bad/m', 'good/m'), route('only', 'bad/m')],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await Promise.all([bad.close(), good.close()]);
});

const ask = async (model: string, more: object = {}) => {
  const reply = await gateway.call('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'x' }], ...more });
  await gateway.settled();
  return reply;
};

/** The values that CloudWatch takes out of the lines, by metric and values of its dimensions. */
const counted = () => {
  const sums: Record<string, number> = {};
  for (const line of gateway.metrics) {
    const { CloudWatchMetrics } = line['_aws'] as {
      CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[];
    };
    for (const { Dimensions, Metrics } of CloudWatchMetrics)
      for (const names of Dimensions)
        for (const { Name } of Metrics) {
          const key = [Name, ...names.map((name) => line[name])].join(' ');
          sums[key] = (sums[key] ?? 0) + (line[Name] as number);
        }
  }
  return sums;
};

test('ops-01 a refused credential is counted, logged and recorded under the provider that refused it', async () => {
  bad.script(jsonReply({ error: { message: 'no', code: 'invalid_api_key' } }, 401));

  expect((await ask('smart')).status).toBe(200);

  const sums = counted();
  expect(sums).toMatchObject({
    [`${METRICS.REQUESTS} test`]: 1,
    [`${METRICS.FAILOVERS} test`]: 1,
    [`${METRICS.PROVIDER_KEY_BAD} test bad`]: 1,
    [`${METRICS.ATTEMPT_FAILURES} test bad`]: 1,
    [`${METRICS.ATTEMPT_FAILURES} test bad none credential`]: 1,
    [`${METRICS.ATTEMPTS} test bad`]: 1,
    [`${METRICS.ATTEMPTS} test good`]: 1,
    [`${METRICS.BREAKER_OPEN} test good`]: 0,
    [`${METRICS.CACHE_HITS} test`]: 1,
    [`${METRICS.CACHE_READ_TOKENS} test`]: 4,
  });
  expect(Object.keys(sums).filter((key) => key.includes(' good') && (key.includes('failures') || key.includes('key_bad')))).toEqual([]);
  const lines = gateway.log.filter(({ event }) => event === 'attempt' || event === 'request');
  expect(lines).toMatchObject([
    { event: 'attempt', provider: 'bad', model: 'm', region: 'none', error_type: 'credential', outcome: 'upstream_auth', status: 401 },
    { event: 'request', provider: 'good', outcome: 'ok', status: 200, attempts: 2 },
  ]);
  expect(lines[0]?.['requestId']).toBe(lines[1]?.['requestId']);
  expect(gateway.records()).toMatchObject([
    {
      attempts: [
        { provider: 'bad', outcome: 'upstream_auth' },
        { provider: 'good', outcome: 'ok' },
      ],
    },
  ]);
});

test('a request that nobody answers is one set of the request, and one of each attempt', async () => {
  bad.script(jsonReply({ error: { message: 'busy' } }, 503));

  expect((await ask('only')).status).toBe(503);

  const [record] = gateway.records();
  const attempts = record?.attempts?.length ?? 0;
  expect(attempts).toBeGreaterThan(1);
  expect(gateway.log.filter(({ event }) => event === 'attempt')).toHaveLength(attempts);
  expect(counted()).toMatchObject({
    [`${METRICS.REQUESTS} test`]: 1,
    [`${METRICS.ERRORS} test`]: 1,
    [`${METRICS.ATTEMPTS} test bad`]: attempts,
    [`${METRICS.ATTEMPT_FAILURES} test bad`]: attempts,
  });
});

test('a place that is left alone from an attempt on is shown so, in the record too, until it answers', async () => {
  bad.script(jsonReply({ error: { message: 'slow down' } }, 429));

  await ask('smart');

  expect(counted()).toMatchObject({
    [`${METRICS.BREAKER_OPEN} test bad`]: 1,
    [`${METRICS.ATTEMPT_FAILURES} test bad none rate_limit`]: 1,
    [`${METRICS.BREAKER_OPEN} test good`]: 0,
  });
  expect(gateway.records()[0]?.attempts).toMatchObject([{ provider: 'bad', rests: true }, { provider: 'good' }]);
});

test("a call that a provider does not take is no failure of the provider's", async () => {
  bad.script(jsonReply({ error: { message: 'no', code: 'invalid_value', param: 'temperature' } }, 400));

  await ask('only');

  const sums = counted();
  expect(sums).toMatchObject({ [`${METRICS.ATTEMPT_REFUSALS} test bad`]: 1, [`${METRICS.REJECTED} test`]: 1 });
  expect(Object.keys(sums).filter((key) => key.startsWith(METRICS.ATTEMPT_FAILURES))).toEqual([]);
});

test('a stream that breaks off is a failed attempt of its provider', async () => {
  const text = { choices: [{ index: 0, delta: { content: 'y' }, finish_reason: null }] };
  bad.script([streamHead(), chunk(`data: ${JSON.stringify(text)}\n\n`), { waitMs: 50 }, { reset: true }]);

  await ask('only', { stream: true });

  expect(counted()).toMatchObject({
    [`${METRICS.ERRORS} test`]: 1,
    [`${METRICS.ATTEMPTS} test bad`]: 1,
    [`${METRICS.ATTEMPT_FAILURES} test bad`]: 1,
  });
  expect(gateway.log.find(({ event }) => event === 'request')).toMatchObject({ provider: 'bad', incomplete: true });
});

test('reservations that are open at once are seen', async () => {
  good.script([{ waitMs: 100 }, ...jsonReply(ANSWER)]);
  const key = await gateway.addKey({ limits: { concurrent_requests: 10 } });

  const body = { model: 'good/m', messages: [{ role: 'user', content: 'x' }] };
  await Promise.all([1, 2, 3].map(() => gateway.call('/v1/chat/completions', body, { authorization: `Bearer ${key}` })));
  await gateway.settled();

  const seen = gateway.metrics.flatMap((line) => (METRICS.RESERVATIONS_OPEN in line ? [line[METRICS.RESERVATIONS_OPEN] as number] : []));
  expect(Math.max(...seen)).toBe(3);
});

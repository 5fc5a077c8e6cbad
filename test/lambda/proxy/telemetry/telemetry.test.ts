import { execFileSync } from 'node:child_process';
import { createSigV4Signer } from '../../../../lambda/aws/signing';
import { createTransport } from '../../../../lambda/platform/http/transport';
import { createLog, readEnvironment, systemClock } from '../../../../lambda/platform/runtime';
import { openTelemetry } from '../../../../lambda/proxy/telemetry/open';
import type { Telemetry } from '../../../../lambda/proxy/telemetry/telemetry';
import { METRICS, type OtlpConfig } from '../../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../../support/gateway';
import { readMetrics, readSpans } from '../../../support/otlp';
import { jsonReply, reply, startUpstream, type Upstream } from '../../../support/upstream';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const ANSWER = {
  model: 'm-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
};
const AWS_KEYS = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

let bad: Upstream;
let good: Upstream;
let collector: Upstream;
let telemetry: Telemetry | undefined;
let gateway: TestGateway | undefined;
const log: string[] = [];

beforeEach(async () => {
  [bad, good, collector] = await Promise.all([startUpstream(), startUpstream(), startUpstream()]);
  bad.script(jsonReply({ error: { message: 'no' } }, 401));
  good.script(jsonReply(ANSWER));
  collector.script(reply(200, { 'content-type': 'application/x-protobuf' }, ''));
});

afterEach(async () => {
  await gateway?.close();
  await Promise.all([bad.close(), good.close(), collector.close()]);
  [gateway, telemetry] = [undefined, undefined];
  log.length = 0;
});

async function start(settings: { metrics?: OtlpConfig; spans?: OtlpConfig } | undefined): Promise<TestGateway> {
  if (settings !== undefined) {
    const transport = createTransport();
    telemetry = openTelemetry(settings, {
      environment: readEnvironment({ GATEWAY_NAME: 'Test/Gateway', AWS_ENDPOINT_URL: collector.origin }),
      session: { transport, signer: createSigV4Signer(systemClock), credentials: async () => AWS_KEYS, region: 'eu-central-1' },
      fetchSecret: async () => '{"Authorization":"Basic abc","X-Team":"red"}',
      clock: systemClock,
      log: createLog('info', (line) => log.push(line)),
    });
  }
  gateway = await startGateway({
    telemetry,
    document: {
      providers: [compatible('bad', bad.origin), compatible('good', good.origin)],
      routes: [route('smart', 'bad/m', 'good/m')],
    },
  });
  return gateway;
}

const toCollector = (path = ''): OtlpConfig => ({ kind: 'collector', url: { value: `${collector.origin}${path}` }, network: 'loopback' });
const ask = async (headers: Record<string, string> = {}) => {
  const body = { model: 'smart', messages: [{ role: 'user', content: 'secret words' }] };
  const answered = await (gateway as TestGateway).call('/v1/chat/completions', body, headers);
  await gateway?.settled();
  return answered;
};
const sentTo = (path: string) => collector.requests.filter((request) => request.path === path);

describe('traceparent', () => {
  test('goes on to each provider as it came where the gateway keeps no spans, and is recorded', async () => {
    await start(undefined);
    const traceparent = `00-${TRACE}-${CALLER}-01`;

    await ask({ traceparent });

    for (const { requests } of [bad, good]) expect(requests.at(-1)?.headers['traceparent']).toBe(traceparent);
    expect(gateway?.records()).toMatchObject([{ traceId: TRACE }]);
    expect(gateway?.log.find(({ event }) => event === 'request')).toMatchObject({ traceId: TRACE });
  });

  test.each([
    ['of a version that cannot be', `ff-${TRACE}-${CALLER}-01`],
    ['of no trace', `00-${'0'.repeat(32)}-${CALLER}-01`],
    ['of no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['in capitals', `00-${TRACE.toUpperCase()}-${CALLER}-01`],
    ['longer than its version has it', `00-${TRACE}-${CALLER}-01-more`],
    ['of something else', '"}\n{"level":"fatal"'],
  ])('%s is as good as none', async (_what, traceparent) => {
    await start(undefined);

    await ask({ traceparent: traceparent.replaceAll('\n', ' ') });

    expect(good.requests.at(-1)?.headers).not.toHaveProperty('traceparent');
    expect(gateway?.records()[0]).not.toHaveProperty('traceId');
  });

  test('none goes out where none came in', async () => {
    await start(undefined);

    await ask();

    expect(good.requests.at(-1)?.headers).not.toHaveProperty('traceparent');
  });
});

describe('spans', () => {
  test('one of the request within the caller’s, one of each attempt within it, which the provider is told of', async () => {
    await start({ spans: toCollector('/api/otel') });

    await ask({ traceparent: `00-${TRACE}-${CALLER}-01` });

    const [sent] = sentTo('/api/otel/v1/traces');
    expect(sent?.headers).toMatchObject({ 'content-type': 'application/x-protobuf' });
    const { resource, spans } = readSpans(sent?.body as Buffer);
    expect(resource).toEqual({ 'service.name': 'Test/Gateway' });
    const [request, first, second] = spans;
    expect(spans).toHaveLength((gateway?.records()[0]?.attempts?.length ?? 0) + 1);
    expect(request).toMatchObject({ traceId: TRACE, parentId: CALLER, name: 'chat smart', kind: 2, failed: false });
    expect(request?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'smart',
      'gen_ai.response.model': 'm-1',
      'gen_ai.usage.input_tokens': 9,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.response.finish_reasons': ['stop'],
      'http.response.status_code': 200,
      'llm_gateway.request.id': gateway?.records()[0]?.id,
    });
    expect(first).toMatchObject({ traceId: TRACE, parentId: request?.spanId, name: 'chat m', kind: 3, failed: true });
    expect(first?.attributes).toMatchObject({
      'llm_gateway.provider': 'bad',
      'error.type': 'credential',
      'http.response.status_code': 401,
    });
    expect(second).toMatchObject({ parentId: request?.spanId, failed: false, attributes: { 'llm_gateway.provider': 'good' } });
    expect(good.requests.at(-1)?.headers['traceparent']).toBe(`00-${TRACE}-${second?.spanId}-01`);
    expect(request?.tookMs).toBeGreaterThanOrEqual(second?.tookMs ?? Number.POSITIVE_INFINITY);
    expect(sent?.body.includes('secret words')).toBe(false);
  });

  test('a trace begins with a call that comes without one, and one that is not sampled leaves no span', async () => {
    await start({ spans: toCollector() });

    await ask();
    await ask({ traceparent: `00-${TRACE}-${CALLER}-00` });
    await telemetry?.flush();

    const spans = sentTo('/v1/traces').flatMap(({ body }) => readSpans(body).spans);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans[0]).toMatchObject({ parentId: undefined });
    expect(spans[0]?.traceId).not.toBe(TRACE);
    expect(good.requests.at(-1)?.headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  });
});

describe('metrics', () => {
  test('have the names of the log’s, told apart by key, provider and kind of failure, and add up', async () => {
    await start({ metrics: toCollector() });

    for (const _call of [1, 2, 3]) await ask();
    await telemetry?.flush();

    const bodies = sentTo('/v1/metrics').map(({ body }) => readMetrics(body));
    expect(bodies[0]?.resource).toEqual({ 'service.name': 'Test/Gateway' });
    const points = bodies.flatMap((body) => body.points);
    const sum = (name: string) => points.filter((point) => point.name === name).reduce((total, { value }) => total + value, 0);
    expect([sum(METRICS.REQUESTS), sum(METRICS.INPUT_TOKENS), sum(METRICS.OUTPUT_TOKENS)]).toEqual([3, 27, 9]);
    const inLog = gateway?.metrics.filter((line) => METRICS.ATTEMPTS in line).length;
    expect(sum(METRICS.ATTEMPTS)).toBe(inLog);
    expect(points.find(({ name }) => name === METRICS.REQUESTS)).toMatchObject({
      unit: '{request}',
      attributes: { 'llm_gateway.key.id': gateway?.records()[0]?.keyId, 'llm_gateway.provider': 'good', 'gen_ai.request.model': 'm' },
    });
    expect(points.find(({ name }) => name === METRICS.ATTEMPT_FAILURES)?.attributes).toMatchObject({
      'llm_gateway.provider': 'bad',
      'error.type': 'credential',
    });
    expect(points.find(({ name }) => name === METRICS.DURATION)).toMatchObject({ unit: 's', count: expect.any(Number) });
  });

  test('go to CloudWatch signed by the role, after the answer', async () => {
    await start({ metrics: { kind: 'cloudwatch' }, spans: { kind: 'cloudwatch' } });

    await ask();

    const [metrics] = sentTo('/v1/metrics');
    const [traces] = sentTo('/v1/traces');
    expect(metrics?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/monitoring\/aws4_request,/);
    expect(traces?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/xray\/aws4_request,/);
  });

  test('a secret’s headers prove the call', async () => {
    await start({ metrics: { ...toCollector(), headersSecretArn: { value: 'arn:headers' } } as OtlpConfig });

    await ask();

    expect(sentTo('/v1/metrics')[0]?.headers).toMatchObject({ authorization: 'Basic abc', 'x-team': 'red' });
  });
});

test('J08 neither prompt, answer, header nor credential is in what is sent', async () => {
  good.script(
    jsonReply({ ...ANSWER, choices: [{ index: 0, message: { role: 'assistant', content: 'canary-answer' }, finish_reason: 'stop' }] }),
  );
  bad.script(jsonReply({ error: { message: 'canary-error' } }, 401));
  await start({ metrics: toCollector(), spans: toCollector() });

  await ask({ 'x-gateway-tags': 'feature=canary-label', 'user-agent': 'canary-agent', 'x-canary': 'canary-header' });
  await telemetry?.flush();

  expect(collector.requests.length).toBeGreaterThan(1);
  for (const { body } of collector.requests) {
    for (const mark of ['canary', 'secret words', gateway?.key.slice(-40) ?? '']) expect(body.includes(mark)).toBe(false);
  }
});

test('I12 a collector that is gone, refuses or says nothing concerns no caller, and is told of once', async () => {
  await start({ metrics: toCollector(), spans: toCollector() });
  collector.script(reply(503, {}, 'no'));

  expect((await ask()).status).toBe(200);
  await collector.close();
  expect((await ask()).status).toBe(200);
  await telemetry?.flush();

  expect(gateway?.records()).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
  expect(log.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', event: 'telemetry-unsent', code: 'Http503' }]);
  collector = await startUpstream();
});

const PYTHON = process.env['PYTHON'] ?? 'python3';
const SCRIPT = `
import base64, json, sys
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
metrics, spans = json.load(sys.stdin)
print(json.dumps([MessageToDict(kind.FromString(base64.b64decode(text))) for kind, text in ((ExportMetricsServiceRequest, metrics), (ExportTraceServiceRequest, spans))]))
`;

(hasPython() ? test : test.skip)('OpenTelemetry’s own code reads what is sent, and finds nothing that it does not know', async () => {
  await start({ metrics: toCollector(), spans: toCollector() });
  await ask();
  const [metrics, spans] = ['/v1/metrics', '/v1/traces'].map((path) => sentTo(path)[0]?.body as Buffer);

  const input = JSON.stringify([metrics?.toString('base64'), spans?.toString('base64')]);
  const [read, traces] = JSON.parse(execFileSync(PYTHON, ['-c', SCRIPT], { input, encoding: 'utf8' }));

  const named = read.resourceMetrics[0].scopeMetrics[0].metrics;
  expect(named.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining([METRICS.REQUESTS, METRICS.ATTEMPTS, METRICS.DURATION]),
  );
  const of = (name: string) => named.find((metric: { name: string }) => metric.name === name);
  expect(of(METRICS.REQUESTS)).toMatchObject({
    sum: { aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA', isMonotonic: true, dataPoints: [{ asDouble: 1 }] },
  });
  const [duration] = of(METRICS.DURATION).histogram.dataPoints;
  expect(duration).toMatchObject({ count: '1', sum: expect.any(Number) });
  expect(duration.bucketCounts).toHaveLength(duration.explicitBounds.length + 1);
  expect(of(METRICS.BREAKER_OPEN)).toHaveProperty('gauge.dataPoints');
  const [request, attempt] = traces.resourceSpans[0].scopeSpans[0].spans;
  expect([request.kind, attempt.kind]).toEqual(['SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT']);
  expect(attempt).toMatchObject({ traceId: request.traceId, parentSpanId: request.spanId, status: { code: 'STATUS_CODE_ERROR' } });
});

function hasPython(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import opentelemetry.proto.collector.trace.v1.trace_service_pb2'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

import fc from 'fast-check';
import { createOverrideStore } from '../../../../lambda/aws/dynamodb/overrides';
import { createPriceBook } from '../../../../lambda/money/pricing';
import type { DialectName } from '../../../../lambda/wire/dialects';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import { compatible, route, startGateway, type TestGateway } from '../../../support/gateway';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';
import { bookOf } from '../../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  upstream = await startUpstream();
  upstream.script(jsonReply({ error: { message: 'no such model', code: 'model_not_found' } }, 404));
  gateway = await startGateway({
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    priceBook: createPriceBook(bookOf(['openai'], 'gpt-9 || input=1 output=2')),
    document: {
      providers: [
        compatible('vllm', upstream.origin, { models: ['declared', 'own-*'] }),
        { id: 'openai', kind: 'openai', baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback' },
      ],
      routes: [route('smart', 'vllm/routed'), route('same', 'vllm/*'), route('any-*', 'vllm/*')],
      unknownPrice: { policy: 'ceiling', ceilingUsd: '0.01' },
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (model: string, dialect: DialectName = 'openai-chat', stream = false) => {
  const { path, body } = DIALECT_CALLS[dialect](stream);
  return gateway.call(path, { ...body, model });
};
/** All that CloudWatch makes a metric of: the values of each declared dimension set. */
const dimensions = () =>
  new Set(
    gateway.metrics.flatMap((line) => {
      const [declared] = (line['_aws'] as { CloudWatchMetrics: { Dimensions: string[][] }[] }).CloudWatchMetrics;
      return (declared?.Dimensions ?? []).map((names) => names.map((name) => line[name]).join('/'));
    }),
  );
const modelOf = async (model: string) => {
  gateway.metrics.length = 0;
  await ask(model);
  return gateway.metrics.at(-1)?.['model'];
};

test.each([
  ['openai/gpt-5-zz404a', 'other'],
  ['vllm/aaa1', 'other'],
  ['vllm/own-made-up', 'other'],
  ['own-made-up', 'other'],
  ['any-thing', 'other'],
  ['vllm/declared', 'declared'],
  ['declared', 'declared'],
  ['vllm/routed', 'routed'],
  ['smart', 'routed'],
  ['same', 'same'],
  ['openai/GPT-9', 'gpt-9'],
  ['openai/gpt-9-2026-01-01', 'gpt-9'],
  ['openai/gpt-9-2026-01-01-made-up', 'other'],
])('R05 sec-08 ops-04 the model of a call for %s is counted as %s', async (model, counted) => {
  expect(await modelOf(model)).toBe(counted);
});

test('R05 what the dimension does not say, the log line does', async () => {
  await ask('vllm/aaa1');
  await ask('smart');

  const [made, routed] = gateway.log.filter(({ event }) => event === 'request');
  expect(made).toMatchObject({ originalModel: 'vllm/aaa1', requestModel: 'aaa1', model: 'other' });
  expect(routed).toMatchObject({ originalModel: 'smart', model: 'routed' });
  expect(routed).not.toHaveProperty('requestModel');
});

test('R05 a name that an administrator made at run time is a configured one, once it is read', async () => {
  await ask('vllm/declared');
  const overrides = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  const made = { generation: 1, updatedAt: '2026-11-24T00:00:00.000Z' };
  await overrides.put('model', { id: 'new', targets: [{ provider: 'vllm', model: 'led-to' }], ...made });
  await overrides.put('price', { id: 'vllm/priced', free: true, ...made });
  await overrides.put('price', { id: 'vllm/glob-*', free: true, ...made });
  ahead = 11_000;
  await ask('vllm/declared');
  await new Promise((done) => setTimeout(done, 20));

  expect(await modelOf('new')).toBe('led-to');
  expect(await modelOf('vllm/priced')).toBe('priced');
  expect(await modelOf('vllm/glob-made-up')).toBe('other');
});

test('R05 no name, dialect or path of a caller makes a dimension, whatever becomes of the call', async () => {
  const made = fc.stringMatching(/^zz[a-z0-9./:@-]{1,12}$/);
  const name = fc.oneof(
    made,
    made.map((text) => `vllm/${text}`),
    made.map((text) => `openai/${text}`),
    made.map((text) => `openai/gpt-9${text}`),
    made.map((text) => `own-${text}`),
    made.map((text) => `any-${text}`),
  );
  const dialect = fc.constantFrom<DialectName>('openai-chat', 'openai-responses', 'anthropic-messages');

  await fc.assert(
    fc.asyncProperty(name, dialect, fc.boolean(), async (model, spoken, stream) => {
      await ask(model, spoken, stream);
      await gateway.call(`/v1/${encodeURIComponent(model)}`, { model });
      await gateway.call('/v1/embeddings', { model, input: model });
      await gateway.call('/v1/messages/count_tokens', { model, messages: [{ role: 'user', content: model }] });
      await gateway.send('GET', `/v1/models/${model}`, { authorization: `Bearer ${gateway.key}` });
    }),
    { numRuns: 60 },
  );
  await gateway.settled();

  const allowed = ['test', 'test/vllm', 'test/openai', 'test/vllm/other', 'test/openai/other', 'test/openai/gpt-9'];
  expect([...dimensions()].filter((dimension) => !allowed.includes(dimension))).toEqual([]);
  expect(gateway.metrics.length).toBeGreaterThan(200);
}, 30_000);

import { createUsageHarness, NOON } from './harness';

const answered = { provider: 'openai', requestModel: 'gpt', responseModel: 'gpt-2027', priceSource: 'ceiling', costNanoUsd: 5_000_000n };

test('a model that answers without a known price is told of, once a day', async () => {
  const usage = createUsageHarness();

  await usage.request({ id: 'a' }, answered);
  await usage.request({ id: 'b' }, answered);
  await usage.drain();
  await usage.request({ id: 'c' }, answered);
  await usage.request({ id: 'd' }, { ...answered, priceSource: 'book' });
  await usage.request({ id: 'e' }, { ...answered, responseModel: 'gpt-2028' });
  await usage.drain();
  usage.state.now = NOON + 86_400_000;
  await usage.request({ id: 'f' }, answered);
  await usage.drain();

  expect(usage.published.map(({ type }) => type)).toEqual(['price-unknown', 'price-unknown', 'price-unknown']);
  expect(usage.published.map(({ detail }) => detail)).toMatchObject([
    { id: 'price#openai/gpt-2027#2026-11-24', model: 'openai/gpt-2027', day: '2026-11-24', charged_usd: '0.005', gateway: 'test' },
    { model: 'openai/gpt-2028', request_id: 'e' },
    { model: 'openai/gpt-2027', day: '2026-11-25', request_id: 'f' },
  ]);
});

test('a record that cannot be read is one fault, and the others are told of', async () => {
  const usage = createUsageHarness();
  await usage.request({ id: 'a' }, answered);
  const [whole] = usage.stream.splice(0);
  const broken = structuredClone(whole) as typeof whole;
  (broken as never as { dynamodb: { NewImage: object; Keys: object } }).dynamodb.NewImage = {
    pk: { S: 'request#x' },
    sk: { S: 'record' },
    cost_nano_usd: { S: 'x' },
  };

  await usage.deliver([broken, whole] as never);
  await usage.drain();

  expect(usage.published.map(({ type }) => type).sort()).toEqual(['fault', 'price-unknown']);
});

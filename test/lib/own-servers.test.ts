import { Duration } from 'aws-cdk-lib';
import { type CapacityPrice, type HealthProbe, ModelOverride, Provider } from '../../lib';
import { documentFor } from './support';

/** Servers that are paid by the hour, and asked whether they are well. */

const vllm = (props: { readonly capacity?: CapacityPrice; readonly healthProbe?: HealthProbe; readonly free?: boolean }) =>
  documentFor(() => ({ providers: [Provider.vllm(props)] }));

test('an hour and what is done in it make the price of a million tokens, rounded up', () => {
  // 12.50 dollars an hour, 2,500 tokens a second: 9 million tokens an hour.
  const [provider] = vllm({
    free: true,
    capacity: { usdPerHour: '12.50', tokensPerSecond: 2_500, inputTokensPerSecond: 25_000 },
  }).providers;

  expect(provider?.capacity).toEqual({ input_usd: '0.138888889', output_usd: '1.388888889' });
  expect(provider?.free).toBe(true);
});

test('where calls are charged by it, it is the price of the models, and what is said of one of them goes before', () => {
  const document = documentFor(() => ({
    providers: [Provider.sageMaker({ models: ['llama'], capacity: { usdPerHour: '36', tokensPerSecond: 10_000, charged: true } })],
    models: [ModelOverride.of('sagemaker/llama', { capabilities: { vision: false } })],
  }));

  expect(document.models).toEqual([
    { id: 'sagemaker/llama', capabilities: { vision: false } },
    { id: 'sagemaker/*', usd_per_million_tokens: { input: '1.000000000', output: '1.000000000' } },
  ]);
});

test('a probe asks for /health every ten seconds, or as it is said', () => {
  expect(vllm({ healthProbe: {} }).providers[0]?.probe).toEqual({ path: '/health', every_seconds: 10 });
  expect(vllm({ healthProbe: { path: '/v1/models', interval: Duration.minutes(1) } }).providers[0]?.probe).toEqual({
    path: '/v1/models',
    every_seconds: 60,
  });
});

test.each<[Parameters<typeof vllm>[0], RegExp]>([
  [{ capacity: { usdPerHour: '0', tokensPerSecond: 1 } }, /"capacity\.usdPerHour" of provider "vllm" is "0"/],
  [{ capacity: { usdPerHour: '1', tokensPerSecond: 0 } }, /"capacity\.tokensPerSecond" of provider "vllm" is 0; give a whole number/],
  [{ capacity: { usdPerHour: '1', tokensPerSecond: 1, inputTokensPerSecond: 0.5 } }, /"capacity\.inputTokensPerSecond" .* is 0\.5/],
  [{ free: true, capacity: { usdPerHour: '1', tokensPerSecond: 1, charged: true } }, /is charged, and "free" says that it costs nothing/],
  [{ healthProbe: { path: 'health' } }, /"healthProbe\.path" of provider "vllm" is "health"/],
  [{ healthProbe: { path: '/a/../b' } }, /"healthProbe\.path"/],
  [{ healthProbe: { interval: Duration.hours(2) } }, /"healthProbe\.interval" of provider "vllm" is 7200 s; give 1 s to an hour/],
])('fails on %j', (props, message) => {
  expect(() => vllm(props)).toThrow(message);
});

import { configureProvider } from '../../../lambda/routing/providers';
import type { ProviderConfig } from '../../../lib/private/contract';

const LOCAL = 'http://127.0.0.1:4566';

const configure = (more: Partial<ProviderConfig> = {}, endpoint?: string) =>
  configureProvider(
    { id: 'bedrock', kind: 'bedrock', network: 'public', regions: ['us-east-1', 'us-west-2'], ...more },
    () => undefined,
    'eu-west-1',
    undefined,
    () => endpoint,
  );

test('Bedrock is reached where AWS_ENDPOINT_URL says, each Region signed for as ever', () => {
  const provider = configure({}, LOCAL);

  expect(provider.network).toBe('loopback');
  expect(provider.sites()).toEqual([
    { region: 'us-east-1', origin: LOCAL, basePath: '' },
    { region: 'us-west-2', origin: LOCAL, basePath: '' },
  ]);
  expect(configure({}, 'https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com').network).toBe('vpc');
});

test('without it, with a base URL, or with a Bedrock API key, the address stays', () => {
  const own = 'https://bedrock-runtime.us-east-1.amazonaws.com';
  const keyed = configure({ credential: { secretArn: { value: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key' } } }, LOCAL);

  for (const provider of [configure(), keyed]) {
    expect(provider.network).toBe('public');
    expect(provider.sites()[0]?.origin).toBe(own);
  }
  expect(configure({ baseUrl: { value: 'https://proxy.example' } }, LOCAL).sites()[0]?.origin).toBe('https://proxy.example');
});

test('a provider that is not AWS’s keeps its address', () => {
  const openai = configureProvider(
    { id: 'openai', kind: 'openai', network: 'public' },
    () => undefined,
    'us-east-1',
    undefined,
    () => LOCAL,
  );

  expect(openai.sites()[0]?.origin).toBe('https://api.openai.com');
});

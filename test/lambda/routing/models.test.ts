import fc from 'fast-check';
import { matchesGlob } from '../../../lambda/platform/runtime/glob';
import { createModelResolver } from '../../../lambda/routing/models';
import { configureProvider } from '../../../lambda/routing/providers';
import type { ProviderConfig, RouteConfig } from '../../../lib/private/contract';

const provider = (id: string, changes: Partial<ProviderConfig> = {}) =>
  configureProvider(
    { id, kind: 'openai-compatible', baseUrl: { value: 'https://example.com/v1' }, network: 'public', ...changes },
    () => undefined,
    'us-east-1',
  );

const providers = [
  provider('openai', { kind: 'openai' }),
  provider('anthropic', { kind: 'anthropic' }),
  provider('own', { models: ['own-1', 'own-*'] }),
  provider('other', { models: ['own-2'] }),
];
const routes: RouteConfig[] = [
  {
    alias: 'smart',
    targets: [
      { provider: 'anthropic', model: 'claude-x' },
      { provider: 'own', model: 'own-1' },
    ],
  },
  { alias: 'claude-*', targets: [{ provider: 'anthropic', model: '*' }] },
  { alias: 'gone', targets: [{ provider: 'removed', model: 'm' }] },
];
const resolver = createModelResolver(providers, routes);
const names = (model: string) => resolver.resolve(model).targets.map(({ name }) => name);

test('an alias gives its targets in order', () => {
  expect(names('smart')).toEqual(['anthropic/claude-x', 'own/own-1']);
  expect(resolver.resolve('smart')).toMatchObject({ reason: 'alias', alias: 'smart', originalModel: 'smart' });
});

test('provider/model goes where it says, slashes in the model included', () => {
  expect(names('own/meta-llama/Llama-3:free')).toEqual(['own/meta-llama/Llama-3:free']);
  expect(resolver.resolve('openai/gpt-x').reason).toBe('provider');
});

test('a glob alias passes the name on where its target is *', () => {
  expect(names('claude-sonnet-9')).toEqual(['anthropic/claude-sonnet-9']);
});

test('a bare name goes to the one provider that serves it by its patterns', () => {
  expect(names('gpt-4o-mini')).toEqual(['openai/gpt-4o-mini']);
  expect(names('own-7')).toEqual(['own/own-7']);
});

test('D12 a name that nobody, or more than one, serves is not found; so is an alias whose providers are gone', () => {
  for (const model of ['unheard-of', 'own-2', 'gone', 'nobody/x']) {
    expect(() => resolver.resolve(model)).toThrow(expect.objectContaining({ status: 404, code: 'model_not_found' }));
  }
  expect(() => resolver.resolve('own-2')).toThrow(/'own\/own-2', 'other\/own-2'/);
});

test('C03 a name that could change an address is refused', () => {
  for (const model of ['', 'a b', 'a?b', 'a#b', '../a', 'a/../b', 'a\\b', 'ä', 'x'.repeat(257)]) {
    expect(() => resolver.resolve(model)).toThrow(expect.objectContaining({ status: 400 }));
  }
});

test('the first route of a name counts, so run-time changes stand before the document’s', () => {
  const changed = createModelResolver(providers, [{ alias: 'smart', targets: [{ provider: 'openai', model: 'gpt-x' }] }, ...routes]);

  expect(changed.resolve('smart').targets.map(({ name }) => name)).toEqual(['openai/gpt-x']);
});

test('what can be listed are aliases and declared names without a *', () => {
  expect(resolver.list().map(({ id }) => id)).toEqual(['smart', 'own/own-1', 'other/own-2']);
});

test('a provider without Regions has one site; one that signs has one per Region', () => {
  const regional = provider('bedrock', { kind: 'bedrock', regions: ['us-west-2', 'eu-west-1'] });
  const { baseUrl: _none, ...rest } = regional.config;
  const sites = configureProvider(rest, () => undefined, 'us-east-1').sites();

  expect(providers[2]?.sites()).toEqual([{ origin: 'https://example.com', basePath: '/v1' }]);
  expect(sites.map(({ region, origin }) => [region, origin])).toEqual([
    ['us-west-2', 'https://bedrock-runtime.us-west-2.amazonaws.com'],
    ['eu-west-1', 'https://bedrock-runtime.eu-west-1.amazonaws.com'],
  ]);
});

test('a glob matches what its regular expression matches', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 }),
      (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(text);

        expect(matchesGlob(pattern, text)).toBe(expected);
      },
    ),
  );
});

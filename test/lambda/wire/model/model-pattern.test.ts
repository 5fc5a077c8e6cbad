import fc from 'fast-check';
import { bindLevel } from '../../../../lambda/money/ledger/levels';
import { pagesOf } from '../../../../lambda/money/pages';
import { allowedTargets } from '../../../../lambda/routing';
import { createModelResolver, type Resolution } from '../../../../lambda/routing/models';
import { configureProvider } from '../../../../lambda/routing/providers';
import { coversModels, fitsModel } from '../../../../lambda/wire/model/model-pattern';
import type { RouteConfig } from '../../../../lib/private/contract';

/** The definition, in plain words: `*` alone is everything; else the first slashes meet, and no `*` reaches over the first one. */
function fits(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  const [provider = '', ...model] = pattern.split('/').map((part) => part.replace(/[.+:]/g, '\\$&'));
  const before = provider.replaceAll('*', '[^/]*');
  return new RegExp(model.length === 0 ? `^${before}$` : `^${before}/${model.join('/').replaceAll('*', '.*')}$`).test(name);
}
const allows = (pattern: string, asked: string, target: string): boolean =>
  fits(pattern, pattern === '*' || pattern.includes('/') ? target : asked);
const counts = (pattern: string, asked: string, targets: readonly string[]): boolean =>
  [asked, ...targets].some((name) => fits(pattern.toLowerCase(), name.toLowerCase())) ||
  (!pattern.includes('/') &&
    targets.some((name) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(name.slice(name.indexOf('/') + 1))));

const IDS = ['openai', 'openai-eu', 'openrouter', 'evil', 'meta', 'own'];
const MODELS = ['gpt-5', 'openai/gpt-5', 'GPT-5', 'meta/llama', 'smart', 'x', 'evil/smart'];
const ALIASES = ['smart', 'gpt-*', 'gpt-5', 'openai/gpt-5', 'team/smart', 'team/*', '*', 'x'];
const pieces = ['*', '/', 'openai', 'open', 'router', 'evil', 'meta', 'gpt-5', 'gpt-', 'smart', 'x', 'team'];
const pattern = fc.oneof(
  fc.constantFrom('*', '**', '*/*', 'openai/*', 'op*/*', '*/gpt-5', 'smart', 'gpt-*', 'meta/*', '*smart', '/x', 'x/'),
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
);
const world = fc.record({
  ids: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1 }),
  declared: fc.constantFrom<string[]>(['*'], ['gpt-*'], ['meta/*', 'gpt-5'], []),
  routes: fc.uniqueArray(
    fc.record({
      alias: fc.constantFrom(...ALIASES),
      targets: fc.array(fc.record({ provider: fc.constantFrom(...IDS), model: fc.constantFrom('*', ...MODELS) }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    { selector: ({ alias }) => alias, maxLength: 4 },
  ),
});
const asked = fc.oneof(
  fc.constantFrom('smart', 'gpt-5', 'gpt-6', 'team/smart', 'evil/smart', 'openrouter/openai/gpt-5', 'openai/gpt-5', 'OPENAI/GPT-5'),
  fc.tuple(fc.constantFrom(...IDS), fc.constantFrom(...MODELS)).map(([id, model]) => `${id}/${model}`),
);

function resolve(
  { ids, declared, routes }: { ids: string[]; declared: string[]; routes: RouteConfig[] },
  name: string,
): Resolution | undefined {
  const providers = ids.map((id, index) =>
    configureProvider(
      {
        id,
        kind: 'openai-compatible',
        baseUrl: { value: 'https://example.com/v1' },
        network: 'public',
        models: index === 0 ? declared : [],
      },
      () => undefined,
      'us-east-1',
    ),
  );
  try {
    return createModelResolver(providers, routes).resolve(name);
  } catch {
    return undefined;
  }
}

test('R03 security-05-policy-other-provider: over any providers, aliases, patterns and names, a policy lets in what its definition lets in', () => {
  fc.assert(
    fc.property(world, asked, fc.array(fc.array(pattern, { maxLength: 3 }), { maxLength: 3 }), (configured, name, policy) => {
      const resolution = resolve(configured, name);
      fc.pre(resolution !== undefined);
      const expected = resolution.targets.filter((target) => policy.every((list) => list.some((one) => allows(one, name, target.name))));

      expect(allowedTargets(resolution, policy).map((target) => target.name)).toEqual(expected.map((target) => target.name));
    }),
    { numRuns: 3_000 },
  );
});

test('R03 over any providers, aliases, patterns and names, a budget and a limit count what their definition counts', () => {
  fc.assert(
    fc.property(world, asked, pattern, (configured, name, model) => {
      const resolution = resolve(configured, name);
      fc.pre(resolution !== undefined);
      const targets = resolution.targets.map((target) => target.name);
      const level = bindLevel(
        {
          gateway: {},
          defaults: {
            key: { budgets: [{ limit_usd: '1', period: 'day', model }], limits: { per_model: { [model]: { requests_per_minute: 1 } } } },
          },
        },
        'key',
        'k',
        undefined,
      );
      const pages = pagesOf([level], { originalModel: name, candidateModels: targets }, 0, new Map());
      const narrowed = pages.filter(({ spec }) => spec.key === `page#key#k#${model}`);
      const expected = counts(model, name, targets) ? 1 : 0;

      expect([narrowed.length, narrowed.filter(({ spec }) => spec.periods.some(({ binds }) => binds)).length]).toEqual([
        expected,
        expected,
      ]);
      expect(narrowed.filter(({ spec }) => spec.requests.minute === 1)).toHaveLength(expected);
    }),
    { numRuns: 3_000 },
  );
});

test('R03 what a policy lets in by one pattern, a wider one that covers it lets in too', () => {
  fc.assert(
    fc.property(world, asked, pattern, pattern, (configured, name, wide, narrow) => {
      fc.pre(coversModels(wide, narrow));
      const resolution = resolve(configured, name);
      fc.pre(resolution !== undefined);
      const narrower = allowedTargets(resolution, [[narrow]]);

      expect(allowedTargets(resolution, [[narrow], [wide]])).toEqual(narrower);
    }),
    { numRuns: 1_000 },
  );
  expect([coversModels('**', '*'), coversModels('openai/*', '*/gpt-5'), coversModels('gpt-*', 'openai/gpt-5')]).toEqual([
    false,
    false,
    false,
  ]);
  expect([coversModels('*', 'openai/*'), coversModels('op*/*', 'openai/gpt-*'), coversModels('gpt-*', 'gpt-5*')]).toEqual([
    true,
    true,
    true,
  ]);
});

test('R03 a name with a slash and one without never meet, and everything covers everything', () => {
  expect([fitsModel('*/*', 'smart'), fitsModel('*', 'a/b'), fitsModel('**', 'a/b'), fitsModel('a*', 'a/b')]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect([fitsModel('*/x', '/x'), fitsModel('/x', '/x'), fitsModel('a/*', '/x')]).toEqual([true, true, false]);
  expect([coversModels('*', '*'), coversModels('smart', '*')]).toEqual([true, false]);
});

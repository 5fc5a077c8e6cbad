import {
  type LlmGatewayProps,
  Provider,
  Route,
  type RouteCondition,
  type RouteOptions,
  Sensitivity,
  type ShadowTraffic,
  Strategy,
  Target,
  type TargetOptions,
} from '../../lib';
import { documentFor, synthesize } from './support';

const routesOf = (...routes: Route[]) => documentFor(() => ({ providers: [Provider.bedrock(), Provider.simulated()], routes })).routes;
const one = (options: TargetOptions) => routesOf(Route.to('smart', [Target.model('bedrock/a.b', options)]))[0]?.targets[0];

test('a route without more is a list of targets, as ever', () => {
  expect(routesOf(Route.to('smart', [Target.model('bedrock/a.b'), Target.model('simulated/*')]))).toEqual([
    {
      alias: 'smart',
      targets: [
        { provider: 'bedrock', model: 'a.b' },
        { provider: 'simulated', model: '*' },
      ],
    },
  ]);
});

test.each([
  [Strategy.ordered(), 'ordered'],
  [Strategy.weighted(), 'weighted'],
  [Strategy.lowestCost(), 'lowest_cost'],
  [Strategy.lowestLatency(), 'lowest_latency'],
  [Strategy.leastBusy(), 'least_busy'],
])('what is said of a route and its targets stands in the document: %s', (strategy, name) => {
  const when: RouteCondition = {
    metadata: { task: 'title' },
    tags: { cost: 'a' },
    keys: ['k1'],
    teams: ['search-*'],
    minInputTokens: 1,
    maxInputTokens: 2_000,
    tools: false,
    pictures: false,
    hours: { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin', days: ['mon', 'fri'] },
  };
  const options: TargetOptions = {
    weight: 0.5,
    requestsPerMinute: 60,
    tokensPerMinute: 100_000,
    when,
    parameters: { temperature: 0, topP: 1, effort: 'low', serviceTier: 'flex', maxOutputTokens: 500 },
  };
  const [, smart] = routesOf(
    Route.to('cheap', [Target.model('simulated/x')]),
    Route.to('smart', [Target.model('bedrock/a.b', options)], {
      strategy,
      affinity: false,
      budgetFallback: 'cheap',
      contentPolicyFallback: true,
      maxCostUsd: '0.50',
      shadow: { target: Target.model('simulated/new', { parameters: { effort: 'low' } }), share: 0.05, limitUsd: '5.00' },
    }),
  );

  expect(smart).toEqual({
    alias: 'smart',
    strategy: name,
    affinity: false,
    budget_fallback: 'cheap',
    content_policy_fallback: true,
    max_cost_usd: '0.50',
    shadow: {
      provider: 'simulated',
      model: 'new',
      parameters: { effort: 'low' },
      share: 0.05,
      budget: { limit_usd: '5.00', period: 'day' },
    },
    targets: [
      {
        provider: 'bedrock',
        model: 'a.b',
        weight: 0.5,
        requests_per_minute: 60,
        tokens_per_minute: 100_000,
        when: {
          metadata: { task: 'title' },
          tags: { cost: 'a' },
          keys: ['k1'],
          teams: ['search-*'],
          min_input_tokens: 1,
          max_input_tokens: 2_000,
          tools: false,
          pictures: false,
          hours: { from: '22:00', to: '06:00', time_zone: 'Europe/Berlin', days: ['mon', 'fri'] },
        },
        parameters: { temperature: 0, top_p: 1, effort: 'low', service_tier: 'flex', max_output_tokens: 500 },
      },
    ],
  });
});

test('a pool is a target for each of its accounts', () => {
  const [route] = documentFor(() => ({
    providers: [Provider.simulated({ id: 'one' }), Provider.simulated({ id: 'two' })],
    routes: [Route.to('smart', Target.pool('m', ['one', 'two'], { tokensPerMinute: 5 }), { strategy: Strategy.weighted() })],
  })).routes;

  expect(route?.targets).toEqual([
    { provider: 'one', model: 'm', tokens_per_minute: 5 },
    { provider: 'two', model: 'm', tokens_per_minute: 5 },
  ]);
});

test('a standby has the weight 0', () => {
  expect(one({ weight: 0 })).toMatchObject({ weight: 0 });
});

describe('fails', () => {
  const when = (condition: RouteCondition): TargetOptions => ({ when: condition });
  const cases: readonly [string, TargetOptions, RegExp][] = [
    ['on a weight below 0', { weight: -1 }, /"weight" of target "bedrock\/a\.b" of the route "smart" is -1; give a number from 0/],
    ['on a weight that is none', { weight: Number.NaN }, /"weight" .* is NaN/],
    ['on half a request', { requestsPerMinute: 0.5 }, /"requestsPerMinute" .* is 0\.5; give a whole number/],
    ['on no tokens', { tokensPerMinute: 0 }, /"tokensPerMinute" .* is 0/],
    ['on a condition of nothing', when({}), /"when" .* says nothing/],
    ['on no keys', when({ keys: [] }), /"when\.keys" .* has 0 entries/],
    ['on a key that is none', when({ keys: ['a b'] }), /"when\.keys" .* is "a b"/],
    ['on a label with a space', when({ metadata: { 'a b': 'c' } }), /"when\.metadata" .* names "a b"/],
    ['on a tag without a value', when({ tags: { a: '' } }), /"when\.tags" .* gives "a" the value ""/],
    [
      'on limits that exclude each other',
      when({ minInputTokens: 5, maxInputTokens: 4 }),
      /"when\.minInputTokens" .* above its "maxInputTokens" of 4/,
    ],
    ['on hours that are none', when({ hours: { from: '9', to: '17:00' } }), /"from" is "9"; give a time of day such as "08:30"/],
    ['on hours without length', when({ hours: { from: '09:00', to: '09:00' } }), /begins and ends at "09:00"/],
    ['on an unknown zone', when({ hours: { from: '09:00', to: '17:00', timeZone: 'Mars' } }), /"timeZone" is "Mars"/],
    [
      'on an unknown day',
      when({ hours: { from: '09:00', to: '17:00', days: ['Monday'] } }),
      /"days" holds "Monday"; give some of mon, tue/,
    ],
    ['on parameters of nothing', { parameters: {} }, /"parameters" .* says nothing/],
    ['on a temperature beyond all', { parameters: { temperature: 3 } }, /"parameters\.temperature" .* is 3/],
    ['on an unknown effort', { parameters: { effort: 'hard' } }, /"parameters\.effort" .* is "hard"; give one of none, minimal/],
    ['on a tier that is none', { parameters: { serviceTier: 'Flex!' } }, /"parameters\.serviceTier" .* is "Flex!"/],
    ['on an answer of no tokens', { parameters: { maxOutputTokens: 0 } }, /"parameters\.maxOutputTokens" .* is 0/],
  ];
  test.each(cases)('%s', (_name, options, message) => {
    expect(() => one(options)).toThrow(message);
  });

  test.each(['0', '-1', '$5', '1e3'])('on a maximum of %s dollars', (maxCostUsd) => {
    expect(() => routesOf(Route.to('smart', [Target.model('bedrock/a.b')], { maxCostUsd }))).toThrow(
      /"maxCostUsd" of the route "smart" is ".*"; give US dollars above 0/,
    );
  });

  test.each<[Partial<ShadowTraffic>, RegExp]>([
    [{ share: 0 }, /"shadow\.share" of the route "smart" is 0; give a number above 0 and up to 1/],
    [{ share: 1.1 }, /"shadow\.share"/],
    [{ limitUsd: '0' }, /"shadow\.limitUsd" of the route "smart" is "0"/],
    [{ target: Target.model('nobody/x') }, /names the provider "nobody", which is not configured/],
    [{ target: Target.model('bedrock/a.c', { weight: 2 }) }, /the target of "shadow" of the route "smart" has weight/],
  ])('on a shadow of %j', (shadow, message) => {
    const options = { shadow: { target: Target.model('bedrock/a.c'), share: 0.1, limitUsd: '1', ...shadow } };

    expect(() => routesOf(Route.to('smart', [Target.model('bedrock/a.b')], options))).toThrow(message);
  });

  const fallback = (budgetFallback: string): RouteOptions => ({ budgetFallback });
  test.each(['smart', 'unheard-of', 'claude-*', 'openai/gpt-5', 'bedrock/a.*'])('on the budget fallback %s', (name) => {
    const targets = [Target.model('bedrock/a.b')];

    expect(() => routesOf(Route.to('claude-*', targets), Route.to('smart', targets, fallback(name)))).toThrow(
      /"budgetFallback" of the route "smart" is ".*"; give the alias of another route/,
    );
  });

  test('on more targets than a call can be bounded for', () => {
    expect(() =>
      routesOf(
        Route.to(
          'smart',
          Array.from({ length: 17 }, (_, index) => Target.model(`bedrock/m-${index}`)),
        ),
      ),
    ).toThrow(/has 17 targets; give at most 16/);
  });

  test.each(['bedrock/../a', 'bedrock/a//b'])('on a model that no request may name: %s', (name) => {
    expect(() => routesOf(Route.to('smart', [Target.model(name)]))).toThrow(/a target is one model, not a pattern/);
  });
});

test('labels and fences of the gateway, its routes and its providers stand in the document', () => {
  const document = documentFor(() => ({
    providers: [Provider.bedrock({ residency: 'eu' })],
    routes: [Route.to('a', [Target.model('bedrock/m')], { sensitivity: Sensitivity.RESTRICTED, residency: ['eu', 'us-east-1'] })],
    sensitivity: Sensitivity.INTERNAL,
    residency: ['eu'],
    sensitiveTargets: { internal: ['bedrock/*'], restricted: [] },
  }));

  expect(document).toMatchObject({
    providers: [{ residency: 'eu' }],
    routes: [{ sensitivity: 'restricted', residency: ['eu', 'us-east-1'] }],
    placement: { sensitivity: 'internal', residency: ['eu'] },
    sensitiveTargets: { internal: ['bedrock/*'], restricted: [] },
  });
});

test.each<[LlmGatewayProps, string]>([
  [{ residency: [] }, '"residency" of the gateway is empty'],
  [{ residency: ['europe'] }, '"residency" of the gateway names "europe"; give a Region, such as "eu-central-1", or one of eu, us,'],
  [{ residency: ['global'] }, '"residency" of the gateway names "global"'],
  [{ routes: [Route.to('a', [Target.model('bedrock/m')], { residency: ['EU'] })] }, '"residency" of the route "a" names "EU"'],
  [{ providers: [Provider.simulated(), Provider.vllm({ residency: 'everywhere' })] }, '"residency" of provider "vllm" names "everywhere"'],
  [
    { sensitiveTargets: { restricted: ['smart'] } },
    '"sensitiveTargets.restricted" names "smart"; give patterns of "<provider id>/<model>"',
  ],
  [{ sensitiveTargets: { internal: ['a b/*'] } }, '"sensitiveTargets.internal" is "a b/*"'],
])('a label or a fence that means nothing fails: %j', (props, message) => {
  expect(() => synthesize(props)).toThrow(message);
});

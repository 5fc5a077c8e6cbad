import { createPriceBook } from '../../../lambda/money/pricing';
import type { GatewayDocument, ProviderConfig, RouteConfig, TargetConfig } from '../../../lib/private/contract';
import { compatible, startGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let up: Upstream;
let gateway: TestGateway;

/** `cheap` costs a hundredth of `dear`; `small` has a window of 8,000 tokens; nobody knows `plain`. */
const PRICES = createPriceBook(
  bookOf(
    ['openai-compatible', 'openai'],
    'dear | window=200000 maxOutput=32000 | input=100 output=100',
    'cheap | window=200000 maxOutput=32000 | input=1 output=1',
    'small | window=8000 maxOutput=1000 | input=1 output=1',
    'huge | window=500000 maxOutput=32000 | input=1 output=1',
  ),
);
const ANSWER = jsonReply({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

beforeEach(async () => {
  up = await startUpstream();
  up.script(ANSWER);
});

afterEach(async () => {
  await gateway.close();
  await up.close();
});

const target = (name: string, more: Partial<TargetConfig> = {}): TargetConfig => {
  const [provider = '', model = ''] = name.split('/');
  return { provider, model, ...more };
};

async function start(
  route: Omit<RouteConfig, 'alias'>,
  options: TestGatewayOptions & {
    readonly providers?: ProviderConfig[];
    readonly routes?: RouteConfig[];
    readonly gatewayLevel?: GatewayDocument['gateway'];
  } = {},
): Promise<void> {
  const { providers, routes = [], gatewayLevel = {}, ...rest } = options;
  gateway = await startGateway({
    priceBook: PRICES,
    ...rest,
    document: {
      providers: providers ?? ['one', 'two', 'three'].map((id) => compatible(id, up.origin, { free: false })),
      routes: [{ alias: 'smart', ...route }, ...routes],
      gateway: gatewayLevel,
    },
  });
}

const ask = (more: object = {}, headers: Record<string, string> = {}, path = '/v1/chat/completions') =>
  gateway.call(path, { model: 'smart', messages: [{ role: 'user', content: 'hello' }], max_tokens: 100, ...more }, headers);
const asked = async (more: object = {}, headers: Record<string, string> = {}, path?: string) => {
  const reply = await ask(more, headers, path);
  const provider = reply.headers['x-gateway-provider'];
  return {
    status: reply.status,
    to: provider === undefined ? undefined : `${provider}/${reply.headers['x-gateway-model']}`,
    why: reply.headers['x-gateway-route-reason'],
    error: reply.json.error,
  };
};
const record = async () => {
  await gateway.settled();
  return gateway.records().at(-1);
};
const PICTURE = {
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }] }],
};
const TOOLS = { tools: [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }] };

describe('conditions', () => {
  test('a target is asked for the calls that it is for, and the reason tells of those that were left out', async () => {
    await start({ targets: [target('one/cheap', { when: { metadata: { task: 'title' }, tools: false } }), target('two/dear')] });

    expect(await asked({}, { 'x-gateway-metadata': 'task=title' })).toMatchObject({ status: 200, to: 'one/cheap', why: 'alias' });
    expect(await asked()).toMatchObject({ to: 'two/dear', why: 'alias; skipped=one/cheap (metadata)' });
    expect(await asked(TOOLS, { 'x-gateway-metadata': 'task=title' })).toMatchObject({
      to: 'two/dear',
      why: 'alias; skipped=one/cheap (tools)',
    });
    expect(await record()).toMatchObject({ routeReason: 'alias; skipped=one/cheap (tools)', provider: 'two' });
  });

  test('in every dialect: tools and pictures are seen', async () => {
    await start({ targets: [target('one/cheap', { when: { tools: false, pictures: false } }), target('two/dear')] });
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };

    const messages = { messages: [{ role: 'user', content: [picture] }] };
    expect(await asked(messages, {}, '/v1/messages')).toMatchObject({ to: 'two/dear' });
    expect(await asked({ tools: [{ name: 'find', input_schema: { type: 'object' } }] }, {}, '/v1/messages')).toMatchObject({
      to: 'two/dear',
    });
    expect(await asked({}, {}, '/v1/messages')).toMatchObject({ to: 'one/cheap' });
    const input = { messages: undefined, max_tokens: undefined, max_output_tokens: 100 };
    expect(await asked({ ...input, input: 'hello' }, {}, '/v1/responses')).toMatchObject({ to: 'one/cheap' });
    expect(await asked({ ...input, input: 'hello', tools: [{ type: 'function', name: 'find' }] }, {}, '/v1/responses')).toMatchObject({
      to: 'two/dear',
    });
  });

  test('of the key, its team and its tags, which no label of the caller stands in for', async () => {
    await start({
      targets: [
        target('one/cheap', { when: { tags: { plan: 'free' } } }),
        target('two/cheap', { when: { keys: ['*'], teams: ['none'] } }),
        target('three/dear'),
      ],
    });
    const tagged = await gateway.addKey({ tags: { plan: 'free' } });

    expect(await asked({}, { authorization: `Bearer ${tagged}` })).toMatchObject({ to: 'one/cheap' });
    expect(await asked({}, { 'x-gateway-tags': 'plan=free' })).toMatchObject({
      to: 'three/dear',
      why: 'alias; skipped=one/cheap (tags), two/cheap (teams)',
    });
  });

  test('by the length of the prompt', async () => {
    await start({ targets: [target('one/cheap', { when: { max_input_tokens: 500 } }), target('two/dear')] });

    expect(await asked({ messages: [{ role: 'user', content: 'word '.repeat(100) }] })).toMatchObject({ to: 'one/cheap' });
    expect(await asked({ messages: [{ role: 'user', content: 'word '.repeat(1_000) }] })).toMatchObject({ to: 'two/dear' });
  });

  test('a call that no target is for is refused with the conditions that it does not meet', async () => {
    await start({ targets: [target('one/cheap', { when: { teams: ['search'] } })] });

    const { status, error } = await asked();

    expect([status, error.code, error.param]).toEqual([400, 'no_matching_target', 'model']);
    expect(error.message).toContain('one/cheap (teams)');
    expect(up.requests).toHaveLength(0);
  });
});

describe('what a target cannot carry', () => {
  test('is skipped before the call and named: pictures, by what an administrator says of the model', async () => {
    await start(
      { targets: [target('one/plain'), target('two/cheap')] },
      { providers: ['one', 'two'].map((id) => compatible(id, up.origin)) },
    );
    const { say } = await import('../../support/said-models');
    await say(gateway.table, 'one/plain', { capabilities: { vision: false, tools: false } });

    expect(await asked(PICTURE)).toMatchObject({ to: 'two/cheap', why: 'alias; skipped=one/plain (pictures)' });
    expect(await asked(TOOLS)).toMatchObject({ to: 'two/cheap', why: 'alias; skipped=one/plain (tools)' });
    expect(await asked()).toMatchObject({ to: 'one/plain', why: 'alias' });
    expect(await asked({ ...PICTURE, model: 'one/plain' })).toMatchObject({ to: 'one/plain' });
  });

  test('a prompt that is surely too long for a window goes to a larger model', async () => {
    await start({ targets: [target('one/small'), target('two/cheap')] });

    expect(await asked({ messages: [{ role: 'user', content: 'word '.repeat(3_000) }] })).toMatchObject({ to: 'one/small' });
    expect(await asked({ messages: [{ role: 'user', content: 'word '.repeat(12_000) }] })).toMatchObject({
      to: 'two/cheap',
      why: 'alias; skipped=one/small (window)',
    });
  });

  test('a target whose price nobody knows is left out, and named', async () => {
    await start({ targets: [target('one/unpriced'), target('two/cheap')] });

    expect(await asked()).toMatchObject({ to: 'two/cheap', why: 'alias; skipped=one/unpriced (price)' });
  });

  test('a target that could cost more than the call may is left out, and refused where there is no other', async () => {
    await start({ targets: [target('one/dear'), target('two/cheap')] });
    const cap = { 'x-gateway-max-cost-usd': '0.01' };

    expect(await asked({}, cap)).toMatchObject({ status: 200, to: 'two/cheap', why: 'alias; skipped=one/dear (max_cost)' });
    expect(await asked({ model: 'one/dear' }, cap)).toMatchObject({ status: 400, error: { code: 'max_cost_exceeded' } });
  });
});

describe('a target that refuses a call for what it holds', () => {
  const refusing = (model: string, code: string, message = 'no') =>
    up.script((request) =>
      request.body.includes(`"model":"${model}"`) ? jsonReply({ error: { message, type: 'invalid_request_error', code } }, 400) : ANSWER,
    );

  test('F03 for a prompt that is longer than was known: the larger ones are asked, and no smaller one', async () => {
    await start({ targets: [target('one/cheap'), target('two/small'), target('three/huge')] });
    refusing('cheap', 'context_length_exceeded');

    expect(await asked()).toMatchObject({ status: 200, to: 'three/huge', why: 'alias; fallback=context_window' });
    expect(up.requests.map(({ body }) => JSON.parse(body.toString()).model)).toEqual(['cheap', 'huge']);
    expect(await record()).toMatchObject({ attempts: [{ provider: 'one', outcome: 'context_length_exceeded' }, { provider: 'three' }] });
    expect(gateway.records()).toHaveLength(1);
  });

  test('where no target is larger, the caller hears it, so that an agent sums up and goes on', async () => {
    await start({ targets: [target('three/huge'), target('one/cheap')] });
    refusing('huge', 'context_length_exceeded', 'maximum context length is 500000 tokens');

    const { status, error } = await asked();

    expect([status, error.code, error.message]).toEqual([400, 'context_length_exceeded', 'maximum context length is 500000 tokens']);
    expect(up.requests).toHaveLength(1);
  });

  test.each([true, false])('by its content policy: the next is asked where the route says so (%s)', async (allowed) => {
    await start({ targets: [target('one/cheap'), target('two/cheap')], content_policy_fallback: allowed });
    up.script((_request, number) =>
      number === 1 ? jsonReply({ error: { message: 'no', type: 'invalid_request_error', code: 'content_filter' } }, 400) : ANSWER,
    );

    const reply = await asked();

    if (allowed) expect(reply).toMatchObject({ status: 200, to: 'two/cheap', why: 'alias; fallback=content_policy' });
    else expect(reply).toMatchObject({ status: 400, error: { code: 'content_policy_violation' } });
    expect(up.requests).toHaveLength(allowed ? 2 : 1);
  });

  test('F01 for anything else it is the last word', async () => {
    await start({ targets: [target('one/cheap'), target('two/cheap')], content_policy_fallback: true });
    refusing('cheap', 'unsupported_value');

    expect(await asked()).toMatchObject({ status: 400, error: { code: 'unsupported_value' } });
    expect(up.requests).toHaveLength(1);
  });
});

describe('parameters of a target', () => {
  const sent = () => JSON.parse(up.requests.at(-1)?.body.toString() ?? '{}');

  test('are written where the caller leaves them open, and told', async () => {
    await start({
      targets: [target('one/cheap', { parameters: { temperature: 0.25, top_p: 0.5, effort: 'low', max_output_tokens: 50 } })],
    });

    const open = await ask({ max_tokens: undefined });
    expect(sent()).toMatchObject({ temperature: 0.25, top_p: 0.5, reasoning_effort: 'low', max_tokens: 50 });
    expect(open.headers['x-gateway-warnings']).toBe(
      'set: max_completion_tokens=50 (the route), temperature=0.25 (the route), top_p=0.5 (the route), reasoning_effort=low (the route)',
    );

    const said = await ask({ temperature: 1, top_p: 0.9, reasoning_effort: 'high' });
    expect(sent()).toMatchObject({ temperature: 1, top_p: 0.9, reasoning_effort: 'high', max_tokens: 100 });
    expect(said.headers['x-gateway-warnings']).toBeUndefined();
  });

  test('in every dialect, by its own names', async () => {
    await start({ targets: [target('one/cheap', { parameters: { temperature: 0.25, effort: 'low' } })] });

    await ask({}, {}, '/v1/messages');
    expect(sent()).toMatchObject({ temperature: 0.25, reasoning_effort: 'low' });
    const reply = await ask({ messages: undefined, max_tokens: undefined, input: 'hello' }, {}, '/v1/responses');
    expect(sent()).toMatchObject({ temperature: 0.25, reasoning_effort: 'low' });
    expect(reply.headers['x-gateway-warnings']).toContain('reasoning.effort=low (the route)');
  });

  const openai = (id: string): ProviderConfig => ({ id, kind: 'openai', baseUrl: { value: `${up.origin}/v1` }, network: 'loopback' });
  const BUDGET = { gatewayLevel: { budgets: [{ limit_usd: '500', period: 'day' as const }] } };

  test('a tier by label is asked for, reserved and charged at its price', async () => {
    const tier = (name: string) => ({ when: { metadata: { urgency: name } }, parameters: { service_tier: name } });
    await start(
      {
        targets: [
          target('o/dear', tier('flex')),
          target('o/dear', tier('priority')),
          target('o/dear', { when: { metadata: { urgency: 'none' } } }),
        ],
      },
      { providers: [openai('o')], ...BUDGET },
    );
    const costs = new Map<string, readonly [bigint, bigint]>();
    for (const urgency of ['flex', 'priority', 'none']) {
      await ask({ service_tier: urgency === 'none' ? 'default' : undefined }, { 'x-gateway-metadata': `urgency=${urgency}` });
      expect(sent().service_tier).toBe(urgency === 'none' ? 'default' : urgency);
      const written = await record();
      costs.set(urgency, [written?.boundNanoUsd ?? 0n, written?.costNanoUsd ?? 0n]);
    }

    const [bound = 0n] = costs.get('flex') ?? [];
    const [, cost = 0n] = costs.get('none') ?? [];
    // A cheaper tier may not be granted.
    expect(costs.get('priority')?.[0]).toBe((bound * 25n) / 10n);
    // Nothing is reported: the dearer tier is charged, the cheaper may not have been granted.
    expect(costs.get('flex')?.[1]).toBe(cost);
    expect(costs.get('priority')?.[1]).toBe((cost * 25n) / 10n);
  });

  const tiers = (weights: readonly (number | undefined)[] = []) => ({
    targets: [
      target('o/dear', { parameters: { service_tier: 'flex' }, ...(weights[0] === undefined ? {} : { weight: weights[0] }) }),
      target('o/dear', weights[1] === undefined ? {} : { weight: weights[1] }),
    ],
  });

  test('F04 a tier that has no capacity left is followed by the same model without it, and rests by itself', async () => {
    await start(tiers(), { providers: [openai('o')], ...BUDGET });
    const unavailable = { error: { message: 'Resource unavailable', type: 'resource_unavailable', code: 'resource_unavailable' } };
    up.script(({ body }) =>
      JSON.parse(body.toString()).service_tier === 'flex' ? jsonReply(unavailable, 429, { 'retry-after': '20' }) : ANSWER,
    );

    const first = await asked();
    const attempts = (await record())?.attempts?.map(({ outcome }) => outcome);
    const calls = up.requests.length;
    const second = await asked();

    expect([first.status, first.why, attempts]).toEqual([200, 'alias; fallback=quota', ['rate_limit_exceeded', 'ok']]);
    expect([second.status, second.why, up.requests.length - calls]).toEqual([200, 'alias; fallback=health', 1]);
    expect(sent().service_tier).toBeUndefined();
    // What answered was no cheaper tier: 10 tokens in and 5 out.
    expect((await record())?.costNanoUsd).toBe(1_500_000n);
  });

  test('tiers of one model share its calls by their weights, each with a quota of its own, and the reason tells which it was', async () => {
    await start({ strategy: 'weighted', ...tiers([3, 1]) }, { providers: [openai('o')] });
    const flex: string[] = [];

    for (let index = 0; index < 60; index += 1) {
      const { why = '' } = await asked({ messages: [{ role: 'user', content: `question ${index}` }] });
      expect(why).toBe(
        sent().service_tier === 'flex' ? 'alias; strategy=weighted; weight=3; service_tier=flex' : 'alias; strategy=weighted; weight=1',
      );
      if (sent().service_tier === 'flex') flex.push(why);
    }
    expect(flex.length).toBeGreaterThan(30);
    expect(flex.length).toBeLessThan(58);
    await gateway.close();

    const [first, second] = tiers().targets;
    await start({ targets: [{ ...first, requests_per_minute: 2 } as TargetConfig, second as TargetConfig] }, { providers: [openai('o')] });
    const asks: unknown[] = [];
    for (let index = 0; index < 4; index += 1) {
      await ask();
      asks.push(sent().service_tier);
    }
    expect(asks).toEqual(['flex', 'flex', undefined, undefined]);
  });

  test('a tier that the provider reports is believed where the route asked for it', async () => {
    await start({ targets: [target('o/dear', { parameters: { service_tier: 'priority' } })] }, { providers: [openai('o')], ...BUDGET });
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const choices = [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }];
    up.script(jsonReply({ model: 'm', service_tier: 'priority', choices, usage }));

    await ask();

    expect(await record()).toMatchObject({ costNanoUsd: 3_750_000n, usage: { serviceTier: 'priority' } });
  });

  test('a call of tools that its provider runs keeps its own words', async () => {
    await start(
      { targets: [target('o/dear', { parameters: { temperature: 0.25, service_tier: 'priority' } })] },
      { providers: [openai('o')] },
    );
    const key = await gateway.addKey({ serverTools: ['*'] });

    await ask({ web_search_options: {} }, { authorization: `Bearer ${key}` });

    expect(sent()).toMatchObject({ web_search_options: {} });
    expect(sent().temperature).toBeUndefined();
    expect(sent().service_tier).toBeUndefined();
    // What was not asked for is not charged: 10 tokens in and 5 out at 100 US dollars a million, and the price of a search.
    expect((await record())?.usage?.serviceTier).toBeUndefined();
  });
});

describe('strategies', () => {
  test('weighted gives each conversation a target of its own and keeps it, whatever is said later', async () => {
    await start({ strategy: 'weighted', targets: [target('one/cheap'), target('two/cheap')] });
    const turns = (opening: string) => [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: opening },
    ];
    const seen = new Set<string | undefined>();

    for (let index = 0; index < 12; index += 1) {
      const first = await asked({ messages: turns(`question ${index}`) });
      const later = await asked({
        messages: [...turns(`question ${index}`), { role: 'assistant', content: 'yes' }, { role: 'user', content: `and ${index}?` }],
      });
      seen.add(first.to);
      expect(later.to).toBe(first.to);
      expect(first.why).toBe('alias; strategy=weighted; weight=1');
    }

    expect([...seen].sort()).toEqual(['one/cheap', 'two/cheap']);
  });

  test('a conversation begins alike in all dialects, so that an agent keeps its target', async () => {
    await start({ strategy: 'weighted', targets: [target('one/cheap'), target('two/cheap')] });

    for (let index = 0; index < 6; index += 1) {
      const said = `question ${index}`;
      const chat = await asked({
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: said },
        ],
      });
      const messages = await asked(
        {
          system: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral' } }],
          messages: [{ role: 'user', content: [{ type: 'text', text: said }] }],
        },
        {},
        '/v1/messages',
      );
      const responses = await asked({ messages: undefined, max_tokens: undefined, instructions: 'S', input: said }, {}, '/v1/responses');
      expect([messages.to, responses.to]).toEqual([chat.to, chat.to]);
    }
  });

  test('lowest_cost asks the cheapest, and tells what it expects', async () => {
    await start({ strategy: 'lowest_cost', targets: [target('one/dear'), target('two/cheap')] });

    const { to, why } = await asked();

    expect(to).toBe('two/cheap');
    // Some 20 tokens of a prompt and 100 of an answer at a dollar a million.
    expect(Number(/expected_usd=([\d.]+)/.exec(why ?? '')?.[1])).toBeGreaterThan(0.0001);
    expect(Number(/expected_usd=([\d.]+)/.exec(why ?? '')?.[1])).toBeLessThan(0.00015);
  });

  test('F04 a target whose minute is used up is passed over, and the reason says so', async () => {
    await start({ targets: [target('one/cheap', { requests_per_minute: 1 }), target('two/cheap')] });

    expect(await asked()).toMatchObject({ to: 'one/cheap', why: 'alias' });
    expect(await asked()).toMatchObject({ to: 'two/cheap', why: 'alias; fallback=quota' });
    expect(await record()).toMatchObject({ attempts: [{ provider: 'two' }] });
  });

  test('F04 a standby is asked only once the others failed, and the reason says after what', async () => {
    await start({ strategy: 'lowest_cost', targets: [target('one/dear'), target('two/cheap', { weight: 0 })] });

    expect(await asked()).toMatchObject({ to: 'one/dear' });
    up.script((request) =>
      request.body.includes('"dear"') ? jsonReply({ error: { message: 'x', code: 'rate_limit_exceeded' } }, 429) : ANSWER,
    );
    expect((await asked()).why).toMatch(/^alias; strategy=lowest_cost; expected_usd=[\d.]+; fallback=quota$/);
    // Left alone now, which is no failure of this call.
    expect((await asked()).why).toMatch(/; fallback=health$/);
    expect(await record()).toMatchObject({ provider: 'two', attempts: [{ provider: 'two' }] });
  });

  test('whatever the order, one reservation bounds the dearest, and one record is charged what answered', async () => {
    await start(
      { strategy: 'lowest_cost', targets: [target('one/dear'), target('two/cheap')] },
      { gatewayLevel: { budgets: [{ limit_usd: '5', period: 'day' }] } },
    );

    await asked();
    const [only, ...others] = (await record()) === undefined ? [] : gateway.records();

    expect(others).toEqual([]);
    // 100 tokens of an answer at 100 US dollars a million cost a cent; the cheap answer was 15 tokens at a dollar.
    expect(only?.boundNanoUsd).toBeGreaterThan(10_000_000n);
    expect(only?.costNanoUsd).toBe(15_000n);
  });
});

describe('a call that no budget covers', () => {
  const BUDGET = { gatewayLevel: { budgets: [{ limit_usd: '0.01', period: 'day' as const }] } };
  const TARGETS = [target('one/dear')];

  test('goes to what its route names in that case, as a call of the same alias', async () => {
    await start(
      { targets: TARGETS, budget_fallback: 'thrifty' },
      { ...BUDGET, routes: [{ alias: 'thrifty', targets: [target('two/cheap')] }] },
    );

    expect(await asked()).toMatchObject({ status: 200, to: 'two/cheap', why: 'alias; fallback=budget' });
    expect(await record()).toMatchObject({ originalModel: 'smart', provider: 'two', routeReason: 'alias; fallback=budget' });
    expect(gateway.records()).toHaveLength(1);
  });

  test('goes on to what that one names, and is refused where no budget covers the last', async () => {
    const routes: RouteConfig[] = [
      { alias: 'thrifty', targets: [target('two/dear')], budget_fallback: 'free' },
      { alias: 'free', targets: [target('three/cheap')], budget_fallback: 'smart' },
    ];
    await start({ targets: TARGETS, budget_fallback: 'thrifty' }, { ...BUDGET, routes });

    expect(await asked()).toMatchObject({ status: 200, to: 'three/cheap' });
    expect(await asked({ max_tokens: 20_000 })).toMatchObject({ status: 402, error: { code: 'insufficient_quota' } });
    await gateway.settled();
    expect(gateway.records().filter(({ state }) => state === 'settled')).toHaveLength(1);
  });

  test('is not cut short instead: what is left covers some of an answer, but not a usual one', async () => {
    const budget = { gatewayLevel: { budgets: [{ limit_usd: '0.25', period: 'day' as const }] } };
    const routes: RouteConfig[] = [
      { alias: 'thrifty', targets: [target('two/cheap')] },
      { alias: 'alone', targets: TARGETS },
    ];
    await start({ targets: TARGETS, budget_fallback: 'thrifty' }, { ...budget, routes });

    expect(await asked({ max_tokens: undefined, model: 'alone' })).toMatchObject({ status: 200, to: 'one/dear' });
    expect(JSON.parse(up.requests.at(-1)?.body.toString() ?? '').max_tokens).toBeLessThan(1_024);
    expect(await asked({ max_tokens: undefined })).toMatchObject({ status: 200, to: 'two/cheap', why: 'alias; fallback=budget' });
  });

  test('is made once all the same, where it is to be made once', async () => {
    await start(
      { targets: TARGETS, budget_fallback: 'thrifty' },
      { ...BUDGET, routes: [{ alias: 'thrifty', targets: [target('two/cheap')] }] },
    );
    const once = { 'idempotency-key': 'one' };

    expect(await asked({}, once)).toMatchObject({ status: 200, to: 'two/cheap' });
    await gateway.settled();
    expect(await asked({}, once)).toMatchObject({ status: 409, error: { code: 'duplicate_request' } });
    expect(up.requests).toHaveLength(1);
  });

  test('is refused where its key may not use what the fallback leads to', async () => {
    await start(
      { targets: TARGETS, budget_fallback: 'thrifty' },
      { ...BUDGET, routes: [{ alias: 'thrifty', targets: [target('two/cheap')] }] },
    );
    const narrow = await gateway.addKey({ models: ['one/*'] });

    expect(await asked({}, { authorization: `Bearer ${narrow}` })).toMatchObject({ status: 402, error: { code: 'insufficient_quota' } });
  });
});

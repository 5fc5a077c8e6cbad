/** Where calls that are sensitive, or fenced, get to: for every combination of labels, fences, routes and failing providers. */
import fc from 'fast-check';
import { createIdentityStore } from '../../../lambda/aws/dynamodb/identity';
import { createOverrideStore } from '../../../lambda/aws/dynamodb/overrides';
import type { GatewayDocument, ProviderConfig, RouteConfig, SensitivityLabel } from '../../../lib/private/contract';
import { SENSITIVITIES } from '../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

const ANSWER = { model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }], usage: {} };
const MESSAGES = [{ role: 'user', content: 'hi, orchid' }];
const BODIES = {
  '/v1/chat/completions': { messages: MESSAGES },
  '/v1/responses': { input: 'hi, orchid' },
  '/v1/messages': { messages: MESSAGES, max_tokens: 9 },
};

let upstream: Upstream;
let gateway: TestGateway | undefined;

beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.requests.length = 0;
  upstream.script(jsonReply(ANSWER));
});
afterEach(async () => gateway?.close());
afterAll(() => upstream.close());

/** Each place has a path of its own, so that whoever was called can be told: `/own/m`, `/split/eu-west-1/m`. */
const AREAS: Readonly<Record<string, readonly string[]>> = {
  own: ['here'],
  union: ['here'],
  unknown: ['here'],
  split: ['us-east-1', 'eu-west-1', 'eu-west-2'],
  sage: ['us-east-1', 'eu-west-1'],
};
const providersAt = (origin: string): ProviderConfig[] => [
  compatible('own', `${origin}/own/here`),
  compatible('union', `${origin}/union/here`, { residency: 'eu' }),
  // What runs on this machine is known to be where the gateway is, so this one is said to be nowhere that a fence could name.
  compatible('unknown', `${origin}/unknown/here`, { residency: 'global' }),
  compatible('split', `${origin}/split/{region}`, { regions: [...(AREAS['split'] ?? [])] }),
  compatible('sage', '', { kind: 'sagemaker', baseUrl: { value: `${origin}/sage/{region}` }, regions: [...(AREAS['sage'] ?? [])] }),
];
/** Of several Regions of one provider. */
const isIn = (provider: string, area: string, wanted: string) => (provider === 'split' || provider === 'sage') && area === wanted;
/** The gateway's own Region is us-east-1 here. Written out, so that nothing is shared with what is tested. */
const WITHIN: Readonly<Record<string, (provider: string, area: string) => boolean>> = {
  eu: (provider, area) => provider === 'union' || isIn(provider, area, 'eu-west-1'),
  us: (provider, area) => provider === 'own' || isIn(provider, area, 'us-east-1'),
  uk: (provider, area) => isIn(provider, area, 'eu-west-2'),
  'us-east-1': (provider, area) => provider === 'own' || isIn(provider, area, 'us-east-1'),
  'eu-west-1': (provider, area) => isIn(provider, area, 'eu-west-1'),
};

const label = fc.option(fc.constantFrom(...SENSITIVITIES), { nil: undefined, freq: 1 });
const fence = fc.option(fc.uniqueArray(fc.constantFrom(...Object.keys(WITHIN)), { minLength: 1, maxLength: 3 }), {
  nil: undefined,
  freq: 1,
});
const held = fc.record({ sensitivity: label, residency: fence });
const provider = fc.constantFrom(...Object.keys(AREAS));
const patterns = fc.uniqueArray(
  fc.oneof(
    provider.map((id) => `${id}/*`),
    fc.constant('*'),
    provider.map((id) => `${id}/m`),
  ),
  { maxLength: 3 },
);

const scene = fc.record({
  gateway: held,
  levels: fc.record({ gateway: held, team: held, project: held, user: held, key: held }),
  route: held,
  call: label,
  /** What a guardrail policy says of a word that stands in the call. */
  found: label,
  confined: fc.option(patterns, { nil: undefined, freq: 3 }),
  targets: fc.uniqueArray(provider, { minLength: 1, maxLength: 4 }),
  shadow: fc.option(provider, { nil: undefined }),
  strategy: fc.constantFrom('ordered' as const, 'weighted' as const, 'least_busy' as const),
  sensitive: fc.record({ public: patterns, internal: patterns, confidential: patterns, restricted: patterns }, { requiredKeys: [] }),
  failing: fc.uniqueArray(provider, { maxLength: 4 }),
  path: fc.constantFrom(...Object.keys(BODIES)),
  stream: fc.boolean(),
});

type Scene = typeof scene extends fc.Arbitrary<infer One> ? One : never;

const NAMED = 'orchid';
const isFound = ({ found, confined }: Scene): boolean => (found !== undefined && found !== 'public') || (confined?.length ?? 0) > 0;
const confinedTo = ({ confined = [] }: Scene): readonly string[] => (confined.length === 0 ? ['*'] : confined);

/** A policy that holds for every call, and finds the word in it. */
function guardrailsOf(one: Scene): Partial<GatewayDocument> {
  if (!isFound(one)) return {};
  const rule = {
    name: 'named',
    deny: [NAMED],
    action: 'route' as const,
    ...(one.found === undefined || one.found === 'public' ? {} : { sensitivity: one.found }),
    ...((one.confined?.length ?? 0) === 0 ? {} : { targets: one.confined as readonly string[] }),
  };
  return { guardrails: [{ id: 'classes', rules: [rule] }], defaultGuardrails: ['classes'] };
}

function labelOf(one: Scene): SensitivityLabel {
  const all = [one.gateway, ...Object.values(one.levels), one.route, { sensitivity: one.call }, { sensitivity: one.found }];
  return SENSITIVITIES[Math.max(...all.map((each) => SENSITIVITIES.indexOf(each.sensitivity ?? 'public')))] as SensitivityLabel;
}

function placesAllowed(one: Scene, targets: readonly string[]): string[] {
  const fences = [one.gateway, ...Object.values(one.levels), one.route].map(({ residency }) => residency);
  const sensitivity = labelOf(one);
  const lists = one.sensitive[sensitivity] ?? (sensitivity === 'public' ? ['*'] : []);
  return targets
    .filter((id) => [lists, confinedTo(one)].every((list) => list.some((pattern) => pattern === '*' || pattern.startsWith(`${id}/`))))
    .flatMap((id) => (AREAS[id] ?? []).map((area) => [id, area] as const))
    .filter(([id, area]) => fences.every((fence) => fence === undefined || fence.some((name) => WITHIN[name]?.(id, area))))
    .map(([id, area]) => `/${id}/${area}`);
}

/** What tells a shadow's calls from the others. */
const MARKED = { temperature: 0.123 };
const MARK = '"temperature":0.123';

/** Fields that are undefined are no fields. */
const clean = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value));

test('F14 R22 a call reaches only where its labels and fences allow, whatever fails, and is refused where that is nowhere', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (one) => {
      upstream.requests.length = 0;
      upstream.script(({ path }) => {
        const id = path.split('/')[1] as string;
        return one.failing.includes(id) ? jsonReply({ error: { message: 'down' } }, 503) : jsonReply(ANSWER);
      });
      const shadow =
        one.shadow === undefined
          ? {}
          : {
              shadow: {
                provider: one.shadow,
                model: 'm',
                share: 1,
                budget: { limit_usd: '1', period: 'day' as const },
                parameters: MARKED,
              },
            };
      const document: Partial<GatewayDocument> = {
        providers: providersAt(upstream.origin),
        routes: [{ ...route('smart', ...one.targets.map((id) => `${id}/m`)), strategy: one.strategy, ...shadow, ...clean(one.route) }],
        placement: clean(one.gateway),
        sensitiveTargets: clean(one.sensitive),
        ...guardrailsOf(one),
      };
      const running = await startGateway({ document, awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 's' }) });
      try {
        const identity = createIdentityStore(running.table, TABLE_NAMES.identity);
        const made = { status: 'active', createdAt: '', updatedAt: '', generation: 1 } as const;
        await identity.create('gateway', { id: 'gateway', ...made, ...clean(one.levels.gateway) });
        await identity.create('team', { id: 't', ...made, ...clean(one.levels.team) });
        await identity.create('project', { id: 'p', teamId: 't', ...made, ...clean(one.levels.project) } as never);
        await identity.create('user', { id: 'u', teamId: 't', ...made, ...clean(one.levels.user) } as never);
        const key = await running.addKey({ teamId: 't', projectId: 'p', userId: 'u', ...clean(one.levels.key) });
        const body = { model: 'smart', stream: one.stream, ...BODIES[one.path as keyof typeof BODIES] };
        const headers = { authorization: `Bearer ${key}`, ...(one.call === undefined ? {} : { 'x-gateway-sensitivity': one.call }) };
        const reply = await running.call(one.path, body, headers);

        await running.settled();

        const allowed = placesAllowed(one, one.targets);
        const [tried, asked] = [true, false].map((isShadow) =>
          upstream.requests.filter(({ body }) => body.includes(MARK) === isShadow).map(({ path }) => path.split('/').slice(0, 3).join('/')),
        );
        const reached = asked ?? [];
        const allowedShadow = one.shadow === undefined ? [] : placesAllowed(one, [one.shadow]);
        expect(tried?.filter((place) => !allowedShadow.includes(place))).toEqual([]);
        if (reply.status === 200 && allowedShadow.length > 0) expect(tried?.length).toBeGreaterThan(0);
        expect(reached.filter((place) => !allowed.includes(place))).toEqual([]);
        if (allowed.length > 0) expect(reached.length).toBeGreaterThan(0);
        else expect([reply.status, reply.text]).toEqual([403, expect.stringMatching(/leads nowhere that .* may go/)]);
        const told = running.records().map(({ sensitivity = 'public', shadowOf }) => [shadowOf === undefined, sensitivity]);
        if (reply.status === 200) expect(told).toContainEqual([true, labelOf(one)]);
      } finally {
        await running.close();
      }
    }),
    { numRuns: 150 },
  );
}, 120_000);

async function start(document: Partial<GatewayDocument>): Promise<void> {
  gateway = await startGateway({ document: { providers: providersAt(upstream.origin), ...document } });
}

const ask = (model: string, headers: Record<string, string> = {}) =>
  (gateway as TestGateway).call('/v1/chat/completions', { model, messages: MESSAGES }, headers);
const reached = () => upstream.requests.map(({ path }) => path.split('/')[1]);

test('the record of a sensitive call tells its label, and the widest network that it got to', async () => {
  await start({ sensitiveTargets: { restricted: ['own/*'] }, routes: [route('smart', 'split/m', 'own/m')] });

  await ask('smart', { 'x-gateway-sensitivity': 'restricted' });
  await ask('own/m');
  await gateway?.settled();

  const shown = gateway?.records().map(({ sensitivity, network }) => [sensitivity, network]);
  expect(shown).toHaveLength(2);
  expect(shown).toEqual(
    expect.arrayContaining([
      ['restricted', 'loopback'],
      [undefined, undefined],
    ]),
  );
  expect(reached()).toEqual(['own', 'own']);
});

test('a label that is none is refused, by its header’s name', async () => {
  await start({ routes: [] });

  const reply = await ask('own/m', { 'x-gateway-sensitivity': 'secret' });

  expect([reply.status, reply.json.error.code, reply.json.error.param]).toEqual([400, 'invalid_header', 'x-gateway-sensitivity']);
});

test('a label without targets says what is missing', async () => {
  await start({ routes: [] });

  const reply = await ask('own/m', { 'x-gateway-sensitivity': 'restricted' });

  expect(reply.json.error).toMatchObject({
    code: 'target_not_allowed',
    param: 'model',
    message: expect.stringMatching(/are restricted, for which the gateway's configuration names no target/),
  });
  expect(reached()).toEqual([]);
});

test('models that a key cannot reach from where it has to stay are not in its list', async () => {
  await start({ routes: [route('near', 'union/m'), route('far', 'own/m')] });
  const key = await gateway?.addKey({ residency: ['eu'] });

  const list = await gateway?.send('GET', '/v1/models', { authorization: `Bearer ${key}` });
  const one = await gateway?.send('GET', '/v1/models/far', { authorization: `Bearer ${key}` });

  expect(list?.json.data.map(({ id }: { id: string }) => id)).toEqual(['near']);
  expect(one?.status).toBe(404);
});

describe('what a route is deployed with holds', () => {
  const smart: RouteConfig = { ...route('smart', 'own/m', 'union/m'), residency: ['eu'] };

  test('after it was changed at run time, beside what the change says', async () => {
    await start({ routes: [smart] });
    const overrides = createOverrideStore((gateway as TestGateway).table, TABLE_NAMES.identity);
    await overrides.put(
      'model',
      { id: 'smart', targets: route('', 'own/m', 'split/m').targets, version: 1, createdAt: '', updatedAt: '' } as never,
      undefined as never,
    );

    const reply = await ask('smart');

    expect(reply.status).toBe(200);
    expect(upstream.requests.map(({ path }) => path.split('/').slice(1, 3))).toEqual([['split', 'eu-west-1']]);
  });

  test('where its calls fall back to another route for want of a budget', async () => {
    const poor: RouteConfig = { ...smart, budget_fallback: 'other' };
    await start({
      providers: [
        ...providersAt(upstream.origin).filter(({ id }) => id !== 'union'),
        compatible('union', `${upstream.origin}/union/here`, { residency: 'eu', free: false }),
      ],
      routes: [poor, route('other', 'own/m', 'split/m')],
      unknownPrice: { policy: 'ceiling', ceilingUsd: '100' },
    });
    const key = await gateway?.addKey({ budgets: [{ limit_usd: '0.000001', period: 'day' }] });

    const reply = await ask('smart', { authorization: `Bearer ${key}` });

    expect(reply.status).toBe(200);
    expect(upstream.requests.map(({ path }) => path.split('/').slice(1, 3))).toEqual([['split', 'eu-west-1']]);
  });
});

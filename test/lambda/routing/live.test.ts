import fc from 'fast-check';
import { createOverrideStore } from '../../../lambda/aws/dynamodb';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { type Call, TABLE_NAMES } from '../../support/memory-dynamodb';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
let wallAheadMs = 0;
let monotonicAheadMs = 0;

beforeEach(async () => {
  wallAheadMs = 0;
  monotonicAheadMs = 0;
  upstream = await startUpstream();
  const choices = [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }];
  upstream.script(jsonReply({ model: 'm', choices, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }));
  gateway = await startGateway({
    clock: { now: () => Date.now() + wallAheadMs, monotonic: () => performance.now() + monotonicAheadMs },
    document: { providers: [compatible('up', upstream.origin)], routes: [route('smart', 'up/deployed')] },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

async function lead(model: string): Promise<void> {
  const overrides = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  const before = await overrides.get('model', 'smart');
  const generation = (before?.generation ?? 0) + 1;
  await overrides.put(
    'model',
    { id: 'smart', targets: [{ provider: 'up', model }], generation, updatedAt: new Date().toISOString() },
    before?.generation,
  );
}

/** The model that a call of the alias is sent to. */
async function sentTo(): Promise<string> {
  const { status, headers } = await gateway.call('/v1/chat/completions', { model: 'smart', messages: [{ role: 'user', content: 'x' }] });
  expect(status).toBe(200);
  await gateway.settled();
  return `up/${headers['x-gateway-model']}`;
}

const isOverrides = ({ input }: Call) => JSON.stringify(input).includes('override-list');

test.each([
  ['busy', 0, 0],
  ['idle', 10_000, 10_000],
  ['frozen for six hours', 21_600_000, 21_600_000],
  ['idle, and the wall clock was set back', -3_600_000, 10_000],
])('R14 a changed route holds for the next calls of a process that was %s', async (_, wallMs, monotonicMs) => {
  expect(await sentTo()).toBe('up/deployed');

  await lead('changed');
  wallAheadMs += wallMs;
  monotonicAheadMs += monotonicMs;

  expect(await Promise.all([sentTo(), sentTo(), sentTo(), sentTo()])).toEqual(Array(4).fill('up/changed'));
});

test('R14 a changed route is in the list of models at once', async () => {
  const models = async () => (await gateway.send('GET', '/v1/models', { authorization: `Bearer ${gateway.key}` })).json.data;
  const { length } = await models();
  const overrides = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  await overrides.put('model', {
    id: 'new',
    targets: [{ provider: 'up', model: 'm' }],
    generation: 1,
    updatedAt: new Date().toISOString(),
  });

  expect(await models()).toHaveLength(length + 1);
});

test('R14 a route that was taken away is refused to the next call, one that was brought in is open to it', async () => {
  const overrides = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  const ask = async () =>
    (await gateway.call('/v1/chat/completions', { model: 'later', messages: [{ role: 'user', content: 'x' }] })).status;
  expect(await ask()).toBe(404);

  const override = { id: 'later', targets: [{ provider: 'up', model: 'm' }], generation: 1, updatedAt: new Date().toISOString() };
  await overrides.put('model', override);
  expect(await ask()).toBe(200);
  await overrides.remove('model', 'later', 1);
  expect(await ask()).toBe(404);
});

test('R14 the overrides are read when they have changed, once for all calls that wait, and never else', async () => {
  await sentTo();
  let reads = 0;
  gateway.table.hooks = {
    async before(call) {
      if (isOverrides(call)) reads++;
      await new Promise((done) => setTimeout(done, 20));
    },
  };

  monotonicAheadMs += 3_600_000;
  await Promise.all([sentTo(), sentTo(), sentTo()]);
  expect(reads).toBe(0);

  await lead('changed');
  reads = 0;
  await Promise.all([sentTo(), sentTo(), sentTo()]);
  expect(reads).toBe(1);
});

test('R14 a call that is planned by what was changed meanwhile is not made while the table does not tell of it', async () => {
  expect(await sentTo()).toBe('up/deployed');
  await lead('changed');
  gateway.table.hooks = {
    before(call) {
      if (isOverrides(call)) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    },
  };

  const { status } = await gateway.call('/v1/chat/completions', { model: 'smart', messages: [{ role: 'user', content: 'x' }] });
  expect(status).toBe(503);
  expect(upstream.requests).toHaveLength(1);

  gateway.table.hooks = {};
  expect(await sentTo()).toBe('up/changed');
});

test('R14 a change holds for the next call whatever was called, idled and frozen before', async () => {
  const step = fc.record({
    idleMs: fc.integer({ min: 0, max: 30_000 }),
    clocks: fc.constantFrom('both', 'wall', 'monotonic'),
    calls: fc.integer({ min: 0, max: 2 }),
  });
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 5 }), async (steps) => {
      for (const { idleMs, clocks, calls } of steps) {
        if (clocks !== 'monotonic') wallAheadMs += idleMs;
        if (clocks !== 'wall') monotonicAheadMs += idleMs;
        for (let call = 0; call < calls; call++) await sentTo();
      }
      await lead(`changed-${++changes}`);

      expect(await sentTo()).toBe(`up/changed-${changes}`);
    }),
    { numRuns: 40 },
  );
});

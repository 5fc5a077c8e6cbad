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

const isOverrides = ({ operation, input }: Call) => operation === 'query' && JSON.stringify(input).includes('override-');

test.each([
  ['idle', 10_000, 10_000],
  ['frozen, while the monotonic clock stood still', 10_000, 0],
  ['frozen, while the wall clock stood still', 0, 10_000],
  ['frozen for six hours', 21_600_000, 21_600_000],
  ['idle, and the wall clock was set back', -3_600_000, 10_000],
])('R14 a changed route holds for the first calls of a process that was %s', async (_, wallMs, monotonicMs) => {
  expect(await sentTo()).toBe('up/deployed');

  await lead('changed');
  wallAheadMs += wallMs;
  monotonicAheadMs += monotonicMs;

  expect(await Promise.all([sentTo(), sentTo(), sentTo(), sentTo()])).toEqual(Array(4).fill('up/changed'));
});

test('R14 a changed route is in the list of models of an idle process at once', async () => {
  const models = async () => (await gateway.send('GET', '/v1/models', { authorization: `Bearer ${gateway.key}` })).json.data;
  const { length } = await models();
  const overrides = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  await overrides.put('model', {
    id: 'new',
    targets: [{ provider: 'up', model: 'm' }],
    generation: 1,
    updatedAt: new Date().toISOString(),
  });
  wallAheadMs += 10_000;

  expect(await models()).toHaveLength(length + 1);
});

test('R14 the overrides are read beside the key, once for all calls that wait, and not again while they are young', async () => {
  await sentTo();
  const inFlight = new Set<Call>();
  const together: boolean[] = [];
  let reads = 0;
  gateway.table.hooks = {
    async before(call) {
      inFlight.add(call);
      if (isOverrides(call)) reads++;
      await new Promise((done) => setTimeout(done, 50));
      together.push([...inFlight].some(isOverrides) && [...inFlight].some((one) => !isOverrides(one)));
    },
    after: (call) => void inFlight.delete(call),
  };

  monotonicAheadMs += 60_000;
  await Promise.all([sentTo(), sentTo(), sentTo()]);

  expect(reads).toBe(3);
  expect(together[0]).toBe(true);

  monotonicAheadMs += 5_000;
  await sentTo();
  expect(reads).toBe(3);
});

test.each([
  ['idle', 60_000, 60_000],
  ['frozen, while the monotonic clock stood still', 60_000, 0],
])('R14 on a process that was %s the overrides add no round trip to that of the key', async (_, wallMs, monotonicMs) => {
  const TRIP_MS = 30;
  /** Round trips one after the other, the reads of the overrides taking part or not. */
  const roundTrips = async (takesPart: boolean): Promise<number> => {
    wallAheadMs += wallMs;
    monotonicAheadMs += monotonicMs;
    let [running, rounds, reads] = [0, 0, 0];
    gateway.table.hooks = {
      async before(call) {
        if (isOverrides(call)) reads++;
        if (isOverrides(call) && !takesPart) return;
        if (running++ === 0) rounds++;
        // Calls of one round end together, whatever their timers do.
        await new Promise((done) => setTimeout(done, TRIP_MS));
        await new Promise((done) => setImmediate(done));
        running--;
      },
    };
    await sentTo();
    gateway.table.hooks = {};
    expect(reads).toBe(3);
    return rounds;
  };
  await sentTo();

  const without = await roundTrips(false);

  expect(await roundTrips(true)).toBe(without);
});

test('R14 calls of a busy process never wait: the next read begins before the last is too old', async () => {
  await sentTo();
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  let reads = 0;
  gateway.table.hooks = {
    before(call) {
      if (isOverrides(call)) reads++;
      return isOverrides(call) ? held : undefined;
    },
  };

  monotonicAheadMs += 7_000;
  const began = performance.now();
  expect(await sentTo()).toBe('up/deployed');

  expect(reads).toBe(3);
  expect(performance.now() - began).toBeLessThan(1_500);
  release();
});

test('R14 without an answer of the table the last known goes on, after two seconds at most, and the next answer counts', async () => {
  await lead('first');
  expect(await sentTo()).toBe('up/first');
  gateway.table.hooks = {
    before: (call) => (isOverrides(call) ? new Promise<void>(() => {}) : undefined),
  };
  monotonicAheadMs += 60_000;
  const began = performance.now();
  expect(await sentTo()).toBe('up/first');
  expect(performance.now() - began).toBeGreaterThan(1_900);

  gateway.table.hooks = {
    before(call) {
      if (isOverrides(call)) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    },
  };
  monotonicAheadMs += 60_000;
  expect(await sentTo()).toBe('up/first');

  gateway.table.hooks = {};
  await lead('second');
  monotonicAheadMs += 10_000;
  expect(await sentTo()).toBe('up/second');
});

test('R14 a change holds 10 s later whatever was called, idled and frozen before', async () => {
  const step = fc.record({
    idleMs: fc.integer({ min: 0, max: 30_000 }),
    clocks: fc.constantFrom('both', 'wall', 'monotonic'),
    calls: fc.integer({ min: 0, max: 2 }),
  });
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 5 }), fc.constantFrom('both', 'wall', 'monotonic'), async (steps, clocks) => {
      const pass = (ms: number, which: string) => {
        if (which !== 'monotonic') wallAheadMs += ms;
        if (which !== 'wall') monotonicAheadMs += ms;
      };
      for (const { idleMs, clocks: which, calls } of steps) {
        pass(idleMs, which);
        for (let call = 0; call < calls; call++) await sentTo();
      }
      await lead(`changed-${++changes}`);
      pass(10_000, clocks);

      expect(await sentTo()).toBe(`up/changed-${changes}`);
    }),
    { numRuns: 40 },
  );
});

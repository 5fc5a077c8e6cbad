import { createHealthStore, createIdentityStore } from '../../../../lambda/aws/dynamodb';
import { hashSecret } from '../../../../lambda/identity';
import { generateKey } from '../../../../lambda/identity/virtual-key';
import type { SharedHealth } from '../../../../lambda/routing';
import { compatible, PEPPER, route, startGateway, type TestGateway } from '../../../support/gateway';
import { createMemoryDynamoDb, type MemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

/** Several processes of one gateway: they share the tables, and nothing else. */

let up: Upstream;
let spare: Upstream;
let table: MemoryDynamoDb;
let processes: TestGateway[];
let ahead: number;
let key: string;
const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};
const DOWN = jsonReply({ error: { message: 'down', type: 'server_error' } }, 503);
const AUTH = jsonReply({ error: { message: 'no', type: 'invalid_api_key', code: 'invalid_api_key' } }, 401);

beforeEach(async () => {
  ahead = 61_000 - (Date.now() % 60_000);
  [up, spare] = await Promise.all([startUpstream(), startUpstream()]);
  up.script(jsonReply(answer));
  spare.script(jsonReply(answer));
  table = createMemoryDynamoDb();
  const made = generateKey();
  key = made.text;
  await createIdentityStore(table, TABLE_NAMES.identity).create('key', {
    id: made.keyId,
    status: 'active',
    role: 'caller',
    hashes: [{ pepperVersion: 1, hmac: hashSecret(PEPPER, made.keyId, made.secret) }],
    lastFour: made.lastFour,
    generation: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  });
  processes = [];
  for (const teller of [0, 0.3, 0.6]) {
    processes.push(
      await startGateway({
        clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
        dynamodb: table,
        random: () => teller,
        document: {
          providers: [compatible('up', up.origin), compatible('spare', spare.origin)],
          routes: [
            route('both', 'up/m', 'spare/m'),
            {
              alias: 'limited',
              targets: [
                { provider: 'up', model: 'm', requests_per_minute: 20, tokens_per_minute: 100_000 },
                { provider: 'spare', model: 'm' },
              ],
            },
          ],
        },
      }),
    );
  }
});

afterEach(async () => {
  await Promise.all(processes.map((gateway) => gateway.close()));
  await Promise.all([up.close(), spare.close()]);
});

const ask = async (process: number, model = 'both') => {
  const gateway = processes[process] as TestGateway;
  const body = { model, messages: [{ role: 'user', content: 'x' }] };
  const reply = await gateway.call('/v1/chat/completions', body, { authorization: `Bearer ${key}` });
  await gateway.settled();
  return reply;
};
const fail = async (process: number) => {
  for (let count = 0; count < 3; count++) await ask(process);
};

test('F11 what two processes saw fail, the third does not try', async () => {
  up.script(DOWN);
  await fail(0);
  await fail(1);
  const before = up.requests.length;

  const reply = await ask(2);

  expect([reply.status, reply.headers['x-gateway-provider'], reply.headers['x-gateway-attempts']]).toEqual([200, 'spare', '1']);
  expect(up.requests).toHaveLength(before);
});

test('F11 what one process alone saw fail, the others try', async () => {
  up.script(DOWN);
  await fail(0);
  up.script(jsonReply(answer));

  expect((await ask(1)).headers['x-gateway-provider']).toBe('up');
});

test('F04 what asked one process to be left alone is left alone by all', async () => {
  up.script(jsonReply({ error: { message: 'slow', type: 'rate_limit_error' } }, 429, { 'retry-after': '30' }));
  await ask(0);

  expect((await ask(1)).headers['x-gateway-provider']).toBe('spare');
  expect(up.requests).toHaveLength(1);
});

test('F12 after a rest one call of all finds out, and then everybody comes', async () => {
  up.script(DOWN);
  await fail(0);
  await fail(1);
  await ask(2);
  const before = up.requests.length;
  ahead += 11_000;

  const during = await Promise.all([0, 1, 2].map((process) => ask(process)));
  expect(during.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(up.requests.length - before).toBe(1);

  up.script(jsonReply(answer));
  ahead += 11_000;
  await Promise.all([0, 1, 2].map((process) => ask(process)));
  ahead += 1_100;
  const after = await Promise.all([0, 1, 2].map((process) => ask(process)));
  expect(after.map(({ headers }) => headers['x-gateway-provider'])).toEqual(['up', 'up', 'up']);
});

test('F02 why all places rest is answered by a process that called none of them', async () => {
  up.script(AUTH);
  spare.script(AUTH);
  for (const process of [0, 1]) for (let count = 0; count < 4; count++) await ask(process);
  const before = up.requests.length + spare.requests.length;

  const reply = await ask(2);

  expect([reply.status, reply.json.error.code, reply.headers['x-should-retry']]).toEqual([502, 'upstream_auth', 'false']);
  expect(up.requests.length + spare.requests.length - before).toBeLessThanOrEqual(1);
});

test('while nothing fails nothing is told, and the item is asked for once a second at most', async () => {
  await ask(0);
  const asked: boolean[] = [];
  const original = table.batchGetItem.bind(table);
  table.batchGetItem = async (input, options) => {
    asked.push(TABLE_NAMES.counters in (input.RequestItems ?? {}));
    return original(input, options);
  };
  for (let count = 0; count < 5; count++) await ask(0);
  ahead += 1_000;
  await ask(0);

  expect(asked).toEqual([false, false, false, false, false, true]);
  expect(table.items(TABLE_NAMES.counters).some(({ pk }) => pk?.S === 'health')).toBe(false);
});

test('a table that refuses what is told costs no call', async () => {
  const gateway = processes[0] as TestGateway;
  const original = table.updateItem.bind(table);
  table.updateItem = async (input, options) => {
    if (input.Key?.['pk']?.S === 'health') throw Object.assign(new Error('no'), { name: 'ProvisionedThroughputExceededException' });
    return original(input, options);
  };
  up.script(DOWN);

  for (let count = 0; count < 5; count++) expect((await ask(0)).status).toBe(200);
  ahead += 11_000;
  up.script(jsonReply(answer));
  expect((await ask(0)).headers['x-gateway-provider']).toBe('up');
  expect(gateway.log.filter(({ event }) => event === 'health-unshared').length).toBeGreaterThanOrEqual(1);
});

test('what was told is read back, what is old goes, what nobody understands is left out', async () => {
  const store = createHealthStore(table, TABLE_NAMES.counters);
  let heard: SharedHealth = new Map();
  const rider = store.riding({
    due: () => true,
    hear: (health) => {
      heard = health;
    },
  });
  const read = () => rider.took(table.items(TABLE_NAMES.counters).find(({ pk }) => pk?.S === 'health'));
  const rest = { at: 1_000, until: 11_000, limited: false, code: 'upstream_auth' } as const;

  await store.tell([
    { kind: 'rest', place: 'a/b#c@eu', teller: 3, rest },
    { kind: 'speed', place: 'x/y@', speed: { at: 2_000, timeToFirstTokenMs: 321, tokensPerSecond: 45.6 } },
  ]);
  expect(await store.claim('x/y@', 5_000, 4_000, 100)).toBe(true);
  expect(await store.claim('x/y@', 5_500, 4_500, 100)).toBe(false);
  read();
  expect([...heard]).toEqual([
    ['a/b#c@eu', { rests: [rest], answeredAt: 0, probedAt: 0 }],
    ['x/y@', { rests: [], answeredAt: 0, probedAt: 5_000, speed: { at: 2_000, timeToFirstTokenMs: 321, tokensPerSecond: 45.6 } }],
  ]);

  await store.tell([{ kind: 'answered', place: 'x/y@', at: 2_000_000 }]);
  read();
  await store.tell([{ kind: 'answered', place: 'x/y@', at: 2_000_001 }]);
  read();
  expect([...heard]).toEqual([['x/y@', { rests: [], answeredAt: 2_000_001, probedAt: 0 }]]);
  rider.took({ pk: { S: 'health' }, 'zz#x': { S: '1' }, odd: { N: '7' }, 'a#y': { S: 'NaN' } });
  expect([...heard]).toEqual([['x', { rests: [], answeredAt: 0, probedAt: 0 }]]);
});

describe('GET /health/deep', () => {
  const deep = async () => {
    const { status, json, headers } = await (processes[0] as TestGateway).send('GET', '/health/deep');
    return [status, json, headers['content-type']];
  };
  const GOOD = [200, { status: 'ok' }, 'application/json'];
  const BAD = [503, { status: 'unavailable' }, 'application/json'];

  test('is good without a key, and asks the table once in five seconds, however often it is asked', async () => {
    let reads = 0;
    const original = table.batchGetItem.bind(table);
    table.batchGetItem = async (input, options) => {
      reads += 1;
      return original(input, options);
    };

    for (let count = 0; count < 20; count++) expect(await deep()).toEqual(GOOD);
    expect(reads).toBe(1);
    ahead += 5_000;
    await deep();
    expect(reads).toBe(2);
  });

  test('is bad while the table does not answer, and good again some seconds after it does', async () => {
    const original = table.batchGetItem.bind(table);
    table.batchGetItem = async () => {
      throw Object.assign(new Error('down'), { name: 'InternalServerError' });
    };
    expect(await deep()).toEqual(BAD);
    table.batchGetItem = original;
    expect(await deep()).toEqual(BAD);

    ahead += 5_000;
    expect(await deep()).toEqual(GOOD);
  });

  test('is bad while every provider that was called fails, as other processes tell too', async () => {
    up.script(DOWN);
    spare.script(DOWN);
    for (const process of [1, 2]) for (let count = 0; count < 4; count++) await ask(process);

    expect(await deep()).toEqual(BAD);
    ahead += 20_000;
    expect(await deep()).toEqual(GOOD);
  });
});

describe('limits of a target', () => {
  const sent = async (process: number, calls: number) => {
    for (let count = 0; count < calls; count++) await ask(process, 'limited');
  };

  test('count what all processes sent in the minute, by words that are a few seconds old', async () => {
    await sent(0, 8);
    await sent(1, 8);
    ahead += 5_100;
    // What was sent is told behind an answer, and heard with the rows of a call.
    await sent(0, 1);
    await sent(1, 1);
    ahead += 1_100;
    await sent(2, 6);

    // Of the 18 that the others sent it knows 16: each told of what was before its last.
    expect([up.requests.length, spare.requests.length]).toEqual([22, 2]);
    ahead += 60_000;
    await sent(2, 1);
    expect(up.requests).toHaveLength(23);
  });

  test('cost no read more, and a write in five seconds at the most', async () => {
    const counted = async (model: string) => {
      await ask(0, model);
      ahead += 5_100;
      await ask(0, model);
      table.resetCounts();
      for (let count = 0; count < 5; count++) await ask(0, model);
      return { ...table.calls };
    };

    const without = await counted('both');

    expect(await counted('limited')).toEqual(without);
  });

  test('go by what a process sent itself where the table does not take its words', async () => {
    await sent(0, 25);

    expect(up.requests).toHaveLength(20);
  });
});

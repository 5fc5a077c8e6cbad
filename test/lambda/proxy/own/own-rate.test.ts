import { startGateway, type TestGateway } from '../../../support/gateway';

let gateway: TestGateway;
let nowMs = 0;

beforeEach(async () => {
  nowMs = 1_000_000;
  gateway = await startGateway({ clock: { now: () => Date.now(), monotonic: () => nowMs } });
});
afterEach(() => gateway.close());

const get = (path: string, key = gateway.key) => gateway.send('GET', path, { authorization: `Bearer ${key}` });

test('R09 what the gateway itself answers counts against a rate of each key, and writes nothing', async () => {
  const paths = ['/v1/me', '/v1/models', '/v1/models/a/b', '/v1/unheard-of'];
  for (let at = 0; at < 60; at += 1) expect((await get(paths[at % 4] as string)).status).not.toBe(429);

  const refused = await get('/v1/me');

  expect([refused.status, refused.json.error.code, refused.headers['retry-after'], refused.headers['x-should-retry']]).toEqual([
    429,
    'rate_limit_exceeded',
    '1',
    'true',
  ]);
  expect((await get('/v1/models')).status).toBe(429);
  expect((await get('/v1/me', await gateway.addKey())).status).toBe(200);
  expect(gateway.table.calls).toMatchObject({ updateItem: 0, transactWriteItems: 0, deleteItem: 0 });

  nowMs += 1_000;
  expect([(await get('/v1/me')).status, (await get('/v1/me')).status]).toEqual([200, 429]);
  nowMs += 600_000;
  expect((await get('/v1/me')).status).toBe(200);
});

test('R09 nobody uses up a key’s rate without the key', async () => {
  const wrong = `${gateway.key.slice(0, -8)}00000000`;
  for (let at = 0; at < 100; at += 1) expect((await get('/v1/me', wrong)).status).toBe(401);

  expect((await get('/v1/me')).status).toBe(200);
});

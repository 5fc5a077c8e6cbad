/** Keys that nobody made: what they cost, on every route. */
import { generateKey } from '../../../lambda/identity/virtual-key';
import { ROUTES } from '../../../lambda/proxy/before/routes';
import { startGateway, type TestGateway } from '../../support/gateway';
import { createAdminHarness } from '../admin/harness';

const paths: [string, string][] = [
  ...ROUTES.filter(({ authenticated }) => authenticated).map(({ method, path }): [string, string] => [method, path.replace('*', 'a')]),
  ['GET', '/v1/nothing'],
  ['PUT', '/v1/messages'],
];

let gateway: TestGateway;
let ahead = 0;
const started = Date.now();
beforeEach(async () => {
  ahead = 0;
  gateway = await startGateway({ clock: { now: () => started + ahead, monotonic: () => ahead } });
});
afterEach(() => gateway.close());

/** Of rows: what was changed at run time is read once. */
const reads = () => gateway.table.calls.batchGetItem;

test.each(paths)('R07 A03 %s %s with an unknown key reads the table once in 30 seconds', async (method, path) => {
  const headers = { authorization: `Bearer ${generateKey().text}`, 'content-type': 'application/json' };
  const call = async () => (await gateway.send(method, path, headers, method === 'GET' ? '' : '{}')).status;

  const statuses = [await call(), await call(), await call()];
  ahead = 29_000;
  statuses.push(await call());

  expect([new Set(statuses), reads()]).toEqual([new Set([401]), 1]);
  ahead = 31_000;
  await call();
  expect(reads()).toBe(2);
});

test('R07 one unknown key is remembered across all routes together, and another one is not it', async () => {
  const key = generateKey().text;
  for (const [method, path] of paths) await gateway.send(method, path, { 'x-api-key': key }, method === 'GET' ? '' : '{}');
  expect(reads()).toBe(1);

  await gateway.send('GET', '/v1/me', { 'x-api-key': generateKey().text });
  expect(reads()).toBe(2);
});

test('R07 a known key is read consistently on each request of a route of its own, however often unknown ones come', async () => {
  const headers = { 'x-api-key': gateway.key };
  expect((await gateway.send('GET', '/v1/models', headers)).status).toBe(200);
  const before = reads();
  expect((await gateway.send('GET', '/v1/models', headers)).status).toBe(200);
  expect(reads()).toBeGreaterThan(before);
  await gateway.changeKey(gateway.key, { status: 'revoked' });
  expect((await gateway.send('GET', '/v1/models', headers)).status).toBe(401);
});

test('R07 the admin API remembers unknown keys too, on known and unknown paths', async () => {
  const admin = createAdminHarness();
  const key = generateKey().text;
  for (const [method, path] of [
    ['GET', '/keys'],
    ['POST', '/teams'],
    ['GET', '/nothing'],
    ['GET', '/usage'],
  ] as const) {
    expect((await admin.call(method, path, { key })).status).toBe(401);
  }
  expect(admin.database.calls.batchGetItem).toBe(1);

  admin.clock += 31_000;
  await admin.call('GET', '/keys', { key });
  expect(admin.database.calls.batchGetItem).toBe(2);

  const made = await admin.key({ role: 'viewer' });
  expect((await admin.call('GET', '/keys', { key: made.text })).status).toBe(200);
  await admin.call('POST', `/keys/${made.id}/revoke`);
  expect((await admin.call('GET', '/keys', { key: made.text })).status).toBe(401);
});

import crypto from 'node:crypto';
import { generateKey } from '../../../lambda/identity/virtual-key';
import { ROUTES } from '../../../lambda/proxy/before/routes';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
const body = JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'x' }] });
const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(answer));
  gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const chat = (headers: Record<string, string | string[]>) =>
  gateway.send('POST', '/v1/chat/completions', { 'content-type': 'application/json', ...headers }, body);
const reads = () => Object.values(gateway.table.calls).reduce((sum, count) => sum + count, 0);
/** An error without the id, which differs by request. */
const bare = (text: string) => text.replace(/"request_id":"[^"]*"/, '');

test.each(ROUTES.filter(({ authenticated }) => authenticated).map(({ method, path }) => [method, path.replace('*', 'a/b')]))(
  'A01 %s %s without a credential is refused without any read',
  async (method, path) => {
    const reply = await gateway.send(method, path, { 'content-type': 'application/json' }, method === 'POST' ? body : '');

    expect(reply.status).toBe(401);
    expect(reply.json.error.type).toBe('authentication_error');
    expect(reply.headers['x-gateway-request-id']).toBeDefined();
    expect(reads()).toBe(0);
    expect(upstream.connections()).toBe(0);
    expect(gateway.log).toMatchObject([{ event: 'request', status: 401, reason: 'AuthMissing' }]);
  },
);

test('A02 a bad checksum is refused offline', async () => {
  const { text } = generateKey();

  const reply = await chat({ authorization: `Bearer ${text.slice(0, -1)}${text.endsWith('a') ? 'b' : 'a'}` });

  expect(reply.status).toBe(401);
  expect(reads()).toBe(0);
  expect(gateway.log).toMatchObject([{ reason: 'AuthBadFormat' }]);
});

test.each([
  ['SQL', "sk-gw-'; DROP TABLE keys; --"],
  ['escapes', 'sk-gw-%00%0d%0a-and-more'],
  ['8 KB', `sk-gw-${'a'.repeat(8_000)}`],
  ['bytes beyond ASCII', 'sk-gw-\u00f0\u009f\u0098\u0080'],
  ['another vendor’s key', 'sk-proj-somebody-elses'],
])('A04 a credential of %s gets the answer of no credential and is echoed nowhere', async (_name, credential) => {
  const without = await chat({});

  const reply = await chat({ 'x-api-key': credential });

  expect(reply.status).toBe(401);
  expect(bare(reply.text)).toBe(bare(without.text));
  expect(JSON.stringify([gateway.log, reply.headers])).not.toContain(credential.slice(6));
  expect(reads()).toBe(0);
});

test('A05 an unknown id and a wrong secret cost the same reads and one comparison each', async () => {
  await chat({ authorization: `Bearer ${await gateway.addKey()}` });
  const compare = jest.spyOn(crypto, 'timingSafeEqual');
  const known = generateKey((gateway.key.split('-')[2] as string) || undefined).text;
  const costs: unknown[] = [];
  for (const text of [generateKey().text, known]) {
    gateway.table.resetCounts();
    compare.mockClear();
    const reply = await chat({ authorization: `Bearer ${text}` });
    costs.push([reply.status, bare(reply.text), reads(), compare.mock.calls.length]);
  }
  compare.mockRestore();

  expect(costs[0]).toEqual(costs[1]);
  expect((costs[0] as number[]).slice(2)).toEqual([1, 1]);
});

test('A06 a revoked key is refused on its next request, though it is cached', async () => {
  expect((await chat({ authorization: `Bearer ${gateway.key}` })).status).toBe(200);
  await gateway.changeKey(gateway.key, { status: 'revoked' });

  const calls = await chat({ authorization: `Bearer ${gateway.key}` });
  const list = await gateway.send('GET', '/v1/models', { authorization: `Bearer ${gateway.key}` });

  expect([calls.status, calls.json.error.code]).toEqual([401, 'key_revoked']);
  expect([list.status, list.json.error.code]).toEqual([401, 'key_revoked']);
  expect(upstream.requests).toHaveLength(1);
});

test('A07 an expired key is refused outside the clocks’ skew', async () => {
  const expired = await gateway.addKey({ expiresAt: new Date(Date.now() - 3_000).toISOString() });

  const reply = await chat({ authorization: `Bearer ${expired}` });

  expect([reply.status, reply.json.error.code]).toEqual([401, 'key_expired']);
});

test('A08 two different credentials are refused, the same one twice is one', async () => {
  const other = await gateway.addKey();
  const bearer = `Bearer ${gateway.key}`;

  expect((await chat({ authorization: bearer, 'x-api-key': other })).json.error.code).toBe('ambiguous_credentials');
  expect((await chat({ 'x-api-key': [gateway.key, other] })).status).toBe(400);
  expect((await chat({ authorization: [bearer, `Bearer ${other}`] })).status).toBe(400);
  expect((await chat({ authorization: bearer, 'x-api-key': gateway.key, 'api-key': gateway.key })).status).toBe(200);
});

test.each([
  ['bearer KEY', 200],
  ['BEARER KEY', 200],
  ['Bearer \t KEY  ', 200],
  ['Bearer', 401],
  ['Bearer ', 401],
  ['Basic a2V5', 401],
  ['KEY', 401],
  ['Bearer KEY extra', 401],
  ['Bearer,KEY', 401],
])('A09 Authorization: %j is answered %i', async (header, status) => {
  expect((await chat({ authorization: header.replace('KEY', gateway.key) })).status).toBe(status);
});

test.each([
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
  `eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2V0Yy9wYXNzd2QifQ.e30.${'a'.repeat(43)}`,
  `${'e'.repeat(7_000)}.e30.x`,
])('A11 a JWT is no key', async (token) => {
  expect((await chat({ authorization: `Bearer ${token}` })).status).toBe(401);
});

test('the bootstrap credential is for the admin plane only', async () => {
  expect((await chat({ authorization: `Bearer sk-gw-root-${'x'.repeat(43)}` })).status).toBe(401);
});

test.each(['authorization', 'x-api-key'])(
  'R09 an admin call that came to the data plane is told so, by its credential in %s',
  async (header) => {
    const bootstrap = { [header]: `${header === 'authorization' ? 'Bearer ' : ''}sk-gw-root-${'x'.repeat(43)}` };
    const asked = (path: string, headers: Record<string, string>) => gateway.send('GET', path, headers);

    const stray = await asked('/admin/v1/keys', bootstrap);
    expect([stray.status, stray.json.error.code]).toEqual([404, 'not_found']);
    expect(stray.json.error.message).toContain('AdminUrl');
    expect(stray.json.error.message).toContain('--admin-url');
    expect((await asked('/nothing', bootstrap)).status).toBe(401);
    for (const headers of [{}, { authorization: 'Bearer sk-gw-root-short' }, { authorization: 'Bearer nonsense' }]) {
      expect((await asked('/admin/v1/keys', headers as Record<string, string>)).status).toBe(401);
    }
    expect((await asked('/admin/v1/keys', { authorization: `Bearer ${gateway.key}` })).status).toBe(404);
  },
);

test.each(['//v1/chat/completions', '/v1/chat/completions/', '/v1//chat//completions'])('A12 %s is the canonical path', async (path) => {
  expect((await gateway.send('POST', path, { 'x-forwarded-host': 'evil', 'x-original-url': '/health' }, body)).status).toBe(401);
  expect((await gateway.call(path, JSON.parse(body))).status).toBe(200);
});

test.each([
  '/v1/%2e%2e/health',
  '/v1/../health',
  '/v1%2fchat%2fcompletions',
  '/V1/chat/completions',
  '/v1/chat/completions%20',
  '/admin',
  '/v1/messages/../chat/completions',
])('A12 %s is unknown: 401 without a key, 404 with one', async (path) => {
  expect((await gateway.send('POST', path, {}, body)).status).toBe(401);
  expect(
    (await gateway.call(path, JSON.parse(body), { 'x-original-url': '/v1/chat/completions', 'x-rewrite-url': '/v1/models' })).status,
  ).toBe(404);
});

test.each(['', '{"version":"1","1":""}', '{"version":"1","1":"short"}'])(
  'A13 with the pepper secret %j every route says misconfigured',
  async (pepperSecret) => {
    const broken = await startGateway({ pepperSecret, document: { providers: [compatible('up', upstream.origin)] } });
    try {
      for (const { method, path, kind } of ROUTES) {
        if (kind === 'probe') continue;
        const reply = await broken.send(
          method,
          path.replace('*', 'm'),
          { authorization: `Bearer ${broken.key}` },
          method === 'POST' ? body : '',
        );
        expect([path, reply.status]).toEqual([path, 503]);
        expect(reply.text).toContain('misconfigured');
      }
      expect(upstream.connections()).toBe(0);
    } finally {
      await broken.close();
    }
  },
);

test('errors speak the dialect of the path', async () => {
  const messages = await gateway.send('POST', '/v1/messages', {}, '{}');
  const unknown = await gateway.send('GET', '/v1/messages/batches', { authorization: `Bearer ${gateway.key}` });

  expect(messages.json).toMatchObject({
    type: 'error',
    error: { type: 'authentication_error' },
    request_id: messages.headers['x-gateway-request-id'],
  });
  expect([unknown.status, unknown.json.type]).toEqual([404, 'error']);
});

test('a wrong method is told which is right', async () => {
  const reply = await gateway.send('GET', '/v1/chat/completions', { authorization: `Bearer ${gateway.key}` });

  expect([reply.status, reply.json.error.message]).toEqual([405, 'This endpoint takes POST.']);
});

test('health and probes need no key', async () => {
  expect((await gateway.send('GET', '/health')).json).toEqual({ status: 'ok' });
  expect((await gateway.send('HEAD', '/')).status).toBe(200);
  expect((await gateway.send('HEAD', '/api/hello')).status).toBe(200);
});

test('a WebSocket upgrade of Responses is answered 426', async () => {
  const reply = await gateway.send('GET', '/v1/responses', {
    authorization: `Bearer ${gateway.key}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
  });

  expect(reply.status).toBe(426);
});

/** Requests that no client sends: over a bare socket, to the server that containers run. */
import { once } from 'node:events';
import { isAllowedAddress } from '../../lambda/platform/http/egress';
import { compatible, startGateway, type TestGateway } from '../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.script(
    jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'y' } }], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
  );
  gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

beforeEach(() => {
  upstream.requests.length = 0;
});

const BODY = JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'x' }] });
const OTHER = JSON.stringify({ model: 'up/smuggled', messages: [{ role: 'user', content: 'x' }] });

/** Status lines of everything that a connection answers before it closes. */
async function raw(text: string): Promise<{ readonly statuses: number[]; readonly text: string }> {
  const socket = gateway.socket();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write(text);
  const late = setTimeout(() => socket.destroy(), 1_000);
  await once(socket, 'close');
  clearTimeout(late);
  await gateway.settled();
  return { statuses: [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status)), text: answer };
}

const head = (lines: readonly string[], key = gateway.key) =>
  `${['POST /v1/chat/completions HTTP/1.1', 'host: x', `authorization: Bearer ${key}`, 'content-type: application/json', ...lines].join('\r\n')}\r\n\r\n`;
const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

test.each([
  ['a length and chunks', ['transfer-encoding: chunked', `content-length: ${BODY.length}`], chunked(BODY)],
  ['two lengths', [`content-length: ${BODY.length}`, 'content-length: 1'], BODY],
  ['a length that is none', ['content-length: +5'], BODY],
  ['an unknown coding', ['transfer-encoding: chunked, identity'], chunked(BODY)],
  ['a coding in disguise', ['transfer-encoding : chunked'], chunked(BODY)],
  ['a folded header', [`x-a: b\r\n c: d`, 'transfer-encoding: xchunked'], BODY],
  ['a bare line feed', [`x-a: b\ncontent-length: 1`, `content-length: ${BODY.length}`], BODY],
  ['NUL in a header', ['x-a: b\u0000c', `content-length: ${BODY.length}`], BODY],
])('%s never makes two requests of one', async (_what, lines, body) => {
  const { statuses } = await raw(`${head(lines)}${body}${head([`content-length: ${OTHER.length}`, 'connection: close'], 'none')}${OTHER}`);
  expect(statuses[0]).toBe(400);
  expect(upstream.requests.filter(({ body: seen }) => seen.includes('smuggled'))).toEqual([]);
});

test('what follows a request on one connection is a request of its own, with a credential of its own', async () => {
  const { statuses } = await raw(
    `${head([`content-length: ${BODY.length}`])}${BODY}${head([`content-length: ${OTHER.length}`, 'connection: close'], 'none')}${OTHER}`,
  );
  expect(statuses.sort()).toEqual([200, 401]);
  expect(upstream.requests).toHaveLength(1);
});

test.each(['TRACE', 'CONNECT', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'GET', 'PROPFIND'])(
  '%s reaches no provider',
  async (method) => {
    await raw(
      `${method} /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${gateway.key}\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    expect(upstream.requests).toEqual([]);
  },
);

test.each([
  ['x-http-method-override', 'POST'],
  ['x-original-url', '/v1/chat/completions'],
  ['x-rewrite-url', '/v1/chat/completions'],
  ['x-forwarded-prefix', '/v1'],
])('A12 %s changes nothing', async (name, value) => {
  const reply = await gateway.send('GET', '/nothing', { authorization: `Bearer ${gateway.key}`, [name]: value });
  expect(reply.status).toBe(404);
});

test.each([
  'http://169.254.169.254/v1/chat/completions',
  '/v1/chat/completions/../../health',
  '/health/../v1/chat/completions',
  '/v1/chat/completions%00',
  '/v1/chat/completions;a=b',
  '/v1\\chat\\completions',
  '/V1/chat/completions',
])('A12 %s is no route', async (path) => {
  const { statuses } = await raw(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${gateway.key}\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
  );
  expect(statuses[0]).toBeGreaterThanOrEqual(400);
  expect(upstream.requests).toEqual([]);
});

test('a path longer than any is refused', async () => {
  const { statuses } = await raw(`POST /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  expect(statuses).toEqual([431]);
});

test('D06 nothing that a caller writes becomes a header of the answer or of the call', async () => {
  const labels = { 'x-gateway-tags': '{"a":"b\\r\\nset-cookie: x=y"}', 'x-gateway-metadata': 'a=%0d%0aset-cookie:x' };
  const reply = await gateway.call(
    '/v1/chat/completions',
    { ...JSON.parse(BODY), user: 'a\r\nset-cookie: x', 'a\r\nset-cookie': 'x' },
    labels,
  );
  expect(reply.status).toBe(200);
  expect(Object.keys(reply.headers).filter((name) => name.includes('cookie'))).toEqual([]);
  expect(JSON.stringify(upstream.requests.map(({ headers }) => headers))).not.toContain('cookie');
  for (const value of ['Bearer a\tb', 'Bearer', 'Bearer  ', `Bearer ${gateway.key}, Bearer ${gateway.key}`, `Basic ${gateway.key}`]) {
    expect((await gateway.call('/v1/chat/completions', BODY, { authorization: value })).status).toBe(401);
  }
});

test.each([
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:7f00:1',
  '::127.0.0.1',
  '::ffff:0:127.0.0.1',
  '::ffff:169.254.169.254%eth0',
  'fe80::1%25lo',
  'fe80::1%lo',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '2002:a9fe:a9fe::',
  '2001:0:a9fe:a9fe::',
  'fd00:ec2::254',
  '169.254.170.2',
  '169.254.169.123',
  '0.0.0.0',
  '::',
  '255.255.255.255',
  '100.100.100.200',
  '192.168.0.1',
  '10.0.0.1',
  '172.31.255.255',
  'fc00::1',
  'ff02::1',
  '127.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  'localhost',
  '',
  '1.1.1.1/0',
  '[::1]',
  '1.1.1.1 ',
])('C04 %s is no public address', (address) => {
  expect(isAllowedAddress(address, 'public')).toBe(false);
});

test.each(['169.254.169.254', 'fd00:ec2::254', '::ffff:a9fe:a9fe', '127.0.0.1', '::1', 'fe80::1', '169.254.170.2'])(
  'C04 %s is not called in a VPC either',
  (address) => {
    expect(isAllowedAddress(address, 'vpc')).toBe(false);
  },
);

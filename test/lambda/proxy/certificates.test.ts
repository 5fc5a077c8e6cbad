import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { createTransport } from '../../../lambda/platform/http/transport';
import { type Certificate, makeCertificate } from '../../support/certificates';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

/** A provider behind TLS that is not to be trusted. */

const DAY_MS = 86_400_000;
const authority = makeCertificate({ name: 'the test’s authority' });
const stranger = makeCertificate({ name: 'nobody’s authority' });
const good = makeCertificate({ name: 'good', issuer: authority.issuer });
const BAD: readonly [string, Certificate][] = [
  ['self-signed', makeCertificate({ name: 'self-signed' })],
  ['of an unknown authority', makeCertificate({ name: 'unknown', issuer: stranger.issuer })],
  ['expired', makeCertificate({ name: 'expired', issuer: authority.issuer, until: new Date(Date.now() - DAY_MS / 2) })],
  ['not yet valid', makeCertificate({ name: 'early', issuer: authority.issuer, from: new Date(Date.now() + DAY_MS / 2) })],
  ['of another address', makeCertificate({ name: 'elsewhere', issuer: authority.issuer, address: [127, 0, 0, 2] })],
];
const ANSWER = { choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }] };

let server: Server;
let spare: Upstream;
let gateway: TestGateway;
/** What came through the encryption. */
let received: Buffer[];
let transport: ReturnType<typeof createTransport>;

const start = async ({ cert, key }: Certificate) => {
  received = [];
  server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received.push(bytes);
      for (const step of jsonReply(ANSWER)) if ('send' in step) socket.write(step.send);
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  spare = await startUpstream();
  spare.script(jsonReply(ANSWER));
  transport = createTransport({ certificateAuthorities: [authority.cert] });
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gateway = await startGateway({
    transport,
    secrets: { 'arn:key': 'the-providers-key' },
    document: {
      providers: [compatible('up', origin, { credential: { secretArn: { value: 'arn:key' } } }), compatible('spare', spare.origin)],
      routes: [route('both', 'up/m', 'spare/m')],
    },
  });
};

afterEach(async () => {
  await gateway.close();
  transport.close();
  await new Promise((done) => server.close(done));
  await spare.close();
});

const ask = async (model: string) => {
  const reply = await gateway.call('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'x' }] });
  await gateway.settled();
  return reply;
};

test('C09 a certificate of a trusted authority for the address is accepted', async () => {
  await start(good);

  expect((await ask('up/m')).status).toBe(200);
  expect(Buffer.concat(received).toString()).toContain('the-providers-key');
});

test.each(BAD)(
  'C09 a certificate that is %s fails over, alone it is a 502, and no byte of the call is sent',
  async (_name, certificate) => {
    await start(certificate);

    const alone = await ask('up/m');
    expect([alone.status, alone.json.error.code]).toEqual([502, 'upstream_tls']);
    expect(alone.text).not.toMatch(/127\.0\.0\.1|certificate|the-providers-key/i);
    expect(gateway.records()).toMatchObject([{ state: 'settled', outcome: 'upstream_tls', attempts: [{ outcome: 'upstream_tls' }] }]);

    const failedOver = await ask('both');
    expect([failedOver.status, failedOver.headers['x-gateway-provider']]).toEqual([200, 'spare']);
    expect(received).toEqual([]);
  },
);

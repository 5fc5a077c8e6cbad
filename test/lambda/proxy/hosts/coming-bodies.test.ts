import { once } from 'node:events';
import type { Socket } from 'node:net';
import { generateKey } from '../../../../lambda/identity';
import { systemClock } from '../../../../lambda/platform/runtime';
import { ComingBodies } from '../../../../lambda/proxy/hosts/coming-bodies';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

const BOUND_BYTES = 400_000;
const BODY = JSON.stringify({ model: 'up/m', messages: [{ role: 'user', content: 'x' }] });

let upstream: Upstream;
let gateway: TestGateway;
let aheadMs = 0;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.script(
    jsonReply({
      choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    }),
  );
  const clock = { now: systemClock.now, monotonic: () => systemClock.monotonic() + aheadMs };
  gateway = await startGateway({
    document: { providers: [compatible('up', upstream.origin)] },
    bodies: new ComingBodies(clock, BOUND_BYTES),
  });
});
afterEach(() => {
  aheadMs = 0;
});
afterAll(async () => {
  await gateway.close();
  upstream.close();
});

const head = (key: string | undefined, ...lines: readonly string[]): string =>
  [
    'POST /v1/chat/completions HTTP/1.1',
    'host: a',
    'content-type: application/json',
    ...(key === undefined ? [] : [`authorization: Bearer ${key}`]),
    ...lines,
    '\r\n',
  ].join('\r\n');
const length = (bytes: number): string => `content-length: ${bytes}`;

/** A connection, and what came on it so far. */
function open(text: string): { readonly socket: Socket; readonly hears: (pattern: RegExp) => Promise<string> } {
  const socket = gateway.socket();
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write(text);
  const hears = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(heard)) await once(socket, 'data');
    return heard;
  };
  return { socket, hears };
}

test('R19 without a key the body is not waited for, and the connection goes on', async () => {
  const { socket, hears } = open(head(undefined, length(BODY.length)));
  expect(await hears(/invalid_api_key/)).toMatch(/^HTTP\/1\.1 401 /);
  socket.write(BODY + head(gateway.key, length(BODY.length)) + BODY);
  expect(await hears(/HTTP\/1\.1 200 /)).not.toContain('100 Continue');
  socket.destroy();
});

test('with a key it may come in pieces, chunked, and after a "100 Continue"', async () => {
  const { socket, hears } = open(head(gateway.key, 'transfer-encoding: chunked', 'expect: 100-continue'));
  await hears(/100 Continue/);
  for (const piece of [BODY.slice(0, 9), BODY.slice(9)]) socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  socket.write('0\r\n\r\n');
  await hears(/HTTP\/1\.1 200 /);
  socket.destroy();
});

test('R19 a body that stands still is cut after 20 s with a 408 in the dialect; one that keeps pace is not', async () => {
  const still = open(head(gateway.key, length(100)));
  const keepsPace = open(head(gateway.key, length(160_000 + BODY.length)));
  keepsPace.socket.write(' '.repeat(160_000));
  await new Promise((later) => setTimeout(later, 300));
  aheadMs = 21_000;

  expect(await still.hears(/request_timeout/)).toMatch(/^HTTP\/1\.1 408 .*\r\n/);
  await once(still.socket, 'close');
  keepsPace.socket.write(BODY);
  await keepsPace.hears(/^HTTP\/1\.1 200 /);
  keepsPace.socket.destroy();
});

test('R19 over the bound of all, those furthest behind are cut first, and a call that comes now is served', async () => {
  const heads = [];
  for (let at = 0; at < 6; at += 1) heads.push(open(head(generateKey().text, length(100))));
  await new Promise((later) => setTimeout(later, 300));
  // Six heads hold 393,216 of the bytes.
  const reply = await gateway.call('/v1/chat/completions', BODY);

  expect(reply.status).toBe(200);
  const [first] = heads as [ReturnType<typeof open>];
  expect(await first.hears(/request_timeout/)).toMatch(/^HTTP\/1\.1 408 /);
  expect(heads.filter(({ socket }) => !socket.readableEnded)).toHaveLength(5);
  for (const { socket } of heads) socket.destroy();
});

test('R19 what a connection held is given back when it goes', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { socket } = open(head(gateway.key, length(300_000)) + 'x'.repeat(200_000));
    await new Promise((later) => setTimeout(later, 20));
    socket.destroy();
    await new Promise((later) => setTimeout(later, 20));
  }
  await new Promise((later) => setTimeout(later, 100));
  const fresh = open(head(gateway.key, length(BODY.length)));
  await new Promise((later) => setTimeout(later, 100));
  expect((await gateway.call('/v1/chat/completions', BODY + ' '.repeat(200_000))).status).toBe(200);
  fresh.socket.write(BODY);
  await fresh.hears(/^HTTP\/1\.1 200 /);
  fresh.socket.destroy();
});

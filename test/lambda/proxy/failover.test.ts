import type { ProviderConfig } from '../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, type Step, startUpstream, streamHead, type Upstream } from '../../support/upstream';

let up: Upstream;
let spare: Upstream;
let gateway: TestGateway;
const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
};
const error = (code: string, type = 'server_error') => ({ error: { message: 'from the provider', type, code } });

beforeEach(async () => {
  [up, spare] = await Promise.all([startUpstream(), startUpstream()]);
  up.script(jsonReply(answer));
  spare.script(jsonReply(answer));
});

afterEach(async () => {
  await gateway?.close();
  await Promise.all([up.close(), spare.close()]);
});

const start = async (options: { clock?: Parameters<typeof startGateway>[0]['clock']; providers?: ProviderConfig[] } = {}) => {
  gateway = await startGateway({
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    document: {
      providers: options.providers ?? [compatible('up', up.origin), compatible('spare', spare.origin)],
      routes: [route('both', 'up/m', 'spare/m')],
    },
  });
};
const ask = (model = 'both', more: object = {}) =>
  gateway.call('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'x' }], ...more });
const lastRecord = async () => {
  await gateway.settled();
  return gateway.records().at(-1);
};

test('F01 a 400 is passed on, with the provider’s own code, and goes nowhere else', async () => {
  await start();
  up.script(jsonReply(error('unsupported_value', 'invalid_request_error'), 400));

  const reply = await ask();

  expect([reply.status, reply.json.error.code, reply.json.error.message]).toEqual([400, 'unsupported_value', 'from the provider']);
  expect(spare.requests).toHaveLength(0);
  expect(await lastRecord()).toMatchObject({ state: 'settled', attempts: [{ status: 400 }] });
});

test.each([
  [404, 404],
  [413, 413],
  [422, 400],
  [408, 504],
  [409, 503],
])('F03 alone, a provider’s %i is told as %i', async (given, told) => {
  await start();
  up.script(jsonReply(error('x', 'x'), given));

  expect((await ask('up/m')).status).toBe(told);
  expect(await lastRecord()).toMatchObject({ state: 'settled' });
});

test.each([
  ['30', '30'],
  ['1.5', '2'],
  ['1e9', '60'],
  ['-5', undefined],
  ['abc', undefined],
  [new Date(0).toUTCString(), undefined],
])('F04 retry-after: %s reaches the caller as %s whole seconds', async (given, told) => {
  await start();
  up.script(jsonReply(error('rate_limit_exceeded', 'rate_limit_error'), 429, { 'retry-after': given }));

  const reply = await ask('up/m');

  expect([reply.status, reply.headers['retry-after']]).toEqual([429, told]);
  expect(up.requests).toHaveLength(1);
});

test('F04 a target that asked to be left alone is left alone, and probed when it is the only one', async () => {
  let ahead = 0;
  await start({ clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead } });
  up.script(jsonReply(error('rate_limit_exceeded', 'rate_limit_error'), 429, { 'retry-after': '30' }));

  await ask();
  await ask();
  expect([up.requests.length, spare.requests.length]).toEqual([1, 2]);

  const refused = await ask('up/m');
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
  expect(up.requests).toHaveLength(1);

  ahead = 1_500;
  up.script(jsonReply(answer));
  expect((await ask('up/m')).status).toBe(200);
  await ask();
  expect(up.requests).toHaveLength(3);
});

test('F05 a used-up quota fails over and is not asked again soon', async () => {
  await start();
  up.script(jsonReply(error('insufficient_quota', 'insufficient_quota'), 429));

  expect((await ask()).status).toBe(200);
  await ask();

  expect(up.requests).toHaveLength(1);
});

test.each([500, 502, 503, 504, 529])('F06 a %i alone is tried three times at most, in one record', async (status) => {
  await start();
  up.script(jsonReply(error('x'), status));

  const reply = await ask('up/m');

  expect(reply.status).toBeGreaterThanOrEqual(502);
  expect(up.requests).toHaveLength(3);
  expect(reply.headers['x-gateway-attempts']).toBe('3');
  const record = await lastRecord();
  expect(gateway.records()).toHaveLength(1);
  expect(record?.attempts).toHaveLength(3);
});

test('F06 a passing failure is not seen', async () => {
  await start();
  up.script((_seen, number) => (number === 1 ? jsonReply(error('x'), 503) : jsonReply(answer)));

  expect((await ask('up/m')).status).toBe(200);
});

test('F07 a refused connection fails over; alone it is a 503 that says to come back', async () => {
  await start();
  await up.close();

  expect((await ask()).headers['x-gateway-provider']).toBe('spare');
  const alone = await ask('up/m');
  expect([alone.status, alone.json.error.code]).toEqual([503, 'all_targets_failed']);
  expect(alone.headers['retry-after']).toMatch(/^\d+$/);
  expect(await lastRecord()).toMatchObject({ state: 'settled' });
});

test('F07 an unknown host fails over', async () => {
  await start({
    providers: [compatible('up', 'https://does-not-exist.invalid', { network: 'public' }), compatible('spare', spare.origin)],
  });

  expect((await ask()).headers['x-gateway-provider']).toBe('spare');
});

test('F08 a reset after the body was sent is not repeated with the same account and is charged by estimate', async () => {
  await start();
  up.script([{ reset: true }]);

  const reply = await ask('up/m');

  expect([reply.status, reply.json.error.code]).toEqual([502, 'upstream_reset']);
  expect(up.requests).toHaveLength(1);
  expect(await lastRecord()).toMatchObject({ state: 'settled', usage: { estimated: true } });
});

test('F09 a stale kept connection is replaced unseen', async () => {
  await start();
  up.script((_seen, number) => (number === 2 ? [{ reset: true }] : jsonReply(answer)));
  await ask('up/m');

  expect((await ask('up/m')).status).toBe(200);
  expect(await lastRecord()).toMatchObject({ attempts: [{ outcome: 'ok' }] });
});

test('F10 when all targets are down the caller is told when to come back', async () => {
  await start();
  const down: Step[] = jsonReply(error('x'), 503);
  up.script(down);
  spare.script(down);

  const reply = await ask();

  expect([reply.status, reply.json.error.code]).toEqual([503, 'all_targets_failed']);
  expect(reply.headers['retry-after']).toMatch(/^\d+$/);
  expect(await lastRecord()).toMatchObject({ state: 'settled', costNanoUsd: 0n });
});

test('F13 after three failures in a row a target rests, and one probe a second finds out that it is back', async () => {
  let ahead = 0;
  await start({ clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead } });
  up.script(jsonReply(error('x'), 500));
  await ask('up/m');
  expect(up.requests).toHaveLength(3);

  const resting = await ask('up/m');
  expect([resting.status, up.requests.length]).toEqual([503, 3]);

  ahead = 1_200;
  await ask('up/m');
  await ask('up/m');
  expect(up.requests).toHaveLength(4);

  ahead = 2_400;
  up.script(jsonReply(answer));
  expect((await ask('up/m')).status).toBe(200);
  expect((await ask('up/m')).status).toBe(200);
});

test('F14 x-should-retry: false of a provider is honoured and passed on', async () => {
  await start();
  up.script(jsonReply(error('x'), 500, { 'x-should-retry': 'false' }));

  const reply = await ask('up/m');

  expect(reply.headers['x-should-retry']).toBe('false');
  expect(up.requests).toHaveLength(1);
});

test('a target that cannot say what is asked gives way to one that can', async () => {
  await start({
    providers: [
      { id: 'up', kind: 'ollama', baseUrl: { value: up.origin }, network: 'loopback', free: true },
      compatible('spare', spare.origin),
    ],
  });

  const reply = await ask();

  expect(reply.status).toBe(200);
});

test('a caller that goes away frees the provider at once', async () => {
  await start();
  up.script([streamHead(), { hang: true }]);
  const socket = gateway.socket();
  const body = JSON.stringify({ model: 'up/m', stream: true, messages: [{ role: 'user', content: 'x' }] });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  while (up.requests.length === 0) await new Promise((done) => setTimeout(done, 5));

  socket.destroy();
  while (up.open() > 0) await new Promise((done) => setTimeout(done, 5));

  expect(await lastRecord()).toMatchObject({ state: 'settled', outcome: 'client_closed_request', usage: { estimated: true } });
});

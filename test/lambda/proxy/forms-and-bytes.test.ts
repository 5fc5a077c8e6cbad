/** Calls whose bodies are forms and whose answers are bytes, through the whole gateway, by an operation that only this test offers. */
import { type IncomingMessage, request } from 'node:http';
import { Writable } from 'node:stream';
import { createOverrideStore } from '../../../lambda/aws/dynamodb';
import type { Tap } from '../../../lambda/proxy/after/tap';
import { exchangeFromEvent } from '../../../lambda/proxy/hosts/lambda-event';
import { serve } from '../../../lambda/proxy/pipeline';
import { DEFAULT_DEADLINES } from '../../../lib/private/contract';
import { DUB_PATH, OFFER_WITH_DUBS } from '../../support/dub';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { chunk, jsonReply, lastChunk, reply, type Step, startUpstream, streamHead, type Upstream } from '../../support/upstream';

const SOUND = Buffer.from(Array.from({ length: 100 }, (_, index) => (index * 37) % 256));
const ANSWER = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 91) % 256));
const SPOKEN = reply(200, { 'content-type': 'audio/x-own', 'x-seconds': '4' }, ANSWER);
/** One cent a second, and a recording of ten of them. */
const CENT = 10_000_000n;

const form = (model: string, { sound = SOUND, boundary = 'b', extra = '' } = {}): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n${extra}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.own"\r\nContent-Type: audio/x-own\r\n\r\n`,
    ),
    sound,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
const FORM = { 'content-type': 'multipart/form-data; boundary=b' };

let upstream: Upstream;
let other: Upstream;
let gateway: TestGateway;
let heard: { request: Buffer; readonly sent: Buffer[] };

const listening: Tap = {
  open({ body }) {
    const mine = { request: body, sent: [] as Buffer[] };
    heard = mine;
    return {
      sent: (bytes) => {
        mine.sent.push(bytes);
      },
      end: () => undefined,
    };
  },
};

beforeAll(async () => {
  [upstream, other] = await Promise.all([startUpstream(), startUpstream()]);
  const paid = { free: false };
  gateway = await startGateway({
    offer: OFFER_WITH_DUBS,
    taps: [listening],
    document: {
      maxBodyBytes: 100_000,
      // Nobody is kept waiting so long that something must be said meanwhile.
      deadlines: { ...DEFAULT_DEADLINES, jsonCommitMs: 60, streamCommitMs: 60, heartbeatMs: 20 },
      providers: [compatible('up', upstream.origin, paid), compatible('json', other.origin, paid)],
      routes: [route('dub', 'up/m', 'json/m')],
    },
  });
  const store = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  for (const id of ['up/m', 'json/m'])
    await store.put('price', { id, generation: 1, updatedAt: '2026-01-01T00:00:00Z', usdPerUnit: { second: '0.01' } });
});
beforeEach(() => {
  upstream.requests.length = 0;
  other.requests.length = 0;
  for (const place of ['up/m@', 'json/m@']) gateway.gateway.health.visit(place, 0).end({ kind: 'good' });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), other.close()]);
});

interface Told {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The connection was closed before the answer's end. */
  readonly cut: boolean;
}

const open = (body: Buffer, headers: Record<string, string>, answered: (response: IncomingMessage) => void) => {
  const all = { authorization: `Bearer ${gateway.key}`, 'content-length': String(body.length), ...FORM, ...headers };
  const call = request({ port: gateway.port, method: 'POST', path: DUB_PATH, agent: false, headers: all }, answered);
  call.on('error', () => undefined);
  call.end(body);
  return call;
};
const ask = (body: Buffer, headers: Record<string, string> = {}): Promise<Told> =>
  new Promise((fulfil) => {
    open(body, headers, (response) => {
      const chunks: Buffer[] = [];
      response.on('error', () => undefined);
      response.on('data', (bytes: Buffer) => chunks.push(bytes));
      response.on('close', () =>
        fulfil({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          cut: !response.complete,
        }),
      );
    });
  });
const errorOf = ({ status, body }: Told) => {
  const { error } = JSON.parse(body.toString());
  return [status, error.code, error.param];
};
const lastRecord = async () => {
  await gateway.settled();
  return gateway
    .records()
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .at(-1);
};
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
};

test('a form is forwarded as it is but for the model, and the answer comes back as it is, charged by what it reports', async () => {
  upstream.script(SPOKEN);

  const { status, headers, body } = await ask(form('dub'));

  expect([status, headers['content-type'], headers['x-gateway-provider']]).toEqual([200, 'audio/x-own', 'up']);
  expect(body).toEqual(ANSWER);
  const [sent] = upstream.requests;
  expect([sent?.path, sent?.headers['content-type'], sent?.headers['accept']]).toEqual(['/v1/audio/dubs', FORM['content-type'], '*/*']);
  expect(sent?.body).toEqual(form('m'));
  const record = await lastRecord();
  expect(record).toMatchObject({ operation: 'dub', outcome: 'ok', usage: { units: { second: 4 } }, state: 'settled' });
  expect([record?.boundNanoUsd, record?.costNanoUsd]).toEqual([10n * CENT * 2n, 4n * CENT]);
  expect([heard.request, Buffer.concat(heard.sent)]).toEqual([form('dub'), ANSWER]);
});

test('nothing stands before or between bytes while the provider is silent', async () => {
  upstream.script([
    { waitMs: 200 },
    streamHead({ 'content-type': 'audio/x-own' }),
    { waitMs: 200 },
    chunk('a'),
    { waitMs: 200 },
    chunk('b'),
    lastChunk,
  ]);

  expect((await ask(form('dub'))).body.toString()).toBe('ab');
});

test('what nobody counted costs the most that it can be, and so does what cannot be true', async () => {
  for (const headers of [{}, { 'x-seconds': '-3' }] as Record<string, string>[]) {
    upstream.script(reply(200, { 'content-type': 'audio/x-own', ...headers }, ANSWER));
    expect((await ask(form('up/m'))).status).toBe(200);
    expect((await lastRecord())?.costNanoUsd).toBe(10n * CENT);
  }
});

test.each<[string, Buffer, Record<string, string>, unknown[]]>([
  ['a form without its end', form('dub').subarray(0, -10), {}, [400, 'invalid_value', 'file']],
  ['a form of another boundary', form('dub'), { 'content-type': 'multipart/form-data; boundary=c' }, [400, 'invalid_value', null]],
  ['no boundary', form('dub'), { 'content-type': 'multipart/form-data' }, [400, 'invalid_value', 'content-type']],
  ['JSON', Buffer.from('{"model":"dub"}'), { 'content-type': 'application/json' }, [415, 'unsupported_media_type', null]],
  ['a form that is packed', form('dub'), { 'content-encoding': 'gzip' }, [415, 'unsupported_media_type', null]],
  [
    'two models',
    form('dub', { extra: '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\ny\r\n' }),
    {},
    [400, 'duplicate_field', 'model'],
  ],
  [
    'a model that others may read',
    form('dub', { extra: '--b\r\nContent-Disposition: form-data; name="Model"\r\n\r\ny\r\n' }),
    {},
    [400, 'forbidden_field', 'Model'],
  ],
  [
    'a file that others may take for it',
    form('dub', { extra: '--b\r\nContent-Disposition: form-data; name="MODEL"; filename="x"\r\n\r\ny\r\n' }),
    {},
    [400, 'forbidden_field', 'MODEL'],
  ],
  [
    'a host of the caller’s',
    form('dub', { extra: '--b\r\nContent-Disposition: form-data; name="api_base"\r\n\r\ny\r\n' }),
    {},
    [400, 'forbidden_field', 'api_base'],
  ],
  ['a form that is too large', form('dub', { sound: Buffer.alloc(100_001) }), {}, [413, 'request_too_large', null]],
  ['more than the caller pays', form('dub'), { 'x-gateway-max-cost-usd': '0.05' }, [400, 'max_cost_exceeded', 'x-gateway-max-cost-usd']],
])('%s is refused, and nobody is asked', async (_what, body, headers, told) => {
  expect(errorOf(await ask(body, headers))).toEqual(told);
  expect(upstream.requests).toHaveLength(0);
});

test('a call that its budget does not cover is refused', async () => {
  const authorization = `Bearer ${await gateway.addKey({ budgets: [{ limit_usd: '0.05', period: 'month' }] })}`;

  expect(errorOf(await ask(form('up/m'), { authorization }))).toEqual([402, 'insufficient_quota', null]);
});

test('chat still takes JSON alone', async () => {
  const refused = await gateway.call('/v1/chat/completions', form('dub').toString('latin1'), FORM);

  expect(refused.status).toBe(415);
});

describe('before the first byte another provider is asked', () => {
  test.each<[string, readonly Step[]]>([
    ['an error', jsonReply({ error: { message: 'no' } }, 500)],
    ['an error under a good status', jsonReply({ error: { message: 'overloaded', type: 'server_error' } })],
    ['an answer of nothing', reply(200, { 'content-type': 'audio/x-own' }, '')],
    ['a head without a body', [streamHead({ 'content-type': 'audio/x-own' }), { end: true }]],
  ])('for %s', async (_what, steps) => {
    upstream.script(steps);
    other.script(SPOKEN);

    const { status, headers, body } = await ask(form('dub'));

    expect([status, headers['content-type'], headers['x-gateway-provider']]).toEqual([200, 'audio/x-own', 'json']);
    expect(body).toEqual(ANSWER);
    expect(JSON.parse(other.requests[0]?.body.toString() ?? '')).toEqual({ model: 'm', sound: SOUND.toString('base64') });
    expect((await lastRecord())?.attempts).toHaveLength(upstream.requests.length + 1);
  });

  test('and where there is no other, the caller is told in its dialect', async () => {
    upstream.script(jsonReply({ error: { message: 'bad sound', code: 'bad_sound', param: 'file' } }, 400));

    const told = await ask(form('up/m'));

    expect(told.status).toBe(400);
    expect(JSON.parse(told.body.toString()).error.message).toContain('bad sound');
    expect((await lastRecord())?.costNanoUsd ?? 0n).toBe(0n);
  });
});

describe('an answer that breaks off is cut, never ended as if it were whole', () => {
  const begun = [streamHead({ 'content-type': 'audio/x-own' }), chunk(ANSWER)];

  test('when the provider breaks off', async () => {
    upstream.script([...begun, { waitMs: 50 }, { reset: true }]);

    const { status, body, cut } = await ask(form('dub'));

    expect([status, cut]).toEqual([200, true]);
    expect(body).toEqual(ANSWER);
    expect(other.requests).toHaveLength(0);
    expect(await lastRecord()).toMatchObject({ outcome: 'upstream_incomplete', incomplete: true, costNanoUsd: 10n * CENT });
  });

  test('when the caller’s own deadline passes', async () => {
    upstream.script([...begun, { waitMs: 700 }, chunk('more'), lastChunk]);

    const { cut, body } = await ask(form('up/m'), { 'x-gateway-timeout-ms': '400' });

    expect(cut).toBe(true);
    expect(body).toEqual(ANSWER);
    expect(await lastRecord()).toMatchObject({ outcome: 'caller_timeout', incomplete: true, costNanoUsd: 10n * CENT });
  });

  test('when the caller hangs up: the provider is let go, and the call is charged', async () => {
    upstream.script([...begun, { hang: true }]);
    const before = upstream.open();
    const call = open(form('up/m'), {}, (response) => response.once('data', () => call.destroy()));

    await until(() => upstream.requests.length > 0);
    await until(() => upstream.open() <= before);

    expect(await lastRecord()).toMatchObject({ outcome: 'client_closed_request', incomplete: true, costNanoUsd: 10n * CENT });
  });

  test('when it is longer than any answer may be', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 7);
    upstream.script([...begun, ...Array.from({ length: 33 }, () => chunk(megabyte)), lastChunk]);

    const { body, cut } = await ask(form('up/m'));

    expect(cut).toBe(true);
    expect(body.length).toBeLessThanOrEqual(32 * 1024 * 1024);
    expect((await lastRecord())?.outcome).toBe('upstream_too_large');
  });
});

describe('behind Lambda', () => {
  const throughLambda = async (steps: readonly Step[]) => {
    upstream.script(steps);
    const written: Buffer[] = [];
    const out = new Writable({
      write(bytes: Buffer, _encoding, done) {
        written.push(bytes);
        done();
      },
    });
    const headers = { authorization: `Bearer ${gateway.key}`, ...FORM };
    const event = { httpMethod: 'POST', path: DUB_PATH, headers, body: form('up/m').toString('base64'), isBase64Encoded: true };
    const context = { getRemainingTimeInMillis: () => 900_000 };
    const exchange = exchangeFromEvent(event, context, performance.now(), () => out);
    await serve(gateway.gateway, exchange as NonNullable<typeof exchange>);
    return { out, body: Buffer.concat(written) };
  };

  test('a form in an event goes out byte by byte, and so does its answer', async () => {
    const { out, body } = await throughLambda(SPOKEN);

    expect([out.writableEnded, body]).toEqual([true, ANSWER]);
    expect(upstream.requests[0]?.body).toEqual(form('m'));
  });

  test('an answer that breaks off is not ended but destroyed, and settled', async () => {
    const { out, body } = await throughLambda([
      streamHead({ 'content-type': 'audio/x-own' }),
      chunk(ANSWER),
      { waitMs: 50 },
      { reset: true },
    ]);

    expect([out.destroyed, out.writableEnded, body]).toEqual([true, false, ANSWER]);
    expect(await lastRecord()).toMatchObject({ outcome: 'upstream_incomplete', state: 'settled', costNanoUsd: 10n * CENT });
  });
});

test('a provider waits for a caller who reads slowly, and all of it arrives', async () => {
  const megabyte = Buffer.alloc(1024 * 1024, 7);
  let taken = 0;
  upstream.script([streamHead({ 'content-type': 'audio/x-own' }), ...Array.from({ length: 24 }, () => chunk(megabyte)), lastChunk]);
  const response = await new Promise<IncomingMessage>((fulfil) => open(form('up/m'), {}, fulfil));

  const handedOver = () => heard.sent.reduce((sum, { length }) => sum + length, 0);
  let before = -1;
  while (handedOver() > before) {
    before = handedOver();
    await new Promise((done) => setTimeout(done, 200));
  }
  const whileNobodyReads = handedOver();
  for await (const bytes of response) taken += (bytes as Buffer).length;

  expect(taken).toBe(24 * megabyte.length);
  expect(response.complete).toBe(true);
  expect(whileNobodyReads).toBeLessThan(taken);
});

test('a form that is sent again with another boundary is the same call, and one of another recording is not', async () => {
  upstream.script(SPOKEN);
  const once = { 'idempotency-key': 'one' };
  expect((await ask(form('up/m'), once)).status).toBe(200);
  await gateway.settled();

  const again = await ask(form('up/m', { boundary: 'c' }), { ...once, 'content-type': 'multipart/form-data; boundary=c' });
  const another = await ask(form('up/m', { sound: Buffer.from('other') }), once);

  expect([errorOf(again)[1], errorOf(another)[1]]).toEqual(['duplicate_request', 'idempotency_mismatch']);
});

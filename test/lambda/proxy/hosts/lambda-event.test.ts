import { Writable } from 'node:stream';
import { exchangeFromEvent } from '../../../../lambda/proxy/hosts/lambda-event';
import { serve } from '../../../../lambda/proxy/pipeline';
import { compatible, startGateway } from '../../../support/gateway';
import { jsonReply, type Step, startUpstream, streamHead, streamReply } from '../../../support/upstream';

const context = { getRemainingTimeInMillis: () => 900_000 };
const never = () => {
  throw new Error('nobody answers');
};

test.each([undefined, null, 'ping', 1, [], {}, { source: 'aws.events' }, { warmup: true }, { Records: [] }, { httpMethod: 'GET' }])(
  'D16 the event %j is no request',
  (event) => {
    expect(exchangeFromEvent(event, context, 0, never)).toBeUndefined();
  },
);

test('an event of a REST API becomes an exchange', () => {
  const exchange = exchangeFromEvent(
    {
      httpMethod: 'POST',
      path: '/v1/messages',
      headers: { Authorization: 'Bearer b', 'Content-Type': 'application/json' },
      multiValueHeaders: { Authorization: ['Bearer a', 'Bearer b'], 'Content-Type': ['application/json'] },
      multiValueQueryStringParameters: { beta: ['true'], x: ['a b'] },
      body: Buffer.from('{"é":1}').toString('base64'),
      isBase64Encoded: true,
    },
    context,
    1_000,
    never,
  );

  expect(exchange).toMatchObject({
    method: 'POST',
    path: '/v1/messages',
    query: 'beta=true&x=a+b',
    headers: { authorization: ['Bearer a', 'Bearer b'], 'content-type': 'application/json' },
    arrivedMs: 1_000,
    deadlineMs: 881_000,
  });
  expect(exchange?.body.toString()).toBe('{"é":1}');
});

test('an event of a function URL becomes an exchange', () => {
  const event = { rawPath: '/health', rawQueryString: 'a=1', headers: { host: 'x' }, requestContext: { http: { method: 'GET' } } };

  expect(exchangeFromEvent(event, context, 0, never)).toMatchObject({
    method: 'GET',
    path: '/health',
    query: 'a=1',
    headers: { host: 'x' },
  });
});

/** A response stream whose reader goes away after so many writes, or takes one write at a time. */
class Reader extends Writable {
  public text = '';
  public constructor(
    private readonly leavesAfter: number,
    private readonly delayMs = 0,
  ) {
    super({ highWaterMark: 1 });
  }
  public override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.text += chunk.toString();
    const left = this.text.length > this.leavesAfter;
    setTimeout(() => done(left ? new Error('the reader has gone') : undefined), this.delayMs);
  }
}

const event = (data: object | string) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const content = (text: string) => event({ choices: [{ index: 0, delta: { content: text } }] });
const ANSWER = `${content('one')}${content('two')}${event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}${event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 4 } })}${event('[DONE]')}`;

async function throughReader(steps: readonly Step[], reader: Reader) {
  const upstream = await startUpstream();
  upstream.script(steps);
  const gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
  const exchange = exchangeFromEvent(
    {
      httpMethod: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${gateway.key}` },
      body: JSON.stringify({ model: 'up/m', stream: true, messages: [{ role: 'user', content: 'x' }] }),
    },
    context,
    performance.now(),
    () => reader,
  );
  reader.on('error', () => undefined);
  await serve(gateway.gateway, exchange as NonNullable<typeof exchange>);
  if (!reader.closed) await new Promise((done) => reader.once('close', done));
  const [record] = gateway.records();
  await gateway.close();
  await upstream.close();
  return { record, log: gateway.log };
}

test('G03 a caller that leaves at any moment is charged what one that stays is charged', async () => {
  const stayed = (await throughReader(streamReply(ANSWER, [30]), new Reader(Number.POSITIVE_INFINITY))).record;

  for (const leavesAfter of [0, 40, 90, 150, 200]) {
    const { record } = await throughReader(streamReply(ANSWER, [30]), new Reader(leavesAfter));
    expect(record).toMatchObject({ state: 'settled', usage: stayed?.usage, costNanoUsd: stayed?.costNanoUsd });
  }
});

test('G04 a slow reader holds the provider back and gets everything', async () => {
  const long = Array.from({ length: 60 }, (_, index) => content(`${index}-${'x'.repeat(2_000)}`)).join('');
  const reader = new Reader(Number.POSITIVE_INFINITY, 1);

  await throughReader([streamHead(), ...streamReply(long + ANSWER, [4_000]).slice(1)], reader);

  expect(reader.text.match(/data: /g)).toHaveLength(64);
});

test('I05 without the pepper secret a cold start answers 503 and a warm one goes on', async () => {
  let ahead = 0;
  let down = true;
  const upstream = await startUpstream();
  upstream.script(jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'y' } }] }));
  const gateway = await startGateway({
    document: { providers: [compatible('up', upstream.origin)] },
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    fetchSecret: async () => {
      if (down) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      return JSON.stringify({ version: '1', '1': 'test-pepper-'.repeat(6) });
    },
  });
  const ask = () => gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });

  const cold = await ask();
  down = false;
  const warm = await ask();
  down = true;
  ahead = 600_000;
  const stale = await ask();
  await gateway.close();
  await upstream.close();

  expect([cold.status, cold.json.error.code]).toEqual([503, 'secret_unavailable']);
  expect([warm.status, stale.status]).toEqual([200, 200]);
});

test('I07 a secret that may not be read is a misconfiguration', async () => {
  const gateway = await startGateway({
    fetchSecret: async () => {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    },
  });
  const reply = await gateway.call('/v1/chat/completions', {});
  await gateway.close();

  expect([reply.status, reply.json.error.code]).toEqual([503, 'misconfigured']);
});

test('I02 when the table hangs the caller hears 503 and nothing is sent', async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
  gateway.table.hooks = {
    before: () => {
      throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    },
  };
  const reply = await gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });
  gateway.table.hooks = {};
  await gateway.close();
  await upstream.close();

  expect([reply.status, reply.json.error.code]).toEqual([503, 'store_unavailable']);
  expect(reply.headers['retry-after']).toBeDefined();
  expect(upstream.connections()).toBe(0);
});

import type { AddressInfo } from 'node:net';
import type { Tap } from '../../../../lambda/proxy/after/tap';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, type Upstream } from '../../../support/upstream';

/** What a tap hears is what a caller sent and was sent, byte by byte. */

interface Heard {
  readonly request: string;
  sent: string;
  ended: { readonly status: number; readonly outcome: string; readonly requestId: string } | undefined;
}

let upstream: Upstream;
let gateway: TestGateway;
let heard: Heard[];

const listening: Tap = {
  open({ body }) {
    const mine: Heard = { request: body.toString(), sent: '', ended: undefined };
    heard.push(mine);
    return {
      sent: (bytes) => {
        mine.sent += bytes.toString();
      },
      end: async ({ status, outcome, requestId }) => {
        await new Promise((done) => setTimeout(done, 5));
        mine.ended = { status, outcome, requestId };
      },
    };
  },
};

beforeEach(async () => {
  heard = [];
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

async function start(...taps: Tap[]): Promise<void> {
  gateway = await startGateway({
    taps,
    document: {
      providers: [
        compatible('up', upstream.origin),
        compatible('messages', upstream.origin, { settings: { protocols: 'anthropic-messages' } }),
      ],
    },
  });
}

const event = (value: object | string): Step => chunk(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
const said = (content: string): Step => event({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const stream: readonly Step[] = [
  streamHead(),
  said('all '),
  said('wäll'),
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event('[DONE]'),
  lastChunk,
];
const whole = jsonReply({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ä' }, finish_reason: 'stop' }],
});

const { path, body } = DIALECT_CALLS['openai-chat'](true);
const other = DIALECT_CALLS['openai-responses'](true);

test.each<[string, string, object, readonly Step[]]>([
  ['streamed and passed through', path, { ...body, model: 'up/m' }, stream],
  ['streamed and translated', other.path, { ...other.body, model: 'up/m' }, stream],
  ['whole', path, { ...body, model: 'up/m', stream: false }, whole],
  ['a whole one translated', other.path, { ...other.body, model: 'up/m', stream: false }, whole],
  ['refused before it is made', path, { ...body, model: 'nobody/m' }, []],
  ['failed at the provider', path, { ...body, model: 'up/m' }, jsonReply({ error: { message: 'no' } }, 400)],
  ['broken off', path, { ...body, model: 'up/m' }, [streamHead(), said('all '), { reset: true }]],
  ['for an endpoint that does not exist', '/v1/nothing', { some: 'body' }, []],
  ['estimated', '/v1/messages/count_tokens', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] }, []],
])('an answer that is %s is heard as it is sent', async (_name, to, call, steps) => {
  await start(listening);
  upstream.script(steps);

  const answer = await gateway.call(to, call);
  await gateway.settled();

  expect(answer.text.length).toBeGreaterThan(0);
  expect(heard).toEqual([
    {
      request: JSON.stringify(call),
      sent: answer.text,
      ended: { status: answer.status, outcome: expect.any(String), requestId: answer.headers['x-gateway-request-id'] },
    },
  ]);
});

test('of an answer whose caller hangs up, all is heard that it got', async () => {
  await start(listening);
  upstream.script([streamHead(), said('all '), { hang: true }]);
  const socket = gateway.socket();
  const call = JSON.stringify({ ...body, model: 'up/m' });
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes.toString();
    if (got.includes('all ')) socket.destroy();
  });
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x:${(socket.address() as AddressInfo).port}\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${call.length}\r\n\r\n${call}`,
  );
  await new Promise((done) => socket.once('close', done));
  while (heard[0]?.ended === undefined) await new Promise((done) => setTimeout(done, 5));

  expect(heard[0]?.sent).not.toBe('');
  expect(got).toContain(heard[0]?.sent);
  expect(heard[0]).toMatchObject({ request: call, ended: { outcome: 'client_closed_request' } });
});

test('a tap that fails harms neither the answer nor another tap, and the log says so', async () => {
  const fault = () => {
    throw new Error('secret text of a bug');
  };
  await start({ open: fault }, { open: () => ({ sent: fault, end: async () => fault() }) }, { open: () => undefined }, listening);
  upstream.script(whole);

  const answer = await gateway.call(path, { ...body, model: 'up/m', stream: false });
  await gateway.settled();

  expect([answer.status, heard[0]?.sent]).toEqual([200, answer.text]);
  expect(gateway.log.filter((line) => line['event'] === 'tap-failed')).toHaveLength(3);
  expect(JSON.stringify(gateway.log)).not.toContain('secret text');
});

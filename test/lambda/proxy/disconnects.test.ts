import { createPriceBook } from '../../../lambda/money/pricing';
import type { DeadlineConfig } from '../../../lib/private/contract';
import { compatible, startGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway';
import { bookOf } from '../../support/prices';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, type Upstream } from '../../support/upstream';

/** Callers that go away, over the adapter for `node:http`, with both of its policies. */

let upstream: Upstream;
let gateway: TestGateway;
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  upstream = await startUpstream();
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const start = async (callerGone: NonNullable<TestGatewayOptions['callerGone']>, deadlines: Partial<DeadlineConfig> = {}) => {
  gateway = await startGateway({
    callerGone,
    clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead },
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
    document: { providers: [compatible('up', upstream.origin, { free: false })], deadlines: deadlines as DeadlineConfig },
  });
};
/** Sends a call on a bare connection. */
const call = (stream: boolean) => {
  const socket = gateway.socket();
  const body = JSON.stringify({ model: 'up/m', stream, max_tokens: 50, messages: [{ role: 'user', content: 'x' }] });
  socket.on('error', () => undefined);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
};
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
};
/** A step that waits for the test. */
const gate = () => {
  let open = false;
  const steps = Array.from({ length: 400 }, () => ({
    get waitMs() {
      return open ? 0 : 10;
    },
  }));
  return { steps, open: () => (open = true) };
};
const event = (value: object | string) => chunk(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
const delta = (content: string) => event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const REST: readonly Step[] = [
  delta('more'),
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } }),
  event('[DONE]'),
  lastChunk,
];
const FULL_COST = 9_000n + 8_000n;

test('G01 a caller that goes before the first byte is drained: charged what the answer reported', async () => {
  await start('drain');
  const { steps, open } = gate();
  upstream.script([...steps, streamHead(), delta('a'), ...REST]);
  const socket = call(true);
  await until(() => upstream.requests.length === 1);

  socket.destroy();
  await new Promise((done) => setTimeout(done, 30));
  open();
  await gateway.settled();

  expect(gateway.records()).toMatchObject([{ state: 'settled', usage: { inputTokens: 9, outputTokens: 4 }, costNanoUsd: FULL_COST }]);
  expect(gateway.records()[0]?.usage).not.toHaveProperty('estimated');
});

test('G01 the same for an answer that is not a stream', async () => {
  await start('drain');
  const { steps, open } = gate();
  upstream.script([
    ...steps,
    ...jsonReply({
      choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 4 },
    }),
  ]);
  const socket = call(false);
  await until(() => upstream.requests.length === 1);

  socket.destroy();
  await new Promise((done) => setTimeout(done, 30));
  open();
  await gateway.settled();

  expect(gateway.records()).toMatchObject([{ state: 'settled', costNanoUsd: FULL_COST }]);
});

test('G02 a caller that goes mid-stream is drained: charged what the answer reported', async () => {
  await start('drain');
  const { steps, open } = gate();
  upstream.script([streamHead(), delta('a'), ...steps, ...REST]);
  const socket = call(true);
  await new Promise((done) => socket.once('data', done));

  socket.destroy();
  await new Promise((done) => setTimeout(done, 30));
  open();
  await gateway.settled();

  expect(gateway.records()).toMatchObject([{ state: 'settled', usage: { inputTokens: 9, outputTokens: 4 }, costNanoUsd: FULL_COST }]);
});

test('G02 beyond the drain cap the provider is freed and the call settled by estimate', async () => {
  await start('drain', { idleMs: 10_000_000, totalMs: 10_000_000 });
  upstream.script([streamHead(), delta('abcdef'), { hang: true }]);
  const socket = call(true);
  await new Promise((done) => socket.once('data', done));

  socket.destroy();
  await new Promise((done) => setTimeout(done, 60));
  expect([upstream.open(), gateway.records()[0]?.state]).toEqual([1, undefined]);
  ahead = 121_000;
  await until(() => upstream.open() === 0);
  await gateway.settled();

  expect(gateway.records()).toMatchObject([
    { state: 'settled', outcome: 'client_closed_request', incomplete: true, usage: { estimated: true, outputTokens: 50 } },
  ]);
});

test.each([
  ['G01 before the first byte', [{ hang: true }], false],
  ['G02 mid-stream', [streamHead(), delta('abcdef'), { hang: true }], true],
] as const)('%s the policy to abort frees the provider at once and settles by estimate', async (_name, steps, speaks) => {
  await start('abort');
  upstream.script(steps);
  const socket = call(true);
  await until(() => upstream.requests.length === 1);
  if (speaks) await new Promise((done) => socket.once('data', done));

  socket.destroy();
  await until(() => upstream.open() === 0);
  await gateway.settled();

  const [record] = gateway.records();
  expect(record).toMatchObject({ state: 'settled', outcome: 'client_closed_request', usage: { estimated: true } });
  expect(record?.costNanoUsd).toBeGreaterThan(0n);
  expect((record?.costNanoUsd as bigint) <= (record?.boundNanoUsd as bigint)).toBe(true);
});

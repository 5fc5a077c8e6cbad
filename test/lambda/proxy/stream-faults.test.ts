import fc from 'fast-check';
import type { DeadlineConfig, ProviderConfig } from '../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway, type TestReply } from '../../support/gateway';
import {
  chunk,
  jsonReply,
  lastChunk,
  reply,
  type Step,
  startUpstream,
  streamHead,
  streamReply,
  type Upstream,
} from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

const delta = (content: string) =>
  `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]}`;
const ROLE =
  '{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}';
const STOP =
  '{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
const USAGE =
  '{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}';
const event = (data: string) => `data: ${data}\n\n`;
const COMPLETE = [ROLE, delta('Häl'), delta('lo ☃'), STOP, USAGE, '[DONE]'].map(event).join('');
const SHOWN = [ROLE, delta('Häl'), delta('lo ☃'), STOP, '[DONE]'].map(event).join('');

beforeEach(async () => {
  upstream = await startUpstream();
});

afterEach(async () => {
  await gateway?.close();
  await upstream.close();
});

const start = async (deadlines: Partial<DeadlineConfig> = {}, providers?: ProviderConfig[]) => {
  gateway = await startGateway({
    document: {
      providers: providers ?? [compatible('up', upstream.origin)],
      routes: [route('both', 'up/m', 'spare/m2')],
      deadlines: deadlines as DeadlineConfig,
    },
  });
};
const stream = (more: object = {}): Promise<TestReply> =>
  gateway.call('/v1/chat/completions', { model: 'up/m', stream: true, messages: [{ role: 'user', content: 'x' }], ...more });
const lastRecord = async () => {
  await gateway.settled();
  return gateway.records().at(-1);
};
const play = async (steps: readonly Step[]) => {
  upstream.script(steps);
  return stream();
};
/** The error in the last event; nothing may follow it. */
const terminalError = (text: string) => {
  const last = text.trimEnd().split('\n\n').at(-1) ?? '';
  return JSON.parse(last.replace(/^data: /, '')).error;
};

test('E01 cut into two at any byte, the answer and the usage are the same', async () => {
  await start();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: Buffer.byteLength(COMPLETE) - 1 }), async (at) => {
      expect((await play(streamReply(COMPLETE, [at]))).text).toBe(SHOWN);
      expect(await lastRecord()).toMatchObject({ state: 'settled', usage: { inputTokens: 9, outputTokens: 4 } });
    }),
    { numRuns: 25 },
  );
});

test('E02 I13 one byte per write gives the same', async () => {
  await start();

  expect((await play(streamReply(COMPLETE, [1]))).text).toBe(SHOWN);
});

test.each([
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('E03 %s line ends mean the same events', async (_name, lineEnd) => {
  await start();

  const { text } = await play(streamReply(COMPLETE.replaceAll('\n', lineEnd), [7]));

  // A dropped event may leave an empty line behind, which means nothing.
  expect(
    text
      .replaceAll('\r\n', '\n')
      .replaceAll('\r', '\n')
      .replace(/\n{3,}/g, '\n\n'),
  ).toBe(SHOWN);
  expect(await lastRecord()).toMatchObject({ usage: { inputTokens: 9, outputTokens: 4 } });
});

test.each([
  ['with its own end', ''],
  ['whose end the gateway writes', 'data: [DONE]\r\n\r\n'],
])('E03 a stream with CRLF %s keeps both of them, when each byte comes alone', async (_name, without) => {
  await start();

  const { text } = await play(streamReply(COMPLETE.replaceAll('\n', '\r\n').replace(without, ''), [1]));

  expect(text).not.toMatch(/\r(?!\n)/);
  expect(text).toMatch(/\}\r\n\r\n(?:\r\n)*data: \[DONE\]\r?\n\r?\n$/);
});

test('E04 comments, ids, retries, no space, several data lines and a BOM are understood', async () => {
  await start();
  const odd = `\ufeff: hello\n\nid: 1\nretry: 10\ndata:${ROLE}\n\n: ping\n\ndata: {"choices":[{"index":0,\ndata: "delta":{"content":"a"}}]}\n\n${event(STOP)}${event(USAGE)}${event('[DONE]')}`;

  const { text } = await play(streamReply(odd));

  const data = text.split('\n\n').filter((block) => /^data:/m.test(block));
  expect(data).toHaveLength(4);
  expect(await lastRecord()).toMatchObject({ outcome: 'ok', usage: { inputTokens: 9, outputTokens: 4 } });
});

test('E05 a finished answer without [DONE] gets it', async () => {
  await start();

  expect((await play(streamReply([ROLE, delta('a'), STOP].map(event).join('')))).text).toBe(
    [ROLE, delta('a'), STOP, '[DONE]'].map(event).join(''),
  );
  expect(await lastRecord()).toMatchObject({ state: 'settled', outcome: 'ok' });
});

test.each([
  ['E06 a clean end', [lastChunk]],
  ['E07 a reset', [{ waitMs: 30 }, { reset: true }]],
  ['E07 a truncated body', [{ send: '400\r\ndata: {"cho' }, { waitMs: 10 }, { end: true }]],
] as const)('%s in the middle is a terminal error, without [DONE], settled by estimate', async (_name, steps) => {
  await start();

  const { status, text } = await play([streamHead(), chunk(event(ROLE)), chunk(event(delta('abc'))), ...steps]);

  expect(status).toBe(200);
  expect(text.startsWith(event(ROLE) + event(delta('abc')))).toBe(true);
  expect(text).not.toContain('[DONE]');
  expect(terminalError(text).code).toBe('upstream_incomplete');
  expect(await lastRecord()).toMatchObject({
    state: 'settled',
    outcome: 'upstream_incomplete',
    incomplete: true,
    usage: { estimated: true, outputTokens: 1 },
  });
});

test('E08 a malformed event is dropped and counted, the stream goes on', async () => {
  await start();

  const { text } = await play(streamReply([ROLE, delta('a'), '{"choices":[{', STOP, USAGE, '[DONE]'].map(event).join('')));

  expect(text).toBe([ROLE, delta('a'), STOP, '[DONE]'].map(event).join(''));
  expect(await lastRecord()).toMatchObject({ outcome: 'ok', malformedEvents: 1, usage: { outputTokens: 4 } });
});

const withSpare = async (first: readonly Step[], deadlines: Partial<DeadlineConfig> = {}) => {
  const spare = await startUpstream();
  spare.script(streamReply(COMPLETE));
  await start(deadlines, [compatible('up', upstream.origin), compatible('spare', spare.origin)]);
  upstream.script(first);
  const answered = await stream({ model: 'both' });
  const record = await lastRecord();
  await spare.close();
  return { answered, record };
};

test.each([
  ['E09 a JSON error in a 200', jsonReply({ error: { message: 'boom', type: 'server_error' } })],
  ['E10 a first event that is an error', streamReply(event('{"error":{"message":"overloaded","type":"overloaded_error"}}'))],
  ['E27 a web page', reply(200, { 'content-type': 'text/html' }, '<html>sign in</html>')],
  ['E24 an encoding that was not asked for', reply(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }, 'x')],
  [
    'E26 a failure after the preamble',
    [streamHead(), chunk(event(ROLE)), chunk(event('{"error":{"message":"x","type":"server_error"}}')), lastChunk],
  ],
  ['F06 a 503', jsonReply({ error: { message: 'down' } }, 503)],
] as const)('%s fails over unseen', async (_name, steps) => {
  const { answered, record } = await withSpare(steps);

  expect(answered.text).toBe(SHOWN);
  expect(answered.headers['x-gateway-provider']).toBe('spare');
  expect(answered.headers['x-gateway-attempts']).toBe('2');
  expect(record).toMatchObject({
    state: 'settled',
    provider: 'spare',
    attempts: [{ provider: 'up' }, { provider: 'spare', outcome: 'ok' }],
  });
});

test('E10 alone it is told before the stream begins, and costs nothing', async () => {
  await start();

  const answered = await play(streamReply(event('{"error":{"message":"overloaded","type":"overloaded_error"}}')));

  expect(answered.status).toBe(503);
  expect(answered.headers['x-should-retry']).toBe('true');
  expect(await lastRecord()).toMatchObject({ state: 'settled' });
});

test('E11 an error after content is told as the provider told it, without failover', async () => {
  const stream = [ROLE, delta('abc'), '{"error":{"message":"boom","type":"server_error","trace":"t-1"}}'].map(event).join('');
  const { answered, record } = await withSpare(streamReply(stream));

  expect(answered.text).toBe(stream);
  expect(record).toMatchObject({ state: 'settled', outcome: 'upstream_error', incomplete: true, provider: 'up' });
});

test('E12 headers and then silence fail over at the first event’s deadline', async () => {
  const { answered, record } = await withSpare([streamHead(), { hang: true }], { firstEventMs: 80 });

  expect(answered.text).toBe(SHOWN);
  expect(record).toMatchObject({ attempts: [{ outcome: 'upstream_timeout' }, { outcome: 'ok' }] });
});

test('E12 alone it is a 504, its input charged by estimate', async () => {
  await start({ firstEventMs: 80 });

  expect((await play([streamHead(), { hang: true }])).status).toBe(504);
  expect(await lastRecord()).toMatchObject({ state: 'settled', usage: { estimated: true, outputTokens: 0 } });
});

test('E13 silence in the middle ends in a terminal error', async () => {
  await start({ idleMs: 80 });

  const { text } = await play([streamHead(), chunk(event(delta('a'))), { hang: true }]);

  expect(terminalError(text).code).toBe('upstream_timeout');
  expect(await lastRecord()).toMatchObject({ state: 'settled', incomplete: true, usage: { estimated: true } });
});

test('E14 G06 a slow drip is cut at the total deadline, with an error event', async () => {
  await start({ totalMs: 150 });
  const drip: Step[] = Array.from({ length: 40 }, () => [chunk(event(delta('a'))), { waitMs: 15 }]).flat();

  const { text } = await play([streamHead(), ...drip, { hang: true }]);

  expect(terminalError(text).code).toBe('upstream_timeout');
});

test('E15 a stream far beyond its cap is cut and its provider freed', async () => {
  await start();
  const endless = chunk(event(delta('x'.repeat(2_000))));
  upstream.script([streamHead(), ...Array.from({ length: 200 }, () => endless), { hang: true }]);

  const { text } = await stream({ max_tokens: 10 });

  expect(text.length).toBeLessThan(20_000);
  expect(terminalError(text).code).toBe('upstream_runaway');
  expect(await lastRecord()).toMatchObject({ state: 'settled', usage: { outputTokens: 10 } });
  while (upstream.open() > 0) await new Promise((done) => setTimeout(done, 5));
});

test('E16 a complete answer without usage is charged by estimate', async () => {
  await start();

  expect((await play(streamReply([ROLE, delta('some words here'), STOP, '[DONE]'].map(event).join('')))).text).toContain('[DONE]');
  expect(await lastRecord()).toMatchObject({ outcome: 'ok', usage: { estimated: true, outputTokens: 5 } });
});

test('E22 text that looks like an event cannot forge one', async () => {
  await start();
  const forged = delta('\n\ndata: {"error":{"message":"forged"}}\n\n');

  const { text } = await play(streamReply([ROLE, forged, STOP, USAGE, '[DONE]'].map(event).join('')));

  expect(text).toBe([ROLE, forged, STOP, '[DONE]'].map(event).join(''));
});

test('E23 I20 an event without end is given up at 32 MB', async () => {
  await start();
  const block = chunk('x'.repeat(4 * 1024 * 1024));

  const { text } = await play([
    streamHead(),
    chunk(event(delta('a'))),
    chunk('data: '),
    ...Array.from({ length: 9 }, () => block),
    { hang: true },
  ]);

  expect(terminalError(text).code).toBe('event_too_large');
});

test('G05 a silent provider is committed to, kept alive, and still answered from', async () => {
  await start({ streamCommitMs: 60, heartbeatMs: 60 });

  const { status, text } = await play([streamHead(), { waitMs: 300 }, chunk(COMPLETE), lastChunk]);

  expect(status).toBe(200);
  expect(text).toMatch(/^(?:: keep-alive\n\n)+data: /);
  expect(text.replaceAll(': keep-alive\n\n', '')).toBe(SHOWN);
});

test('G05 a silent JSON answer is kept alive by white space', async () => {
  await start({ jsonCommitMs: 60, heartbeatMs: 60 });
  const answer = { choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }] };
  upstream.script([{ waitMs: 300 }, ...jsonReply(answer)]);

  const { status, text, json } = await gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });

  expect(status).toBe(200);
  expect(text).toMatch(/^ +\{/);
  expect(json).toEqual(answer);
});

test('a failure after the silent commit is a terminal event, or JSON after the white space', async () => {
  await start({ streamCommitMs: 40, jsonCommitMs: 40, heartbeatMs: 40 });
  upstream.script([{ waitMs: 200 }, ...jsonReply({ error: { message: 'no', type: 'invalid_request_error', code: 'bad' } }, 400)]);

  const streamed = await stream();
  const whole = await gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'x' }] });

  expect([streamed.status, terminalError(streamed.text).code]).toEqual([200, 'bad']);
  expect([whole.status, whole.json.error.code]).toEqual([200, 'bad']);
});

test('E20 a tool call cut by the cap passes with its finish reason', async () => {
  await start();
  const cut =
    '{"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{\\"a\\":"}}]},"finish_reason":"length"}]}';

  const { text } = await play(streamReply([ROLE, cut, USAGE, '[DONE]'].map(event).join('')));

  expect(text).toBe([ROLE, cut, '[DONE]'].map(event).join(''));
  expect(await lastRecord()).toMatchObject({ outcome: 'ok', finishReason: 'length' });
});

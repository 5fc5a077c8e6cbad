import { ResponseBytes } from '../../../local/lambda/invocation';
import { collect, definitionOf, type TestPool, testPool } from './support/pool';
import { buildWorkerFile } from './support/worker-file';

// Processes and threads start slowly on a busy machine.
jest.setTimeout(30_000);

let workerFile: string;
const open: TestPool[] = [];

beforeAll(async () => {
  workerFile = await buildWorkerFile();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ pool }) => pool.close()));
});

function start(...args: Parameters<typeof testPool> extends [string, ...infer Rest] ? Rest : never): TestPool {
  const made = testPool(workerFile, ...args);
  open.push(made);
  return made;
}

function parts(bytes: Buffer): { prelude: unknown; body: string } {
  const end = bytes.indexOf(Buffer.alloc(8));
  return { prelude: JSON.parse(bytes.toString('utf8', 0, end)), body: bytes.toString('utf8', end + 8) };
}

test('an environment serves one invocation at a time and is reused', async () => {
  const { pool } = start('modes.handler');

  await collect(pool, { mode: 'fast' });
  const { body } = parts((await collect(pool, { mode: 'state' })).bytes);

  expect(pool.coldStarts).toBe(1);
  expect(JSON.parse(body)).toMatchObject({ served: 2, variable: 'hello' });
});

test('invocations at the same time get environments of their own, up to the limit', async () => {
  const { pool } = start('modes.handler', { concurrency: 2 });

  const running = [collect(pool, { mode: 'slow' }), collect(pool, { mode: 'slow' })];
  await expect(collect(pool, { mode: 'fast' })).rejects.toMatchObject({ fault: 'throttled' });
  await Promise.all(running);

  expect(pool.coldStarts).toBe(2);
  expect((await collect(pool, { mode: 'fast' })).complete).toBe(true);
});

test('a function sees its own variables and none of the user’s', async () => {
  const { pool } = start('modes.handler');

  const { body } = parts((await collect(pool, { mode: 'state' })).bytes);

  expect(process.env.HOME).toBeDefined();
  expect(JSON.parse(body).home).toBeUndefined();
});

test('the remaining time counts down from the timeout', async () => {
  const { pool } = start('modes.handler', { definition: definitionOf('modes.handler', { timeoutMs: 5_000 }) });

  const { remaining, context } = JSON.parse(parts((await collect(pool, { mode: 'state' })).bytes).body);

  expect(remaining).toBeLessThanOrEqual(5_000);
  expect(remaining).toBeGreaterThan(1_000);
  expect(context).toMatchObject({ functionName: 'function', memoryLimitInMB: '512', functionVersion: '$LATEST' });
});

test('fails at the timeout, whether or not the answer has begun, and replaces the environment', async () => {
  const { pool, failures } = start('modes.handler', { timeoutMs: 250 });
  await pool.warm();

  const silent = await collect(pool, { mode: 'hang' });
  const unfinished = await collect(pool, { mode: 'no-end' });
  const next = await collect(pool, { mode: 'fast' });

  expect(silent).toMatchObject({ complete: false, failure: 'Sandbox.Timedout' });
  expect(silent.bytes).toHaveLength(0);
  expect(unfinished).toMatchObject({ complete: false, failure: 'Sandbox.Timedout' });
  expect(parts(unfinished.bytes).body).toBe('open');
  expect(next.complete).toBe(true);
  expect(failures.map((error) => error.fault)).toEqual(['timeout', 'timeout']);
});

test('fails when the process exits, and starts afresh', async () => {
  const { pool } = start('modes.handler');

  expect(await collect(pool, { mode: 'exit' })).toMatchObject({ complete: false, failure: 'Runtime.ExitError' });
  expect((await collect(pool, { mode: 'fast' })).complete).toBe(true);
  expect(pool.coldStarts).toBe(2);
});

test('work after the end of the answer is awaited before the environment is free', async () => {
  const { pool } = start('modes.handler');

  await collect(pool, { mode: 'work-after-end' });
  const { body } = parts((await collect(pool, { mode: 'state' })).bytes);

  expect(JSON.parse(body)).toMatchObject({ afterEnd: 1, served: 2 });
});

test('what a failed invocation still writes never reaches the next one', async () => {
  const { pool } = start('modes.handler');

  await collect(pool, { mode: 'late-write' });
  const next = await collect(pool, { mode: 'slow' });

  expect(parts(next.bytes).body).toBe('ab');
  expect(pool.coldStarts).toBe(1);
});

test('a reader that does not read holds the function up', async () => {
  const { pool } = start('modes.handler');
  const chunks = 64;

  const invocation = await pool.invoke(Buffer.from(JSON.stringify({ mode: 'flood', chunks })), '');
  await new Promise((resolve) => setTimeout(resolve, 150));
  const buffered = invocation.response.readableLength;
  let received = 0;
  for await (const chunk of invocation.response) received += (chunk as Buffer).length;

  expect(buffered).toBeLessThan(512 * 1024);
  expect(received).toBeGreaterThan(chunks * 64 * 1024);
});

test('fails with the reason when the module or the handler is missing', async () => {
  await expect(collect(start('absent.handler').pool, {})).rejects.toThrow('Runtime.ImportModuleError');
  await expect(collect(start('modes.absent').pool, {})).rejects.toThrow('Runtime.HandlerNotFound');
  await expect(collect(start('buffered.callback').pool, {})).rejects.toThrow('Runtime.CallbackHandlerDeprecated');
});

test('fails when a streamed answer outgrows its limit, and takes what the function still writes', async () => {
  let taken = 0;
  const response = new ResponseBytes((bytes) => {
    taken += bytes;
  }, 10);
  const failed = new Promise((resolve) => response.once('error', resolve));

  for (let index = 0; index < 4; index += 1) response.accept(new Uint8Array(4));

  expect(await failed).toMatchObject({ failure: { errorType: 'Function.ResponseSizeTooLarge' } });
  expect(taken).toBeGreaterThanOrEqual(12);
});

test('fails when the event is over 6 MB', async () => {
  const { pool } = start('modes.handler');

  await expect(pool.invoke(Buffer.alloc(6 * 1024 * 1024 + 1), '')).rejects.toMatchObject({ fault: 'too_large' });
});

test('a handler without a stream answers with its returned value', async () => {
  const { pool } = start('buffered.handler');

  expect(JSON.parse((await pool.invokeBuffered(Buffer.from('{"a":1}'), '')).toString())).toMatchObject({
    statusCode: 200,
    body: '{"a":1}',
  });
  await expect(pool.invokeBuffered(Buffer.from('{"mode":"throw"}'), '')).rejects.toMatchObject({ fault: 'function' });
});

test('logs of a function are handed over, never printed', async () => {
  const { pool, logs } = start('modes.handler');

  await collect(pool, { mode: 'throw-before' });

  // They come through a pipe of their own, which may be behind the news of the failure; without them the test runs out of time.
  while (!logs.join('').includes('before any write')) await new Promise((done) => setTimeout(done, 5));
});

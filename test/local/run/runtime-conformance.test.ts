/** The same handler under AWS's own runtime interface client and under our worker: what comes out must be the same. */
import { collect, FIXTURES, type TestPool, testPool } from './support/pool';
import { RuntimeUnderTest } from './support/runtime-api';
import { buildWorkerFile } from './support/worker-file';

// Processes and threads start slowly on a busy machine.
jest.setTimeout(30_000);

const runtime = new RuntimeUnderTest();
let ours: TestPool;

beforeAll(async () => {
  ours = testPool(await buildWorkerFile(), 'modes.handler');
  await runtime.start(FIXTURES, 'modes.handler');
});

afterAll(async () => {
  await Promise.all([ours.pool.close(), runtime.stop()]);
});

test.each([
  ['fast', { complete: true, text: 'hello world' }],
  ['sse', { complete: true, text: 'data: one\n\ndata: two\n\ndata: three\n\n' }],
  ['end-only', { complete: true, text: 'body without a write' }],
  ['empty-write', { complete: true, text: '' }],
  ['throw-before', { complete: false, text: '' }],
  ['throw-mid', { complete: false, text: 'partial' }],
  ['work-after-end', { complete: true, text: 'answered' }],
  ['returns', { complete: true, text: 'kept' }],
  ['no-prelude', { complete: true, text: 'x'.repeat(20_000) }],
])('mode %s is the same as in aws-lambda-ric', async (mode, expected) => {
  const [theirs, mine] = await Promise.all([runtime.invoke({ mode }), collect(ours.pool, { mode })]);

  expect(mine.bytes.toString('latin1')).toBe(theirs.bytes.toString('latin1'));
  expect(mine.complete).toBe(theirs.complete);
  expect(mine.failure).toBe(theirs.failure);
  expect(mine.complete).toBe(expected.complete);
  expect(mine.bytes.toString('utf8').endsWith(expected.text)).toBe(true);
});

test('only a write sends the prelude', async () => {
  const prelude = '"statusCode":201';

  expect((await collect(ours.pool, { mode: 'empty-write' })).bytes.toString()).toContain(prelude);
  expect((await collect(ours.pool, { mode: 'end-only' })).bytes.toString()).not.toContain(prelude);
});

test('the context has the members that aws-lambda-ric gives', async () => {
  const state = async (bytes: Promise<{ bytes: Buffer }>) => {
    const text = (await bytes).bytes.toString();
    return Object.keys(JSON.parse(text.slice(text.indexOf('\0') + 8)).context).sort();
  };

  const theirs = await state(runtime.invoke({ mode: 'state' }));
  const mine = await state(collect(ours.pool, { mode: 'state' }));

  expect(theirs.filter((name) => !mine.includes(name))).toEqual([]);
});

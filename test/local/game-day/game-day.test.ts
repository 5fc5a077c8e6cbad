/** `--disturb` and `--trace-aws`, against real calls of functions. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalRun } from '../../../local/run';
import { call } from '../run/support/gateway';
import { tinyRuns } from '../run/support/tiny-runs';

const ROOT = join(__dirname, '../../..');

// Processes and threads start slowly on a busy machine.
jest.setTimeout(60_000);

const runs = tinyRuns();

function rulesFile(...rules: object[]): string {
  const file = join(runs.folder, 'game.json');
  writeFileSync(file, JSON.stringify({ rules }));
  return file;
}

async function ask(run: LocalRun, action: string, id = ''): Promise<Record<string, unknown>> {
  return JSON.parse((await call(`${run.url}/do?action=${action}&id=${encodeURIComponent(id)}`)).body);
}

async function stored(run: LocalRun, id: string): Promise<boolean> {
  const [{ definition }] = run.functions as [LocalRun['functions'][number]];
  const key = { TableName: definition.environment.TABLE, Key: { pk: { S: `put#${id}` } } };
  return (await run.standIns.dynamodb.call('GetItem', key)).Item !== undefined;
}

interface Line {
  readonly request_id: string | null;
  readonly invocation_id: string | null;
  readonly function: string;
  readonly function_id: string;
  readonly service: string;
  readonly action: string;
  readonly resources: string[];
  readonly start: number;
  readonly end: number;
  readonly read_units: number;
  readonly write_units: number;
  readonly error?: string;
  readonly disturbed?: string;
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

test('R16 a call is lost before or after it took effect, throttled, or slow, as the rules say', async () => {
  const only = { function: 'proxy', service: 'dynamodb', action: 'PutItem' };
  const disturb = rulesFile(
    { ...only, nth: 1, effect: 'lost-before' },
    { ...only, nth: 2, effect: 'lost-after' },
    { ...only, nth: 3, effect: 'throttled' },
    { ...only, nth: 4, effect: 'slow', delay_ms: 400 },
  );
  const trace = join(runs.folder, 'trace.jsonl');
  const run = await runs.start({ disturb, traceAws: trace });

  expect(await ask(run, 'put', 'a')).toMatchObject({ ok: false });
  expect(await stored(run, 'a')).toBe(false);
  expect(await ask(run, 'put', 'b')).toMatchObject({ ok: false });
  expect(await stored(run, 'b')).toBe(true);
  expect(await ask(run, 'put', 'c')).toMatchObject({ ok: false, error: 'ProvisionedThroughputExceededException' });
  expect(await stored(run, 'c')).toBe(false);
  const begun = performance.now();
  expect(await ask(run, 'put', 'd')).toMatchObject({ ok: true });
  expect(performance.now() - begun).toBeGreaterThan(390);
  expect(await ask(run, 'put', 'e')).toMatchObject({ ok: true });
  await run.settled();
  await runs.close();

  const puts = linesOf(trace).filter(({ action }) => action === 'PutItem');
  expect(puts.map(({ disturbed, error, write_units }) => ({ disturbed, error, write_units }))).toEqual([
    { disturbed: 'lost-before', error: 'AnswerLost', write_units: 0 },
    { disturbed: 'lost-after', error: 'AnswerLost', write_units: 1 },
    { disturbed: 'refused', error: 'ProvisionedThroughputExceededException', write_units: 0 },
    { disturbed: 'slow', error: undefined, write_units: 1 },
    { disturbed: undefined, error: undefined, write_units: 1 },
  ]);
  expect((puts[3] as Line).end - (puts[3] as Line).start).toBeGreaterThanOrEqual(390);
  expect((puts[4] as Line).end - (puts[4] as Line).start).toBeLessThan(390);
});

test('R16 a dead service is dead for as long as it is told, and the run starts all the same', async () => {
  const run = await runs.start({ disturb: rulesFile({ service: 'dynamodb', effect: 'dead', for_seconds: 1.5 }) });

  expect(await ask(run, 'count')).toMatchObject({ ok: false });
  expect(await ask(run, 'own')).toMatchObject({ error: 'AccessDeniedException' });
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  expect(await ask(run, 'count')).toMatchObject({ ok: true });
});

test('R16 the rules are read again when their file changes; a bad change leaves them as they were', async () => {
  const disturb = rulesFile();
  const run = await runs.start({ disturb });
  const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  expect(await ask(run, 'count')).toMatchObject({ ok: true });

  rulesFile({ action: 'GetItem', effect: 'throttled' });
  await until(async () => (await ask(run, 'count')).ok === false);
  rulesFile({ action: 'GetItem', effect: 'throtled' });
  await until(() => runs.notes.some((note) => note.includes('rules[0].effect must be one of') && note.includes('stay as they were')));
  expect(await ask(run, 'count')).toMatchObject({ ok: false });
  rulesFile();
  await until(async () => (await ask(run, 'count')).ok === true);
});

test('R16 a file that cannot be used ends the start with its name and the field', async () => {
  await expect(runs.start({ disturb: rulesFile({ effect: 'slow' }) })).rejects.toThrow(
    /--disturb .*game\.json: rules\[0\]\.delay_ms is missing/,
  );
  await expect(runs.start({ disturb: join(runs.folder, 'absent.json') })).rejects.toThrow(
    /--disturb .*absent\.json: it cannot be read \(ENOENT\)/,
  );
  await expect(runs.start({ disturb: rulesFile({ effect: 'dead', function: 'nosuch' }) })).rejects.toThrow(
    /--disturb .*game\.json: rules\[0\]\.function fits no function of the gateway; one of: proxy, .*usage, .*Proxy/,
  );
  await expect(runs.start({ traceAws: join(runs.folder, 'no/such/trace') })).rejects.toThrow(
    /--trace-aws .*: it cannot be written \(ENOENT\)/,
  );
});

test('R16 every call is a line: who, what, when, and what it costs; only the user can read it', async () => {
  const trace = join(runs.folder, 'trace.jsonl');
  const before = Date.now();
  const run = await runs.start({ traceAws: trace });
  await ask(run, 'put', 'one');
  await ask(run, 'count');
  await ask(run, 'scan');
  await ask(run, 'enqueue', 'two');
  await run.settled();
  await runs.close();

  const lines = linesOf(trace);
  const of = (name: string, action: string): Line => lines.find((line) => line.function === name && line.action === action) as Line;
  expect(of('proxy', 'PutItem')).toMatchObject({
    service: 'dynamodb',
    function_id: 'Proxy',
    resources: [expect.stringMatching(/^Tiny-Table/)],
    read_units: 0,
    write_units: 1,
    invocation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(of('proxy', 'GetItem')).toMatchObject({ read_units: 0.5, write_units: 0 });
  expect(of('proxy', 'Scan')).toMatchObject({ error: 'AccessDeniedException', read_units: 0 });
  expect(of('proxy', 'SendMessage')).toMatchObject({ service: 'sqs', read_units: 0, write_units: 0 });
  expect(of('usage', 'UpdateItem')).toMatchObject({ write_units: 1, request_id: null });
  expect(of('admin', 'GetSecretValue')).toMatchObject({ service: 'secretsmanager' });
  for (const { start: from, end } of lines) {
    expect(from).toBeGreaterThanOrEqual(before - 1);
    expect(end).toBeGreaterThanOrEqual(from);
    expect(end).toBeLessThanOrEqual(Date.now() + 1);
  }
  expect(statSync(trace).mode & 0o777).toBe(0o600);
});

const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs'].every((file) => existsSync(join(ROOT, file)));

(built ? test : test.skip)(
  'R16 the lines of a request carry the id that its answer has, from the first read to the settlement',
  async () => {
    const trace = join(runs.folder, 'trace.jsonl');
    const run = await runs.start({
      workingDirectory: ROOT,
      app: `"${process.execPath}" test/local/run/fixtures/sdk-app.cjs`,
      traceAws: trace,
    });
    const chat = (stream: boolean) =>
      call(`${run.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${run.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo', stream, max_tokens: 8, messages: [{ role: 'user', content: 'hello' }] }),
      });

    const answers = [await chat(false), await chat(true), await chat(false)];
    const admin = await call(`${run.url}/admin/v1/keys`, { headers: { authorization: `Bearer ${run.adminKey}` } });
    await run.settled();
    await runs.close();

    const lines = linesOf(trace);
    for (const { headers } of answers) {
      const own = lines.filter((line) => line.request_id === headers['x-gateway-request-id']);
      expect(new Set(own.map(({ function: name }) => name))).toEqual(new Set(['proxy']));
      expect(new Set(own.map(({ invocation_id }) => invocation_id)).size).toBe(1);
      expect(own.some(({ read_units }) => read_units > 0)).toBe(true);
      expect(own.filter(({ write_units }) => write_units > 0).length).toBeGreaterThanOrEqual(2);
    }
    expect(lines.filter((line) => line.request_id === admin.headers['x-gateway-request-id']).map(({ function: name }) => name)).toContain(
      'admin',
    );
    const named = new Set([...answers, admin].map(({ headers }) => headers['x-gateway-request-id']));
    expect(named.size).toBe(4);
  },
);

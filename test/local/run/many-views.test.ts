/**
 * A thousand calls of many kinds through the real app, and then every place that tells of them: what they say is the same, to the
 * nano-dollar and to the attempt. Needs the bundles that `npm run build` makes.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRICS } from '../../../lib/private/contract';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs', 'dist/lambda/archiver/index.mjs'].every((file) =>
  existsSync(join(ROOT, file)),
);
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

// Threads of many functions on a busy machine.
jest.setTimeout(400_000);

const CALLS = 1000;
const AT_ONCE = 12;
/** Longer than the refusals of an environment wait for each other. */
const REFUSALS_WRITTEN_MS = 6_000;
const LAST_CALLS = 2 * AT_ONCE;

interface Told {
  readonly requests: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: bigint;
}

interface RecordRow {
  readonly id: string;
  readonly state: string;
  readonly key_id: string;
  readonly outcome: string;
  readonly cost_usd?: string;
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number };
  readonly attempts?: readonly { readonly provider: string; readonly outcome: string }[];
}

let data: string;
let run: LocalRun;
const log: Record<string, unknown>[] = [];
const notes: string[] = [];

beforeAll(async () => {
  if (!built) return;
  data = mkdtempSync(join(tmpdir(), 'many-views-'));
  run = await startLocalRun({
    workingDirectory: ROOT,
    app: 'node test/local/run/fixtures/many-views-app.cjs',
    port: 0,
    data,
    environment: {},
    workerFile: await buildWorkerFile(),
    onNote: (line) => notes.push(line),
    onLog: (line) => {
      const [, json] = /^\S+ (\{".*\})$/.exec(line) ?? [];
      if (json !== undefined) log.push(JSON.parse(json));
    },
  });
});

afterAll(async () => {
  await run?.close();
  if (data !== undefined) rmSync(data, { recursive: true, force: true });
});

const admin = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
  const answer = await callGateway(method, `${run.url}/admin/v1${path}`, run.adminKey, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as Body;
};

interface Call {
  readonly key: string;
  readonly path: string;
  readonly body: object;
  readonly tags: string;
  /** The caller hangs up after so many bytes. */
  readonly leavesAfter?: number;
}

/** Makes one call. @returns the status, or 0 where there was none before the caller left */
function send({ key, path, body, tags, leavesAfter }: Call): Promise<number> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-gateway-tags': tags };
    const call = request(`${run.url}${path}`, { method: 'POST', headers, agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (leavesAfter !== undefined && bytes >= leavesAfter) call.destroy();
      });
      response.once('error', () => {});
      response.once('close', () => resolve(response.statusCode ?? 0));
    });
    call.once('error', () => resolve(0));
    call.end(JSON.stringify(body));
  });
}

const SURPRISES = [
  '[simulate error=500]',
  '[simulate error=400]',
  '[simulate error-after=3]',
  '[simulate cut-after=2]',
  '[simulate usage=0]',
];
/** So few go wrong for everybody that places seldom rest. */
const ODDS = 40;

/** The same calls each time, of every kind there is. */
function* calls(keys: readonly string[]): Generator<Call> {
  let state = 7;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (let index = 0; index < CALLS; index += 1) {
    const stream = next(2) === 0;
    const leaves = stream && next(8) === 0;
    const text = `call ${index} ${leaves ? '[simulate tokens=60 speed=60]' : (SURPRISES[next(ODDS)] ?? '')}`;
    const model = ['pair', 'pair', 'steady/simulated-1', 'shaky/simulated-1', 'not/there'][next(5)];
    const shared = { model, stream };
    const messages = [{ role: 'user', content: text }];
    const most = leaves ? 60 : 4 + next(30);
    const [path, body] = [
      ['/v1/chat/completions', { ...shared, messages, max_tokens: most, user: `person-${next(5)}` }],
      ['/v1/messages', { ...shared, messages, max_tokens: most, metadata: { user_id: `person-${next(5)}` } }],
      ['/v1/responses', { ...shared, input: text, max_output_tokens: 16 + most }],
    ][next(3)] as [string, object];
    const key = keys[next(keys.length)] as string;
    yield { key, path, body, tags: `feature=${next(4)}`, ...(leaves ? { leavesAfter: 1 + next(2000) } : {}) };
  }
}

const nano = (usd: string): bigint => {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
};

function sum(rows: readonly RecordRow[]): Told {
  const attempts = rows.flatMap((row) => row.attempts ?? []);
  const total = (of: (row: RecordRow) => number | undefined) => rows.reduce((all, row) => all + (of(row) ?? 0), 0);
  return {
    requests: rows.length,
    attempts: attempts.length,
    failedAttempts: attempts.filter(({ outcome }) => !['ok', 'client_disconnected', 'deadline_exceeded'].includes(outcome)).length,
    inputTokens: total((row) => row.usage?.input_tokens),
    outputTokens: total((row) => row.usage?.output_tokens),
    costNanoUsd: rows.reduce((all, row) => all + nano(row.cost_usd ?? '0'), 0n),
  };
}

async function allRecords(): Promise<RecordRow[]> {
  const rows: RecordRow[] = [];
  let cursor = '';
  do {
    const page = await admin<{ data: RecordRow[]; next_cursor: string | null }>('GET', `/requests?limit=100${cursor}`);
    rows.push(...page.data);
    cursor = page.next_cursor === null ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`;
  } while (cursor !== '');
  return rows;
}

/** Requests of the trail. A batch that was delivered twice is told of twice: the last word counts. */
function trail(): RecordRow[] {
  const lines = readdirSync(join(data, 'objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes('_requests%2F'))
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n').slice(1, -1))
    .map((line) => JSON.parse(line) as RecordRow);
  return [...new Map(lines.map((row) => [row.id, row])).values()];
}

/** Ids of the calls that the content log has an object of. */
function contents(): string[] {
  return readdirSync(join(data, 'objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes('_content%2F'))
    .map(({ name }) => name.slice(1, 23));
}

async function usage(groupBy: string): Promise<Record<string, string | number>[]> {
  return (await admin<{ data: Record<string, string | number>[] }>('GET', `/usage?group_by=${groupBy}`)).data;
}

const metric = (lines: readonly Record<string, unknown>[], name: string): number =>
  lines.reduce((all, line) => all + ((line[name] as number | undefined) ?? 0), 0);

(built ? test : test.skip)('a thousand calls, told of by every view alike', async () => {
  const team = await admin<{ id: string }>('POST', '/teams', { name: 'blue', budgets: [{ limit_usd: '50', period: 'month' }] });
  const fields = [
    { name: 'plain', budgets: [{ limit_usd: '20', period: 'month' }] },
    { name: 'of a team', team_id: team.id, budgets: [{ limit_usd: '20', period: 'month' }] },
    { name: 'poor', budgets: [{ limit_usd: '0.0005', period: 'month' }] },
    { name: 'slow', limits: { requests_per_minute: 20 }, budgets: [{ limit_usd: '20', period: 'month' }] },
    { name: 'bound', models: ['steady/*'], budgets: [{ limit_usd: '20', period: 'month' }] },
  ];
  const keys: { id: string; key: string }[] = [];
  for (const one of fields) keys.push(await admin('POST', '/keys', one));

  const source = calls(keys.map(({ key }) => key));
  const statuses: Record<string, number> = {};
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const call of source) {
        const status = await send(call);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }),
  );
  await run.settled();
  // What an environment refused it writes some seconds later, when it runs: so many calls at once reach every one.
  await new Promise((resolve) => setTimeout(resolve, REFUSALS_WRITTEN_MS));
  const plain = keys[0]?.key as string;
  const messages = [{ role: 'user', content: 'last [simulate latency=1500]' }];
  const last = { key: plain, path: '/v1/chat/completions', body: { model: 'steady/simulated-1', max_tokens: 4, messages }, tags: '' };
  await Promise.all(Array.from({ length: LAST_CALLS }, () => send(last)));
  await run.settled();

  const records = await allRecords();
  const told = sum(records);
  const known = new Set(keys.map(({ id }) => id));

  // Every kind is among them.
  for (const status of ['200', '400', '402', '403', '404', '429', '502', '503'])
    expect([status, statuses[status] ?? 0]).not.toEqual([status, 0]);

  const kept = trail();
  expect(sum(kept)).toEqual(told);
  expect(kept.map(({ id }) => id).sort()).toEqual(records.map(({ id }) => id).sort());

  // A dimension that some calls have no value of is asked for together with one that all have.
  for (const groupBy of ['key', 'hour', 'key,model', 'key,provider', 'team,key', 'alias', 'key,end_user', 'key,label:feature']) {
    const rows = await usage(groupBy);
    const total = (name: string) => rows.reduce((all, row) => all + Number(row[name] ?? 0), 0);
    expect([
      groupBy,
      {
        requests: total('requests'),
        attempts: total('attempts'),
        failedAttempts: total('failed_attempts'),
        inputTokens: total('input_tokens'),
        outputTokens: total('output_tokens'),
        costNanoUsd: rows.reduce((all, row) => all + nano(row.cost_usd as string), 0n),
      },
    ]).toEqual([groupBy, told]);
  }

  // What has no record was refused, and is counted all the same.
  const refused = (await usage('outcome')).reduce((all, row) => all + Number(row['refused']), 0);
  expect(told.requests + refused).toBe(CALLS + LAST_CALLS);

  const logged = new Set(contents());
  expect(records.filter(({ id }) => !logged.has(id))).toEqual([]);
  const auditor = await admin<{ key: string }>('POST', '/keys', { name: 'auditor', role: 'auditor' });
  for (const { id, outcome } of records.filter((_row, index) => index % 10 === 0)) {
    const content = await callGateway('GET', `${run.url}/admin/v1/contents/${id}`, auditor.key);
    expect([outcome, content]).toMatchObject([outcome, { status: 200, body: { id, level: 'metadata' } }]);
  }

  let spent = 0n;
  for (const { id, key } of keys) {
    const me = (await callGateway('GET', `${run.url}/v1/me`, key)).body as {
      budgets: { scope: string; spent_usd: string; reserved_usd: string }[];
    };
    const own = me.budgets.find(({ scope }) => scope === 'key');
    expect(nano(own?.reserved_usd as string)).toBe(0n);
    expect([id, nano(own?.spent_usd as string)]).toEqual([id, sum(records.filter((row) => row.key_id === id)).costNanoUsd]);
    spent += nano(own?.spent_usd as string);
  }
  expect(spent).toBe(sum(records.filter((row) => known.has(row.key_id))).costNanoUsd);

  const lines = log.filter((line) => line[METRICS.REQUESTS] !== undefined);
  const attemptLines = log.filter((line) => line[METRICS.ATTEMPTS] !== undefined);
  expect(lines).toHaveLength(CALLS + LAST_CALLS);
  const cost = lines.reduce((all, line) => all + BigInt(Math.round(((line[METRICS.COST] as number | undefined) ?? 0) * 1e9)), 0n);
  expect({
    attempts: metric(attemptLines, METRICS.ATTEMPTS),
    inputTokens: metric(lines, METRICS.INPUT_TOKENS),
    outputTokens: metric(lines, METRICS.OUTPUT_TOKENS),
    costNanoUsd: cost,
  }).toEqual({ attempts: told.attempts, inputTokens: told.inputTokens, outputTokens: told.outputTokens, costNanoUsd: told.costNanoUsd });
});

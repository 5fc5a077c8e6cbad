/** The audit trail of the real app, from the call to its check. Needs the bundles that `npm run build` makes. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const COMMAND = join(ROOT, 'dist/bin/llm-gateway.mjs');
const built = ['dist/bin/llm-gateway.mjs', 'dist/lib/index.js', 'dist/lambda/archiver/index.mjs'].every((file) =>
  existsSync(join(ROOT, file)),
);
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

jest.setTimeout(90_000);

let data: string;
let run: LocalRun;

beforeAll(async () => {
  if (!built) return;
  data = mkdtempSync(join(tmpdir(), 'archive-run-'));
  run = await startLocalRun({
    workingDirectory: ROOT,
    port: 0,
    data,
    environment: {},
    context: { contentLog: 'off' },
    workerFile: await buildWorkerFile(),
    onNote: (line) => notes.push(line),
  });
});

afterAll(async () => {
  await run?.close();
  if (data !== undefined) rmSync(data, { recursive: true, force: true });
});

const notes: string[] = [];
const admin = (method: string, path: string, body?: object) => callGateway(method, `${run.url}/admin/v1${path}`, run.adminKey, body);

async function verify(): Promise<{ readonly code: number; readonly out: string }> {
  const args = [COMMAND, 'audit', 'verify', '--url', run.url, '--key', run.adminKey];
  const done = promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return done.then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    ({ code, stdout }) => ({ code, out: stdout }),
  );
}

const files = (): string[] =>
  readdirSync(join(data, 'objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

(built ? describe : describe.skip)('the audit trail of a local run', () => {
  test('holds every change and every request, and verify finds a flipped byte in a file', async () => {
    const team = (await admin('POST', '/teams', { name: 'blue' })).body as { id: string };
    const made = (await admin('POST', '/keys', { name: 'k', team_id: team.id })).body as { id: string; key: string };
    const chat = { model: 'simulated/simulated-1', max_tokens: 4, messages: [{ role: 'user', content: 'CANARY-prompt' }] };
    for (let index = 0; index < 3; index += 1) await callGateway('POST', `${run.url}/v1/chat/completions`, made.key, chat);
    await run.settled();

    const lines = files().flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .slice(1, -1)
        .map((line) => JSON.parse(line)),
    );
    expect(lines.filter(({ resource_id: id }) => id === team.id || id === made.id)).toHaveLength(2);
    expect(lines.filter(({ key_id: id }) => id === made.id)).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain('CANARY');
    expect(JSON.stringify(lines)).not.toContain(made.key);
    expect(await verify()).toEqual({ code: 0, out: expect.stringMatching(/^the audit trail is whole: \d+ entries in \d+ segments/) });

    const file = files().find((name) => readFileSync(name, 'utf8').includes(team.id)) as string;
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    const at = whole.indexOf('"blue"') + 1;
    damaged[at] = (damaged[at] as number) ^ 1;
    writeFileSync(file, damaged);
    const found = await verify();

    expect(found.code).toBe(1);
    expect(found.out).toMatch(/changes-0 +changed +changes\/0\/\d{12}\.ndjson +\d+ +line \d+ of segment \d+ was changed/);
    writeFileSync(file, whole);
    expect(notes.filter((note) => note.startsWith('IAM'))).toEqual([]);
  });

  test('contents are kept where a key wants it, read by an auditor, and deleted', async () => {
    const made = (await admin('POST', '/keys', { name: 'logged', content_log: 'full' })).body as { id: string; key: string };
    const auditor = (await admin('POST', '/keys', { name: 'auditor', role: 'auditor' })).body as { key: string };
    const chat = { model: 'simulated/simulated-1', max_tokens: 4, stream: true, messages: [{ role: 'user', content: 'CANARY-kept' }] };
    await callGateway('POST', `${run.url}/v1/chat/completions`, made.key, chat);
    await run.settled();

    const [request] = ((await admin('GET', `/requests?key_id=${made.id}`)).body as { data: { id: string }[] }).data;
    const read = await callGateway('GET', `${run.url}/admin/v1/contents/${request?.id}`, auditor.key);
    expect(read).toMatchObject({ status: 200, body: { id: request?.id, level: 'full', request: JSON.stringify(chat) } });
    expect((await admin('GET', `/contents/${request?.id}`)).status).toBe(403);

    await admin('POST', '/deletions', { key_id: made.id });
    const sweeper = run.functions.find(({ definition }) => /sweeper/i.test(definition.logicalId));
    await sweeper?.invokeBuffered(Buffer.from('{}'), 'Root=1-00000000-000000000000000000000000');
    await run.settled();

    expect((await callGateway('GET', `${run.url}/admin/v1/contents/${request?.id}`, auditor.key)).status).toBe(404);
    expect(((await admin('GET', `/requests/${request?.id}`)).body as { key_id: string }).key_id).toBe('deleted');
    expect((await verify()).code).toBe(0);
    expect(notes.filter((note) => note.startsWith('IAM'))).toEqual([]);
  });

  test('a policy is replayed over what was kept: which calls it would change, without a word of them', async () => {
    const made = (await admin('POST', '/keys', { name: 'replayed', content_log: 'full' })).body as { id: string; key: string };
    const auditor = (await admin('POST', '/keys', { name: 'auditor-2', role: 'auditor' })).body as { key: string };
    const chat = (content: string) => ({ model: 'simulated/simulated-1', max_tokens: 4, messages: [{ role: 'user', content }] });
    for (const content of ['nothing to see', 'ask CANARY.kept@example.com'])
      await callGateway('POST', `${run.url}/v1/chat/completions`, made.key, chat(content));
    await run.settled();
    const policy = join(data, 'policy.json');
    writeFileSync(
      policy,
      JSON.stringify({ id: 'pii', rules: [{ name: 'people', detect: ['email'], action: 'block', direction: 'both' }] }),
    );
    const replay = async (...more: string[]) => {
      const args = [COMMAND, 'guard', 'replay', '--policy', policy, '--for-key', made.id, '--url', run.url, '--key', auditor.key, ...more];
      return (await promisify(execFile)(process.execPath, args, { timeout: 60_000 })).stdout;
    };

    const found = JSON.parse(await replay('--json'));

    expect(found).toMatchObject({ requests: 2, replayed: 2, after: { pass: 1, block: 1 } });
    expect(found.changes).toEqual([
      {
        id: expect.any(String),
        key_id: made.id,
        before: 'pass',
        after: 'block',
        findings: [{ rule: 'people', direction: 'input', types: ['email'], findings: 1 }],
      },
    ]);
    const table = await replay();
    expect(table).toMatch(/2 of 2 requests could be looked into: pass 1, block 1\n1 would change/);
    expect(table).toMatch(/pass +block +people input: email 1/);
    expect(`${table}${JSON.stringify(found)}`).not.toContain('CANARY');
    const { data: read } = (await admin('GET', '/audit?resource=content')).body as { data: { resource_id: string }[] };
    expect(read.some(({ resource_id: id }) => id === found.changes[0].id)).toBe(true);
  });

  test('no function may write the part of another, replace an object or delete one', () => {
    const statements = (name: RegExp) => JSON.stringify(run.principals.find(({ id }) => name.test(id))?.statements);

    expect(statements(/usage/i)).toContain('/requests/*');
    expect(statements(/usage/i)).not.toContain('/changes/*');
    expect(statements(/archiver/i)).not.toContain('/requests/*');
    const deleting = run.principals.flatMap(({ id, statements: all }) => (JSON.stringify(all).includes('s3:DeleteObject') ? [id] : []));
    expect(deleting).toEqual([expect.stringMatching(/sweeper/i)]);
    expect(statements(/sweeper/i)).toContain('/content/*');
    expect(statements(/sweeper/i)).not.toContain('s3:GetObject');
  });
});

/** How the admin plane is guarded, on the synthesized template. Needs the bundles that `npm run build` makes. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { call } from './support/gateway';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const COMMAND = join(ROOT, 'dist/bin/llm-gateway.mjs');
const built = ['dist/bin/llm-gateway.mjs', 'dist/lib/index.js', 'dist/lambda/proxy/index.mjs'].every((file) =>
  existsSync(join(ROOT, file)),
);
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

// Processes and threads start slowly on a busy machine.
jest.setTimeout(60_000);

async function serve(fixture: string): Promise<LocalRun> {
  return startLocalRun({
    workingDirectory: ROOT,
    app: `"${process.execPath}" test/local/run/fixtures/${fixture}`,
    port: 0,
    environment: {},
    workerFile: await buildWorkerFile(),
    onNote: () => {},
  });
}

(built ? describe : describe.skip)('the admin plane', () => {
  test('R09 has a throttle of its own, which calls of models do not feel', async () => {
    const run = await serve('guarded-app.cjs');
    const chat = { model: 'simulated/simulated-1', max_tokens: 2, messages: [{ role: 'user', content: 'hello' }] };

    try {
      const reads = [];
      for (let index = 0; index < 5; index += 1) reads.push(await callGateway('GET', `${run.url}/admin/v1/keys`, run.adminKey));
      const write = await callGateway('POST', `${run.url}/admin/v1/teams`, run.adminKey, { id: 'a', name: 'A' });
      const calls = [];
      for (let index = 0; index < 5; index += 1) calls.push(await callGateway('POST', `${run.url}/v1/chat/completions`, run.key, chat));

      expect(reads.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
      expect(reads[4]?.body).toMatchObject({
        type: 'error',
        error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null },
      });
      expect(write.status).toBe(201);
      expect(calls.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    } finally {
      await run.close();
    }
  });

  test('R09 a private admin plane has an API of its own, and the public one has no way to it', async () => {
    const run = await serve('private-admin-app.cjs');
    const chat = { model: 'simulated/simulated-1', max_tokens: 2, messages: [{ role: 'user', content: 'hello' }] };
    const paths = ['/admin/v1/keys', '/admin/v1/', '/admin/v1', '/admin', '/ADMIN/v1/keys', '/admin/v1/%6beys', '//admin/v1/keys'];

    try {
      expect(run.adminUrl).not.toBe(run.url);
      expect(run.adminUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/prod$/);
      const credentials: Record<string, string>[] = [
        { authorization: `Bearer ${run.adminKey}` },
        { 'x-api-key': run.adminKey },
        { authorization: `Bearer ${run.key}` },
      ];
      for (const path of paths) {
        for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
          for (const credential of credentials) {
            const answer = await call(`${run.url}${path}`, { method, headers: credential });

            expect([path, method, answer.status]).toEqual([path, method, 404]);
            expect(JSON.parse(answer.body)).toMatchObject({ error: { type: 'not_found_error', message: expect.any(String) } });
          }
        }
      }
      const made = await callGateway('POST', `${run.adminUrl}/admin/v1/keys`, run.adminKey, { name: 'own' });
      const { key, id } = made.body as { key: string; id: string };
      const answer = await callGateway('POST', `${run.url}/v1/chat/completions`, key, chat);
      const missed = await callGateway('POST', `${run.adminUrl}/v1/chat/completions`, key, chat);
      await run.settled();
      const audit = await callGateway('GET', `${run.adminUrl}/admin/v1/audit?resource_id=${id}`, run.adminKey);
      const usage = await callGateway('GET', `${run.adminUrl}/admin/v1/usage?group_by=key`, run.adminKey);

      expect([made.status, answer.status, missed.status, audit.status, usage.status]).toEqual([201, 200, 404, 200, 200]);
      expect((audit.body as { data: object[] }).data).toMatchObject([{ action: 'create', resource_id: id }]);
      expect((usage.body as { data: object[] }).data).toContainEqual(expect.objectContaining({ key_id: id, requests: 1 }));
      expect(run.calls.filter((made) => !made.allowed)).toEqual([]);
    } finally {
      await run.close();
    }
  });

  test('R09 a private admin plane keeps its own throttle', async () => {
    const run = await serve('private-admin-app.cjs');

    try {
      const reads = [];
      for (let index = 0; index < 10; index += 1) reads.push(await callGateway('GET', `${run.adminUrl}/admin/v1/keys`, run.adminKey));

      expect(reads.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429, 429]);
    } finally {
      await run.close();
    }
  });

  test('R09 the command serves and reaches both: its output and its options name the admin plane', async () => {
    const app = `"${process.execPath}" test/local/run/fixtures/private-admin-app.cjs`;
    const child = spawn(process.execPath, [COMMAND, 'local', '--app', app, '--memory', '--port', '0', '--json'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const ready = JSON.parse(await firstLine(child)) as Record<'url' | 'admin_url' | 'admin_key' | 'key', string>;
      const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
        promisify(execFile)(process.execPath, [COMMAND, ...args], { cwd: ROOT, env: { PATH: process.env['PATH'], ...env } });
      const variables = { LLM_GATEWAY_URL: ready.url, LLM_GATEWAY_ADMIN_URL: ready.admin_url, LLM_GATEWAY_ADMIN_KEY: ready.admin_key };

      expect(ready.admin_url).not.toBe(ready.url);
      expect((await run(['keys', 'list'], variables)).stdout).toContain('first key of the local run');
      const options = ['--url', ready.url, '--admin-url', ready.admin_url, '--key', ready.admin_key];
      expect((await run(['keys', 'list', ...options])).stdout).toContain('first key of the local run');
      await expect(run(['keys', 'list', '--url', ready.url, '--key', ready.admin_key])).rejects.toThrow(/AdminUrl/);
      const race = await run(
        [
          'race',
          '--budget',
          '0.01',
          '--parallel',
          '2',
          '--requests',
          '2',
          '--max-tokens',
          '2',
          '--model',
          'simulated/simulated-1',
          '--json',
        ],
        variables,
      );
      expect(JSON.parse(race.stdout)).toMatchObject({ held: true });
    } finally {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
    }
  });
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')));
    });
    child.once('exit', (code) => reject(new Error(`llm-gateway local ended with ${code}`)));
  });
}

/** What other users of the machine, and pages in the developer's browser, get of a local run: nothing. */
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import { startSimulatedProvider } from '../../../lambda/simulated/server';
import type { LocalRun } from '../../../local/run';
import { type RawAnswer, sendRaw } from '../../support/raw-http';
import { call } from './support/gateway';
import { tinyRuns } from './support/tiny-runs';

const ROOT = join(__dirname, '../../..');

// Processes and threads start slowly on a busy machine.
jest.setTimeout(60_000);

const runs = tinyRuns();

type Variables = Record<string, string>;

async function variablesOf(run: LocalRun): Promise<Variables> {
  return JSON.parse((await call(`${run.url}/do?action=credentials`)).body).variables;
}

/** Asks a run's AWS for the secret of its admin key. */
function readSecret(run: LocalRun, name: string, variables: Variables): Promise<RawAnswer> {
  const { host, port } = new URL(run.standIns.endpoint.url);
  const body = JSON.stringify({ SecretId: name });
  const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
  const credentials = {
    accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: variables.AWS_SESSION_TOKEN ?? '',
  };
  const request = { method: 'POST' as const, origin: `http://${host}`, path: '/', headers, body: Buffer.from(body) };
  const signed = createSigV4Signer(systemClock).sign(request, credentials, 'secretsmanager', 'us-east-1');
  const lines = Object.entries({ host, 'content-length': body.length, ...headers, ...signed }).map(([name, value]) => `${name}: ${value}`);
  return sendRaw(Number(port), ['POST / HTTP/1.1', ...lines], body);
}

test('R08 the credentials of one run open nothing of another, nor do they outlive it', async () => {
  const secrets = { 'llm-gateway/openai': 'sk-the-developers-own' };
  const [first, second] = [await runs.start({ secrets }), await runs.start({ secrets })];
  const [own, others] = [await variablesOf(first), await variablesOf(second)];

  expect(await readSecret(first, 'llm-gateway/openai', own)).toMatchObject({
    status: 200,
    text: expect.stringContaining('sk-the-developers-own'),
  });
  expect(await readSecret(first, 'llm-gateway/openai', others)).toMatchObject({ status: 403 });
  expect(own.AWS_SECRET_ACCESS_KEY).not.toBe(others.AWS_SECRET_ACCESS_KEY);
});

test('R08 a function is told of its own credentials by its environment, and of nobody else’s', async () => {
  const run = await runs.start();
  const variables = await variablesOf(run);

  expect(
    Object.keys(variables)
      .filter((name) => /KEY|TOKEN|SECRET/.test(name) && name !== 'BOOTSTRAP_SECRET_ARN')
      .sort(),
  ).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
  expect(JSON.stringify(process.env)).not.toContain(variables.AWS_SECRET_ACCESS_KEY);
});

/** A request to the gateway under a name. */
function visit(run: LocalRun, host: string, path = '/prod/do?action=region', method = 'GET'): Promise<RawAnswer> {
  return sendRaw(Number(new URL(run.url).port), [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    'origin: https://evil.example',
    'connection: close',
  ]);
}

test('R08 the gateway answers to its loopback names with its own port, and to the names it is given', async () => {
  const run = await runs.start({ hosts: ['Gateway.Test', '[fd00::1]'] });
  const { port } = new URL(run.url);

  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `[::1]:${port}`,
    `gateway.test:${port}`,
    'gateway.test',
    `[fd00::1]:${port}`,
  ]) {
    expect([host, (await visit(run, host)).status]).toEqual([host, 200]);
  }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1:1',
    'localhost',
    `localhost.evil.example:${port}`,
    `gateway.test.evil:${port}`,
    '',
  ]) {
    const { status, text } = await visit(run, host);
    expect([host, status]).toEqual([host, 403]);
    expect(text).toContain('--host NAME');
  }
});

test('R08 two Host headers are one too many', async () => {
  const run = await runs.start();
  const { host, port } = new URL(run.url);

  const answer = await sendRaw(Number(port), ['GET /prod/do?action=region HTTP/1.1', `host: ${host}`, 'host: evil.example']);

  expect([400, 403]).toContain(answer.status);
});

test('R08 the simulated provider answers to its loopback names alone', async () => {
  const provider = await startSimulatedProvider();
  const { port } = new URL(provider.origin);

  expect(await sendRaw(Number(port), ['GET /v1/models HTTP/1.1', `host: 127.0.0.1:${port}`])).toMatchObject({ status: 200 });
  expect(await sendRaw(Number(port), ['GET /v1/models HTTP/1.1', `host: evil.example:${port}`])).toMatchObject({ status: 403 });
  await provider.close();
});

function modesBelow(path: string): [string, number][] {
  return readdirSync(path, { recursive: true, withFileTypes: true }).map((entry) => {
    const full = join(entry.parentPath, entry.name);
    return [entry.isDirectory() ? 'folder' : 'file', statSync(full).mode & 0o777];
  });
}

(process.platform === 'win32' ? describe.skip : describe)('files', () => {
  test.each([0o000, 0o022, 0o277])('R08 what is kept is the user’s alone, under a umask of %o', async (umask) => {
    const data = join(runs.folder, 'data');
    const before = process.umask(umask);
    try {
      const run = await runs.start({ data });
      await call(`${run.url}/do?action=put&id=x`);
      await call(`${run.url}/do?action=enqueue&id=x`);
      await run.settled();

      const modes = modesBelow(data);
      expect(statSync(data).mode & 0o777).toBe(0o700);
      expect(modes.length).toBeGreaterThanOrEqual(6);
      for (const [kind, mode] of modes) expect([kind, mode]).toEqual([kind, kind === 'folder' ? 0o700 : 0o600]);
    } finally {
      process.umask(before);
    }
  });

  test('R08 what an older run left open is closed at the next start', async () => {
    const data = join(runs.folder, 'data');
    const first = await runs.start({ data });
    await call(`${first.url}/do?action=put&id=x`);
    await first.close();
    for (const name of readdirSync(data, { recursive: true }) as string[]) chmodSync(join(data, name), 0o777);
    chmodSync(data, 0o777);

    await runs.start({ data });

    expect(statSync(data).mode & 0o777).toBe(0o700);
    for (const [kind, mode] of modesBelow(data)) expect([kind, mode]).toEqual([kind, kind === 'folder' ? 0o700 : 0o600]);
  });

  test('R08 a file of the user’s own in that folder keeps its mode', async () => {
    const own = join(runs.folder, 'tool.sh');
    writeFileSync(own, '');
    chmodSync(own, 0o755);
    mkdirSync(join(runs.folder, 'sources'), { mode: 0o755 });

    await runs.start({ data: runs.folder });

    expect(statSync(own).mode & 0o777).toBe(0o755);
    expect(statSync(join(runs.folder, 'sources')).mode & 0o777).toBe(0o755);
  });
});

const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs'].every((file) => existsSync(join(ROOT, file)));

(built ? describe : describe.skip)('the gateway itself', () => {
  test('R08 a name that is not its own is refused in a form that both dialects read; no site may read an answer', async () => {
    const run = await runs.start({ workingDirectory: ROOT, app: `"${process.execPath}" test/local/run/fixtures/sdk-app.cjs` });

    for (const path of ['/prod/v1/chat/completions', '/prod/v1/messages', '/prod/admin/v1/keys']) {
      const { status, text } = await visit(run, 'evil.example', path, 'POST');
      const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
      expect(status).toBe(403);
      expect(body).toMatchObject({ type: 'error', error: { message: expect.stringContaining('--host NAME'), type: expect.any(String) } });
      const preflight = await visit(run, new URL(run.url).host, path, 'OPTIONS');
      expect(preflight.text.toLowerCase()).not.toContain('access-control-allow');
    }
  });

  test('R08 functions that call AWS by its SDK are let through as before', async () => {
    const run = await runs.start({
      workingDirectory: ROOT,
      app: `"${process.execPath}" test/local/run/fixtures/sdk-app.cjs`,
    });

    const answer = await call(`${run.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${run.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', max_tokens: 8, messages: [{ role: 'user', content: 'hello' }] }),
    });
    await run.settled();
    const requests = await call(`${run.url}/admin/v1/requests`, { headers: { authorization: `Bearer ${run.adminKey}` } });

    expect(answer.status).toBe(200);
    expect(JSON.parse(requests.body).data).toHaveLength(1);
    expect(run.calls.length).toBeGreaterThan(5);
    expect(runs.notes).toEqual([]);
  });
});

/** The command itself, as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { callGateway } from '../../../local/first-key';
import { FIXTURES } from './support/pool';

// Processes and threads start slowly on a busy machine.
jest.setTimeout(30_000);

const ROOT = join(__dirname, '../../..');
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'command-test-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: { 'llm-gateway': 'bin/llm-gateway.ts', 'function-worker': 'local/lambda/worker.ts' },
    outdir: join(folder, 'dist/bin'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
    alias: { level: './local/dynamodb/absent-level.ts', 'memory-level': './local/dynamodb/absent-level.ts' },
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
  writeFileSync(join(folder, 'package.json'), '{"version":"9.8.7"}');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  /** The first line on standard output. */
  readonly line: Promise<string>;
  readonly done: Promise<Outcome>;
}

function launch(...args: string[]): Running {
  const child = spawn(process.execPath, [join(folder, 'dist/bin/llm-gateway.mjs'), ...args], {
    cwd: FIXTURES,
    env: { PATH: process.env.PATH, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let [out, err] = ['', ''];
  const line = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
      if (out.includes('\n')) resolve(out.split('\n', 1)[0] ?? '');
    });
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8');
  });
  const done = new Promise<Outcome>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return { child, line, done };
}

const APP = ['--app', `"${process.execPath}" tiny-app.cjs`];

test('says what can be run', async () => {
  const [help, nothing, version, usage] = await Promise.all([
    launch('--help').done,
    launch().done,
    launch('--version').done,
    launch('local', '--help').done,
  ]);

  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toMatch(/^usage: npx cdk-llm-gateway <command>.*\n {2}local +serve the gateway/s);
  expect(nothing).toMatchObject({ code: 2, out: help.out });
  expect(version).toMatchObject({ code: 0, out: '9.8.7\n' });
  expect(usage.out).toContain('--port N');
});

test.each<[string, string[], string]>([
  ['an unknown command', ['locl'], 'unknown command "locl"; one of: local'],
  ['an unknown option', ['local', '--prot', '1'], "Unknown option '--prot'"],
  ['R08 a host with a scheme', ['local', '--host', 'http://gateway.test'], '--host takes a name without scheme and port'],
  ['a port that is none', ['local', '--port', 'x'], '--port takes a whole number from 0 to 65535, got "x"'],
  ['options that exclude each other', ['local', '--memory', '--data', 'd'], '--memory and --data exclude each other'],
  ['a secrets file that is absent', ['local', '--secrets', 'absent.json'], '--secrets: absent.json is not a readable JSON file'],
])('fails with 2 and says how to mend it: %s', async (_name, args, message) => {
  const outcome = await launch(...args).done;

  expect(outcome).toMatchObject({ code: 2, out: '' });
  expect(outcome.err).toContain(message);
});

test('fails with 1 when the app fails', async () => {
  const outcome = await launch('local', '--memory', '--port', '0', ...APP, '--context', 'fail=yes').done;

  expect(outcome).toMatchObject({ code: 1, out: '' });
  expect(outcome.err).toContain('the app is told to fail: yes');
});

test('prints one line of JSON when ready, and ends with 0 at the first interrupt', async () => {
  const { child, line, done } = launch('local', '--json', '--memory', '--port', '0', ...APP);
  const ready = JSON.parse(await line) as { url: string; admin_key: string; key: string };

  expect(Object.keys(ready)).toEqual(['url', 'admin_key', 'key']);
  expect(await callGateway('GET', `${ready.url}/x?action=region`, ready.key)).toMatchObject({ status: 200, body: { ok: true } });
  child.kill('SIGINT');
  expect(await done).toMatchObject({ code: 0, err: '' });
});

test('prints lines to paste', async () => {
  const { child, line, done } = launch('local', '--memory', '--port', '0', ...APP);
  await line;
  child.kill('SIGINT');
  const { code, out } = await done;

  expect(code).toBe(0);
  expect(out).toMatch(/URL {9}http:\/\/127\.0\.0\.1:\d+\/prod/);
  expect(out).toContain('curl -N http://127.0.0.1');
  expect(out).toContain('npx cdk-llm-gateway usage');
  expect(out).not.toContain('the data stays');
});

test.each([
  ['drops the functions’ logs', [], false],
  ['prints them to the error stream with --verbose', ['--verbose'], true],
])('%s', async (_name, options, printed) => {
  const { child, line, done } = launch('local', '--json', '--memory', '--port', '0', ...options, ...APP);
  const ready = JSON.parse(await line) as { url: string; key: string };
  await callGateway('GET', `${ready.url}/x?action=log`, ready.key);
  child.kill('SIGINT');
  const { out, err } = await done;

  expect(err.includes('[Proxy] a line of the log')).toBe(printed);
  expect(out).not.toContain('a line of the log');
});

test('a second interrupt ends at once, and still leaves nothing behind', async () => {
  const data = join(folder, 'data');
  const { child, line, done } = launch('local', '--json', '--data', data, '--port', '0', ...APP);
  const ready = JSON.parse(await line) as { url: string };
  callGateway('GET', `${ready.url}/x?action=hang`, 'k').catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));

  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGINT');

  expect((await done).code).toBe(130);
  expect(readdirSync(data)).not.toContain('run.lock');
  expect(readdirSync(folder).filter((name) => name.startsWith('llm-gateway-local-'))).toEqual([]);
});

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { LocalRun } from '../../../local/run';
import { call } from './support/gateway';
import { FIXTURES } from './support/pool';
import { tinyRuns } from './support/tiny-runs';

// Processes and threads start slowly on a busy machine.
jest.setTimeout(30_000);

const runs = tinyRuns();

async function ask(run: LocalRun, action: string, id = ''): Promise<Record<string, unknown>> {
  return JSON.parse((await call(`${run.url}/do?action=${action}&id=${encodeURIComponent(id)}`)).body);
}

test('a template is served: functions, tables, streams, queues, secrets and the first key', async () => {
  const run = await runs.start();

  expect(run.key).toBe('sk-gw-first');
  expect(run.adminKey).toMatch(/^sk-gw-root-[A-Za-z0-9]{32}$/);
  expect(await ask(run, 'put', 'one')).toMatchObject({ ok: true });
  expect(await ask(run, 'enqueue', 'two')).toMatchObject({ ok: true });
  await run.settled();
  expect(await ask(run, 'count')).toMatchObject({ count: 2 });
  expect(await ask(run, 'configuration')).toMatchObject({ context: { simulated: 'true' } });
  expect(await ask(run, 'region')).toMatchObject({ region: 'us-east-1', name: 'Tiny-Proxy' });
  expect(runs.notes).toEqual([]);
});

test('a call that the role does not allow is refused, and the user is told which statement is missing', async () => {
  const run = await runs.start();

  expect(await ask(run, 'scan')).toMatchObject({ ok: false, error: 'AccessDeniedException' });
  expect(await ask(run, 'own')).toMatchObject({ ok: false, error: 'AccessDeniedException' });
  await ask(run, 'scan');

  expect(runs.notes).toHaveLength(2);
  expect(runs.notes[0]).toContain('"Action":"dynamodb:Scan"');
  expect(run.calls).toContainEqual(expect.objectContaining({ principal: 'Proxy', action: 'dynamodb:Scan', allowed: false, count: 2 }));
  expect(run.calls).toContainEqual(expect.objectContaining({ principal: 'Admin', action: 'secretsmanager:GetSecretValue', allowed: true }));
});

test('secrets come from the options, then from the environment, and switch the simulated provider off', async () => {
  const fromEnvironment = await runs.start({ environment: { OPENAI_API_KEY: 'sk-environment', AWS_REGION: 'us-east-1' } });
  const given = await runs.start({ environment: { OPENAI_API_KEY: 'sk-environment' }, secrets: { 'llm-gateway/openai': 'sk-given' } });

  expect(await ask(fromEnvironment, 'secret', 'llm-gateway/openai')).toMatchObject({ value: 'sk-environment' });
  expect(await ask(given, 'secret', 'llm-gateway/openai')).toMatchObject({ value: 'sk-given' });
  expect(await ask(given, 'configuration')).not.toHaveProperty('context.simulated');
});

test('a stack that names its account and Region is served there, another one in the user’s Region', async () => {
  const placed = await runs.start({ context: { place: 'aws://123456789012/eu-west-1' }, environment: { AWS_REGION: 'us-west-2' } });
  const free = await runs.start({ environment: { AWS_REGION: 'us-west-2' } });

  expect(await ask(placed, 'region')).toMatchObject({ region: 'eu-west-1' });
  expect(await ask(placed, 'put', 'one')).toMatchObject({ ok: true });
  expect(placed.calls.find(({ action }) => action === 'dynamodb:PutItem')?.resource).toBe(
    'arn:aws:dynamodb:eu-west-1:123456789012:table/Tiny-Table',
  );
  expect(await ask(free, 'region')).toMatchObject({ region: 'us-west-2' });
});

test('the app and its context come from cdk.json, earlier look-ups from cdk.context.json', async () => {
  writeFileSync(
    join(runs.folder, 'cdk.json'),
    JSON.stringify({ app: `"${process.execPath}" "${join(FIXTURES, 'tiny-app.cjs')}"`, context: { one: '1', two: '2' } }),
  );
  writeFileSync(join(runs.folder, 'cdk.context.json'), JSON.stringify({ 'vpc-provider:x': { vpcId: 'vpc-1' }, two: 'looked up' }));
  const run = await runs.start({ workingDirectory: runs.folder, app: undefined, context: { three: '3' } });

  expect(await ask(run, 'configuration')).toMatchObject({
    context: { one: '1', two: '2', three: '3', 'vpc-provider:x': { vpcId: 'vpc-1' }, simulated: 'true' },
  });
});

test('data, secrets and the first key survive a restart', async () => {
  const data = join(runs.folder, 'data');
  const first = await runs.start({ data });
  await ask(first, 'put', 'kept');
  await first.settled();
  await first.close();

  const second = await runs.start({ data });

  expect(second.adminKey).toBe(first.adminKey);
  expect(second.key).toBe(first.key);
  expect(await ask(second, 'count')).toMatchObject({ count: 1 });
  expect(statSync(join(data, 'key.json')).mode & 0o077).toBe(0);
  expect(readFileSync(join(data, '.gitignore'), 'utf8')).toBe('*\n');
});

test('fails when another run has the data, and takes over from one that died', async () => {
  const data = join(runs.folder, 'data');
  const first = await runs.start({ data });

  await expect(runs.start({ data })).rejects.toThrow(/in use by process \d+; stop that run, or choose another folder with --data/);
  await first.close();
  expect(existsSync(join(data, 'run.lock'))).toBe(false);
  writeFileSync(join(data, 'run.lock'), '999999999');
  await expect(runs.start({ data })).resolves.toBeDefined();
});

test('fails with the reason when the port is taken', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };

  try {
    await expect(runs.start({ port })).rejects.toThrow(`port ${port} is not free (EADDRINUSE); choose another with --port`);
  } finally {
    server.close();
  }
});

test('fails with the app’s own words when the app fails', async () => {
  await expect(runs.start({ context: { fail: 'so it does' } })).rejects.toThrow(/the app failed \(exit code 1\).*so it does/s);
  await expect(runs.start({ context: { empty: 'yes' } })).rejects.toThrow('no stack of the app holds an LlmGateway (stacks: Tiny)');
  await expect(runs.start({ workingDirectory: runs.folder, app: undefined })).rejects.toThrow('has no cdk.json with "app"');
});

test('nothing is left behind in the temporary folder', async () => {
  const run = await runs.start({ temporaryDirectory: runs.folder });
  const during = readdirSync(runs.folder);
  await run.close();
  await expect(runs.start({ temporaryDirectory: runs.folder, context: { fail: 'yes' } })).rejects.toThrow();

  expect(during).toHaveLength(1);
  expect(readdirSync(runs.folder)).toEqual([]);
});

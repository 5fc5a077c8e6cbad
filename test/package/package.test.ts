import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';

/** The package as npm publishes it, in a CDK app that has nothing else of this repository. */

const root = join(__dirname, '../..');
const app = mkdtempSync(join(tmpdir(), 'gateway-user-'));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

const APP = `
const { App, Stack, CfnOutput } = require('aws-cdk-lib');
const { Queue } = require('aws-cdk-lib/aws-sqs');
const { LlmGateway, Provider, Route, Target } = require('cdk-llm-gateway');

const app = new App();
const stack = new Stack(app, 'Platform');
const jobs = new Queue(stack, 'Jobs', { enforceSSL: true });
const gateway = new LlmGateway(stack, 'Llm', {
  providers: [Provider.simulated()],
  routes: [Route.to('helper', [Target.model('simulated/simulated-1')])],
});
gateway.metricRequests().createAlarm(stack, 'Quiet', { threshold: 1, evaluationPeriods: 1 });
new CfnOutput(stack, 'JobsUrl', { value: jobs.queueUrl + gateway.url });
`;

function run(command: string, args: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  const packed = JSON.parse(run(npm, ['pack', '--json', '--pack-destination', app], root)) as
    | { filename: string }[]
    | Record<string, { filename: string }>;
  const { filename } = Object.values(packed)[0] as { filename: string };
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'platform', private: true, version: '1.0.0' }));
  writeFileSync(join(app, 'app.js'), APP);
  writeFileSync(join(app, 'cdk.json'), JSON.stringify({ app: 'node app.js' }));
  // The peers are the user's own; everything else has to be in the package.
  run(npm, ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', join(app, filename)], app);
  for (const peer of ['aws-cdk-lib', 'constructs']) symlinkSync(join(root, 'node_modules', peer), join(app, 'node_modules', peer), 'dir');
}, 120_000);

afterAll(() => rmSync(app, { recursive: true, force: true }));

test('installs nothing but itself, without native code or install scripts', () => {
  const installed = join(app, 'node_modules/cdk-llm-gateway');
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, Record<string, string> | undefined>;
  const files = readdirSync(installed, { recursive: true }) as string[];

  expect(
    readdirSync(join(app, 'node_modules'))
      .filter((name) => !name.startsWith('.'))
      .toSorted(),
  ).toEqual(['aws-cdk-lib', 'cdk-llm-gateway', 'constructs']);
  expect(manifest['dependencies']).toBeUndefined();
  expect(Object.keys(manifest['scripts'] ?? {}).filter((name) => /install|prepare/.test(name))).toEqual([]);
  expect(files.filter((file) => /\.(node|map|tgz|tsbuildinfo)$|node_modules|(^|\/)test\//.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', '.jsii', 'dist/lib/index.d.ts', 'dist/bin/llm-gateway.mjs']));
});

test('R09 carries the licence texts of the packages that are bundled into it', () => {
  const shipped = readFileSync(join(app, 'node_modules/cdk-llm-gateway/dist/THIRD-PARTY-LICENSES'), 'utf8');

  for (const name of ['undici', 'dynalite', 'aws-lambda-stream', '@aws-sdk/client-bedrock-runtime']) {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
    expect(shipped).toContain(`\n${name} ${version} (`);
    expect(shipped).toContain(readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8').trim());
  }
});

test('names no path of the machine that built it', () => {
  const installed = join(app, 'node_modules/cdk-llm-gateway');
  const files = (readdirSync(installed, { recursive: true }) as string[]).filter((file) => /\.(m?js|cjs|json|d\.ts)$/.test(file));

  expect(files.filter((file) => readFileSync(join(installed, file), 'utf8').includes(root))).toEqual([]);
});

test('synthesizes beside the resources of its user', () => {
  const output = join(app, 'cdk.out');
  run(process.execPath, ['app.js'], app, { CDK_OUTDIR: output });

  const template = JSON.parse(readFileSync(join(output, 'Platform.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string }>;
  };
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  expect(types).toEqual(expect.arrayContaining(['AWS::SQS::Queue', 'AWS::ApiGateway::RestApi', 'AWS::Lambda::Function']));
  expect(existsSync(join(output, 'Platform.assets.json'))).toBe(true);
});

test('prints help, and a minimal app to begin with', () => {
  const command = join(app, 'node_modules/.bin/llm-gateway');

  expect(run(command, ['--help'], app)).toContain('local');
  expect(run(command, ['init'], app)).toContain('new LlmGateway(');
});

test('R17 npx finds the command by the name of the package, and by its own', () => {
  const help = run(join(app, 'node_modules/.bin/llm-gateway'), ['--help'], app);

  expect(run('npx', ['--offline', 'cdk-llm-gateway', '--help'], app)).toBe(help);
  expect(help).toMatch(/^usage: npx cdk-llm-gateway /);
});

test('R17 a Python project is told to run this very version of the package', () => {
  const next = spawnSync(join(app, 'node_modules/.bin/cdk-llm-gateway'), ['init', '--language', 'python'], { encoding: 'utf8' }).stderr;
  const version = run(join(app, 'node_modules/.bin/cdk-llm-gateway'), ['--version'], app).trim();

  expect(next).toContain(`pip install aws-cdk-lib cdk-llm-gateway==${version}`);
  expect(next.match(/npx cdk-llm-gateway\S*/g)).toEqual([`npx cdk-llm-gateway@${version}`, `npx cdk-llm-gateway@${version}`]);
});

test('npx cdk-llm-gateway local serves the app', async () => {
  mkdirSync(join(app, 'home'), { recursive: true });
  const child = spawn(join(app, 'node_modules/.bin/llm-gateway'), ['local', '--memory', '--port', '0', '--json'], {
    cwd: app,
    env: { PATH: process.env['PATH'], HOME: join(app, 'home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const ready = await firstLine(child);
    const client = new OpenAI({ baseURL: `${ready.url}/v1`, apiKey: ready.key });

    const stream = await client.chat.completions.create({ model: 'helper', messages: [{ role: 'user', content: 'hi' }], stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';

    expect(text.length).toBeGreaterThan(20);
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  }
}, 60_000);

function firstLine(child: ReturnType<typeof spawn>): Promise<{ url: string; key: string; admin_key: string }> {
  return new Promise((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(JSON.parse(out.slice(0, out.indexOf('\n'))));
    });
    child.once('exit', (code) => reject(new Error(`llm-gateway local ended with ${code}: ${errors}`)));
  });
}

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLES_CONTEXT } from '../../lib/private/bundled-function';
import type { GatewayDocument } from '../../lib/private/contract';
import { fakeBundles, temporaryFolder } from './support';

// Each run loads a CDK of its own, which listens for the end of the process.
process.setMaxListeners(100);

const GOLDEN = join(__dirname, 'app.golden.json');
const bundles = fakeBundles();
const outputs = temporaryFolder();

interface Synthesized {
  readonly template: unknown;
  readonly document: GatewayDocument;
  readonly text: string;
}

/** Runs the app as the CDK's command line does, with this context and these variables alone. */
function runApp(context: Record<string, unknown> = {}, variables: Record<string, string> = {}): Synthesized {
  const outdir = mkdtempSync(join(outputs, 'app-'));
  const saved = process.env;
  process.env = {
    PATH: saved['PATH'],
    CDK_VALIDATION: 'false',
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ [BUNDLES_CONTEXT]: bundles, ...context }),
    ...variables,
  };
  try {
    jest.isolateModules(() => {
      require('../../bin/app');
    });
  } finally {
    process.env = saved;
  }
  const text = readFileSync(join(outdir, 'LlmGateway.template.json'), 'utf8');
  const [layer] = readdirSync(outdir).filter(
    (name) => name.startsWith('asset.') && readdirSync(join(outdir, name)).includes('gateway.json'),
  );
  return {
    text,
    template: JSON.parse(text.replace(/[0-9a-f]{64}/g, '<hash>')),
    document: JSON.parse(readFileSync(join(outdir, layer as string, 'gateway.json'), 'utf8')),
  };
}

const ids = ({ document }: Synthesized) => document.providers.map(({ id }) => id);

test('the stack is the golden one, asset hashes aside', () => {
  const { template, document } = runApp({ openaiSecret: 'prod/openai', simulated: 'true' });
  const golden = { document, template };
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(GOLDEN, `${JSON.stringify(golden, undefined, 2)}\n`);

  expect(golden).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
});

test('with nothing at hand it serves Bedrock', () => {
  const plain = runApp();

  expect(ids(plain)).toEqual(['bedrock']);
  expect(plain.document.routes).toEqual([]);
});

test('a key in the environment adds its provider; the key itself stays out of everything that is written', () => {
  const app = runApp({}, { ANTHROPIC_API_KEY: 'sk-canary', GEMINI_API_KEY: 'canary-2' });

  expect(ids(app)).toEqual(['anthropic', 'google-ai-studio', 'bedrock']);
  expect(app.text).toContain(':secret:llm-gateway/anthropic');
  expect(app.text + JSON.stringify(app.document)).not.toMatch(/canary/);
});

test('a secret named by the environment or by context is taken by its name', () => {
  const { text, document } = runApp(
    { azureOpenaiSecret: 'azure', azureOpenaiResource: 'my-resource', vertexAiSecret: 'vertex', vertexAiProject: 'my-project' },
    { MISTRAL_SECRET_NAME: 'team/mistral' },
  );

  expect(text).toContain(':secret:team/mistral');
  expect(document.providers).toMatchObject([
    { id: 'mistral' },
    { id: 'azure-openai', baseUrl: { value: 'https://my-resource.openai.azure.com' } },
    { id: 'vertex-ai', settings: { project: 'my-project' } },
    { id: 'bedrock' },
  ]);
});

test('the simulated provider comes only when asked for, behind two aliases', () => {
  const { document } = runApp({ simulated: 'true', bedrock: 'false' });

  expect(document.providers).toEqual([{ id: 'simulated', kind: 'simulated', network: 'loopback' }]);
  expect(document.routes.map(({ alias }) => alias)).toEqual(['demo', 'smart']);
});

test('a local Ollama is free and reached on loopback', () => {
  const { document } = runApp({ ollama: 'http://127.0.0.1:11434/v1' });

  expect(document.providers[0]).toEqual({
    id: 'ollama',
    kind: 'ollama',
    baseUrl: { value: 'http://127.0.0.1:11434/v1' },
    network: 'loopback',
    free: true,
  });
});

test('smart leads to well-known models of the providers that are there, unless somebody says where', () => {
  const keys = { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', GROQ_API_KEY: 'k' };
  const targets = (context: Record<string, unknown>) =>
    runApp(context, keys).document.routes.map((route) => [route.alias, ...route.targets.map(({ provider }) => provider)]);

  expect(targets({})).toEqual([['smart', 'anthropic', 'openai']]);
  expect(targets({ routes: { smart: ['groq/llama-3.3-70b-versatile'] } })).toEqual([['smart', 'groq']]);
  expect(runApp({}, { GROQ_API_KEY: 'k' }).document.routes).toEqual([]);
});

test('routes from context keep the targets that are configured', () => {
  const routes = { smart: ['anthropic/claude-sonnet-4-5', 'bedrock/amazon.nova-pro-v1:0'], other: ['openai/gpt-5'] };
  const expected = [{ alias: 'smart', targets: [{ provider: 'bedrock', model: 'amazon.nova-pro-v1:0' }] }];

  expect(runApp({ routes }).document.routes).toEqual(expected);
  expect(runApp({ routes: JSON.stringify(routes) }).document.routes).toEqual(expected);
});

test('removalPolicy=destroy makes a gateway to throw away', () => {
  expect(runApp({ removalPolicy: 'destroy' }).text).not.toContain('"DeletionProtectionEnabled": true');
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callGateway } from '../../local/first-key';
import { type LocalRun, startLocalRun } from '../../local/run';
import { buildWorkerFile } from '../local/run/support/worker-file';
import { type ScriptedProvider, startScriptedProvider } from './upstreams';

const ROOT = join(__dirname, '../..');
const built = ['dist/lib/index.js', 'dist/lambda/proxy/index.mjs', 'dist/lambda/admin/index.mjs'].every((file) =>
  existsSync(join(ROOT, file)),
);
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

/** Tests of real clients; skipped where the bundles are missing. */
export const describeClients = built ? describe : describe.skip;

/** Aliases of `app.cjs`, by the wire format behind them. */
export const MODELS = {
  'openai-chat': 'on-chat',
  'openai-responses': 'on-responses',
  'anthropic-messages': 'on-anthropic',
  gemini: 'on-gemini',
  'bedrock-converse': 'on-bedrock',
} as const;

export const WIRES = Object.keys(MODELS) as (keyof typeof MODELS)[];

/** What a run takes to close, at most: calls under way may end. */
export const CLOSE_MS = 20_000;

/** A gateway from its template, and the scripted model behind it. */
export interface ClientGateway {
  /** For Anthropic's clients. */
  readonly url: string;
  /** For OpenAI's clients. */
  readonly baseUrl: string;
  readonly key: string;
  readonly provider: ScriptedProvider;
  /** Makes a key with fields of the admin API. */
  newKey(fields: object): Promise<string>;
  /** Calls of a key that have a usage record. */
  recorded(key: string): Promise<number>;
  close(): Promise<void>;
}

/** @param aliases beside those of `app.cjs`: models by alias */
export async function startClientGateway(aliases: Readonly<Record<string, string>> = {}): Promise<ClientGateway> {
  const provider = await startScriptedProvider();
  const run: LocalRun = await startLocalRun({
    workingDirectory: ROOT,
    app: `${JSON.stringify(process.execPath)} test/clients/app.cjs`,
    context: {
      upstream: provider.origin,
      also: Object.entries(aliases)
        .map((alias) => alias.join('='))
        .join(','),
    },
    secrets: { 'clients/upstream': 'upstream-key' },
    environment: {},
    port: 0,
    workerFile: await buildWorkerFile(),
    onNote: () => undefined,
  });
  return {
    url: run.url,
    baseUrl: `${run.url}/v1`,
    key: run.key,
    provider,
    async newKey(fields) {
      const { status, body } = await callGateway('POST', `${run.url}/admin/v1/keys`, run.adminKey, fields);
      if (status !== 201) throw new Error(`no key was made: ${JSON.stringify(body)}`);
      return (body as { key: string }).key;
    },
    async recorded(key) {
      await run.settled();
      const { body } = await callGateway('GET', `${run.url}/admin/v1/requests?key_id=${key.split('-')[2]}`, run.adminKey);
      return (body as { data: unknown[] }).data.length;
    },
    async close() {
      // First the provider: what it left hanging would hold the functions up.
      await provider.close();
      await run.close();
    },
  };
}

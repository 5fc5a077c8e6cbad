import { UsageError } from '../command';
import { printRows } from './call';
import { AdminClient, AdminError, type Listed } from './client';
import { findGateway } from './connection';
import { connectionOf, type Parsed } from './options';
import type { OverrideVerb } from './override-command';
import { type Column, field } from './table';

/** What one test may cost, and how long its key lives. */
const BUDGET_USD = '0.25';
const KEY_SECONDS = 300;
const MOST_TOKENS = 64;
const PATH = '/chat/completions';

const columns: readonly Column[] = [
  field('model'),
  field('works'),
  field('provider'),
  field('answered_by', 'answered by'),
  { ...field('latency_ms', 'ms'), align: 'right' },
  field('attempts'),
  { title: 'said', value: (row) => String(row['error'] ?? '').slice(0, 120) },
];

/** What `llm-gateway models` does to see whether a model answers. */
export const MODEL_TEST: OverrideVerb = {
  usage: 'test ALIAS',
  help: `
  test ALIAS            calls it and each model that it leads to with a word, by a key of its own that is revoked
                        afterwards; costs at most ${BUDGET_USD} USD, exits with 1 where one does not answer`,
  options: {},
  run: test,
};

async function test(parsed: Parsed): Promise<number> {
  const [, alias, extra] = parsed.positionals;
  if (alias === undefined || extra !== undefined) throw new UsageError('models test takes an alias, or a model as PROVIDER/MODEL');
  const { url, adminUrl, key } = await findGateway(connectionOf(parsed));
  if (url === undefined) throw new UsageError('no gateway URL to call: give --url or --stack, or set LLM_GATEWAY_URL');
  const admin = new AdminClient(adminUrl, key);
  const { data } = await admin.json<Listed>('GET', '/models-in-force');
  const known = data.find((row) => row['alias'] === alias);
  const targets = ((known?.['targets'] ?? []) as { provider: string; model: string }[]).map(
    ({ provider, model }) => `${provider}/${model}`,
  );
  const names = [...new Set([alias, ...targets])];
  const made = await admin.json<{ id: string; key: string }>('POST', '/keys', {
    body: {
      name: `test of ${alias}`.slice(0, 64),
      budgets: [{ limit_usd: BUDGET_USD, period: 'lifetime' }],
      expires_at: new Date(Date.now() + KEY_SECONDS * 1_000).toISOString(),
    },
  });
  try {
    const caller = new AdminClient(url, made.key, '/v1');
    const rows: Record<string, unknown>[] = [];
    for (const model of names) rows.push(await ask(caller, model));
    printRows(parsed, columns, rows, 'nothing was tested');
    return rows.every(({ works }) => works === 'yes') ? 0 : 1;
  } finally {
    await admin.json('POST', `/keys/${made.id}/revoke`);
  }
}

async function ask(caller: AdminClient, model: string): Promise<Record<string, unknown>> {
  const begunMs = performance.now();
  const body = { model, messages: [{ role: 'user', content: 'Say OK.' }], max_tokens: MOST_TOKENS };
  try {
    const { headers } = await caller.send('POST', PATH, { body });
    return {
      model,
      works: 'yes',
      provider: headers['x-gateway-provider'],
      answered_by: headers['x-gateway-model'],
      latency_ms: Math.round(performance.now() - begunMs),
      attempts: headers['x-gateway-attempts'],
      request_id: headers['x-gateway-request-id'],
    };
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    return { model, works: 'no', latency_ms: Math.round(performance.now() - begunMs), error: error.message, request_id: error.requestId };
  }
}

import type { Listed } from './admin/client';
import { AdminClient } from './admin/client';
import { findGateway } from './admin/connection';
import { CONNECTION_HELP, CONNECTION_OPTIONS, connectionOf, flag, parse, text, wholeNumber } from './admin/options';
import { formatDetails } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';
import type { Shot } from './race/load';
import { fire } from './race/load';
import type { Verdict } from './race/verdict';
import { judge, nanoUsd } from './race/verdict';

const USAGE = `usage: npx cdk-llm-gateway race [options]

Makes a key with a small budget, calls the gateway with it from many places at once until the budget is spent, and reports
what was spent beyond the budget and which answered calls have no record. It costs what the budget allows. The key is
revoked at the end. Exits with 1 when the budget did not hold or a record is missing.

  --budget USD       of the key (default: 1.00)
  --parallel N       calls at the same time (default: 100)
  --requests N       calls in all (default: twice --parallel)
  --model NAME       what to ask for (default: the first model that the gateway lists)
  --max-tokens N     of each answer (default: 64)
  --wait SECONDS     for settlements after the last answer (default: 60)

${CONNECTION_HELP}`;

const FINISHED = new Set(['settled', 'adjusted', 'expired_charged']);
const POLL_MS = 500;
const READERS = 16;

interface Key {
  readonly id: string;
  readonly key: string;
}

export const command: Command = {
  name: 'race',
  summary: 'hammer a deployment and report overspend and lost records',
  usage: USAGE,
  async run(args) {
    const parsed = parse(args, {
      ...CONNECTION_OPTIONS,
      budget: { type: 'string' },
      parallel: { type: 'string' },
      requests: { type: 'string' },
      model: { type: 'string' },
      'max-tokens': { type: 'string' },
      wait: { type: 'string' },
    });
    if (parsed.positionals.length > 0) throw new UsageError(`unexpected argument '${parsed.positionals[0]}'`);
    const budget = text(parsed, 'budget') ?? '1.00';
    if (!/^\d+(\.\d{1,9})?$/.test(budget)) throw new UsageError(`--budget takes US dollars, such as 1.00, not '${budget}'`);
    const parallel = atLeastOne('parallel', wholeNumber(parsed, 'parallel') ?? 100);
    const requests = atLeastOne('requests', wholeNumber(parsed, 'requests') ?? 2 * parallel);
    const { url, adminUrl, key: adminKey } = await findGateway(connectionOf(parsed));
    if (url === undefined) throw new UsageError('no gateway URL to call: give --url or --stack, or set LLM_GATEWAY_URL');
    const base = url.replace(/\/+$/, '');
    const admin = new AdminClient(adminUrl, adminKey);
    const say = (line: string) => flag(parsed, 'json') || process.stderr.write(`${line}\n`);

    const key = await admin.json<Key>('POST', '/keys', { body: { name: 'race', budgets: [{ limit_usd: budget, period: 'lifetime' }] } });
    try {
      const model = text(parsed, 'model') ?? (await firstModel(base, key.key));
      say(`${requests} calls of ${model}, ${parallel} at a time, on a budget of ${budget} USD ...`);
      const begun = performance.now();
      const shots = await fire({ url: base, key: key.key, model, parallel, requests, maxTokens: wholeNumber(parsed, 'max-tokens') ?? 64 });
      const seconds = (performance.now() - begun) / 1_000;
      say('waiting for settlements ...');
      const verdict = await examine(admin, key.id, budget, shots, seconds, wholeNumber(parsed, 'wait') ?? 60);
      print(verdict, flag(parsed, 'json'));
      return verdict.held ? 0 : 1;
    } finally {
      await admin.json('POST', `/keys/${key.id}/revoke`);
    }
  },
};

function atLeastOne(name: string, value: number): number {
  if (value < 1) throw new UsageError(`--${name} takes at least 1`);
  return value;
}

/** From the key's own list: only what it may use. */
async function firstModel(url: string, key: string): Promise<string> {
  const { data } = await new AdminClient(url, key, '/v1').json<{ data: { id: string }[] }>('GET', '/models');
  const first = data[0]?.id;
  if (first === undefined) throw new UsageError('the gateway lists no model; name one with --model');
  return first;
}

async function examine(
  admin: AdminClient,
  keyId: string,
  budget: string,
  shots: readonly Shot[],
  seconds: number,
  waitSeconds: number,
): Promise<Verdict> {
  const deadline = performance.now() + waitSeconds * 1_000;
  for (;;) {
    const [state] = (await admin.json<Listed>('GET', `/keys/${keyId}/budgets`)).data as { spent_usd: string; reserved_usd: string }[];
    const settled = state === undefined || nanoUsd(state.reserved_usd) === 0n;
    if (settled || performance.now() > deadline) {
      const costs = await readCosts(admin, shots);
      const otherCosts = await readOtherCosts(admin, keyId, costs);
      const spentUsd = state?.spent_usd ?? '0.00';
      const verdict = judge({ shots, budgetUsd: budget, spentUsd, reservedUsd: state?.reserved_usd ?? '0.00', costs, otherCosts, seconds });
      if ((settled && verdict.held) || verdict.admitted === 0 || performance.now() > deadline) return verdict;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The cost that each answered call's own record has. */
async function readCosts(admin: AdminClient, shots: readonly Shot[]): Promise<Map<string, string>> {
  const ids = shots.flatMap(({ status, requestId }) => (status >= 200 && status < 300 && requestId !== undefined ? [requestId] : []));
  const costs = new Map<string, string>();
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < ids.length) {
      const id = ids[next] as string;
      next += 1;
      try {
        const record = await admin.json<{ state: string; cost_usd?: string }>('GET', `/requests/${id}`);
        if (FINISHED.has(record.state)) costs.set(id, record.cost_usd ?? '0.00');
      } catch (error) {
        if ((error as { status?: number }).status !== 404) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return costs;
}

/** Calls that were charged although their answer never reached us. */
async function readOtherCosts(admin: AdminClient, keyId: string, known: ReadonlyMap<string, string>): Promise<string[]> {
  const costs: string[] = [];
  for await (const record of admin.each('/requests', { key_id: keyId })) {
    if (!known.has(String(record['id'])) && FINISHED.has(String(record['state']))) costs.push(String(record['cost_usd'] ?? '0.00'));
  }
  return costs;
}

function print(verdict: Verdict, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
    return;
  }
  const { held, ...figures } = verdict;
  process.stdout.write(`${formatDetails(figures)}\n\n`);
  if (held) {
    process.stdout.write('The budget held: nothing overspent, no record lost.\n');
    if (nanoUsd(verdict.reserved_usd) > 0n) process.stdout.write('Attempts that died still hold money back; the sweeper returns it.\n');
  } else if (verdict.admitted === 0)
    process.stdout.write('No call was admitted, so nothing is shown. The refusals say why: is the budget smaller than one call?\n');
  else process.stdout.write('The budget did NOT hold; see overspend, lost records and difference.\n');
}

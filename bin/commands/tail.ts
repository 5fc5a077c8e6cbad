import { clientOf } from './admin/call';
import { CALL_FILTERS } from './admin/call-filters';
import type { AdminClient, Listed } from './admin/client';
import { dollars, nanoOf } from './admin/figures';
import { CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text, wholeNumber } from './admin/options';
import { plain } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';

const USAGE = `usage: npx cdk-llm-gateway tail [options]

Shows requests as they end, one line each: when, by whom, which model, what came of it, how long it took, what it cost,
and each attempt that did not bring the answer.

  --team ID  --project ID  --user ID  --for-key ID  --provider ID  --model NAME  --outcome CODE
  --since SECONDS   begin with what ended so long ago (default: 60)
  --for SECONDS     end after so long (default: when it is interrupted)
  --every SECONDS   how often to ask (default: 2)

${CONNECTION_HELP}`;

const PAGE = '200';
/** More than may come in between two looks is not lost but late: a page follows. */
const MOST_PAGES = 20;

type Row = Record<string, unknown>;
interface Attempt {
  readonly provider: string;
  readonly model: string;
  readonly outcome: string;
}

export const command: Command = {
  name: 'tail',
  summary: 'show requests as they end',
  usage: USAGE,
  async run(args) {
    const filters = Object.fromEntries(Object.keys(CALL_FILTERS).map((name) => [name, { type: 'string' as const }]));
    const times = { since: { type: 'string' }, for: { type: 'string' }, every: { type: 'string' } } as const;
    const parsed = parse(args, { ...CONNECTION_OPTIONS, ...filters, ...times });
    if (parsed.positionals.length > 0) throw new UsageError(`unexpected argument '${parsed.positionals[0]}'`);
    const [since = 60, forSeconds, every = 2] = ['since', 'for', 'every'].map((name) => wholeNumber(parsed, name));
    const client = await clientOf(parsed);
    const query = Object.fromEntries(Object.entries(CALL_FILTERS).map(([option, parameter]) => [parameter, text(parsed, option)]));
    const write = flag(parsed, 'json') ? (row: Row) => JSON.stringify(row) : lineOf;
    const untilMs = performance.now() + (forSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    const seen = new Set<string>();
    const from = new Date(Date.now() - since * 1_000).toISOString();
    for (;;) {
      const rows = await endedSince(client, query, from, seen);
      for (const row of rows) process.stdout.write(`${write(row)}\n`);
      if (performance.now() + every * 1_000 > untilMs) return 0;
      await new Promise((resolve) => setTimeout(resolve, every * 1_000));
    }
  },
};

/** Requests that ended since then and were not seen yet, the oldest first. */
export async function endedSince(
  client: AdminClient,
  query: Readonly<Record<string, string | undefined>>,
  from: string,
  seen: Set<string>,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const asked = { ...query, start: from.slice(0, 10), limit: PAGE, cursor };
    const { data, next_cursor: next }: Listed = await client.json('GET', '/requests', { query: asked });
    const fresh = data.filter((row) => String(row['updated_at']) >= from && !seen.has(stateOf(row)));
    for (const row of fresh) seen.add(stateOf(row));
    // A re-rating stands beside its request and is none.
    found.push(...fresh.filter((row) => row['rerated_of'] === undefined));
    // Newest first: what follows was seen, or is too old.
    if (next === null || fresh.length < data.length) break;
    cursor = next;
  }
  return found.reverse();
}

function stateOf(row: Row): string {
  return `${row['id']} ${row['state']}`;
}

function lineOf(row: Row): string {
  const usage = (row['usage'] ?? {}) as Row;
  const tokens = usage['input_tokens'] === undefined ? '' : ` ${usage['input_tokens']}+${usage['output_tokens'] ?? 0} tokens`;
  const who = [row['team_id'], row['user_id'], row['key_id']].filter((name) => name !== undefined).map(plain);
  const tried = ((row['attempts'] ?? []) as Attempt[]).filter(({ outcome }) => outcome !== 'ok');
  const vain = tried.map(({ provider, model, outcome }) => `${plain(provider)}/${plain(model)} ${plain(outcome)}`);
  return [
    String(row['updated_at'] ?? '').slice(11, 19),
    plain(row['id']),
    who.join('/'),
    `${plain(row['original_model'])} -> ${row['provider'] === undefined ? '-' : `${plain(row['provider'])}/${plain(row['request_model'])}`}`,
    `${plain(row['status'])} ${plain(row['outcome'])}${tokens}`,
    `${Math.round(Number(row['latency_ms'] ?? 0))} ms`,
    `$${dollars(nanoOf(row['cost_usd']))}`,
    ...(vain.length === 0 ? [] : [`after ${vain.join(', ')}`]),
  ].join('  ');
}

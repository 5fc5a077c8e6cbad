import { clientOf, printRows } from './admin/call';
import type { AdminClient } from './admin/client';
import { dollars, exactUsd, nanoOf } from './admin/figures';
import { CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text } from './admin/options';
import { type Column, field } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';
import { dayOf, daysBetween } from './days';

const USAGE = `usage: npx cdk-llm-gateway rerate --model PROVIDER/MODEL --from DAY [--to DAY] [--dry-run] [options]

Charges requests by the prices of now, as of the moment at which each came: set the price right first (prices set, prices
load). What differs is added as records of its own, which the usage report follows; the requests' own records and what
budgets have counted stay. Done again it finds nothing more to change.

  --model NAME      as it was asked of the provider, or a glob: openai/gpt-6-*
  --from DAY        first UTC day, 2026-11-01
  --to DAY          last UTC day (default: today)
  --dry-run         tell what would change, and change nothing

${CONNECTION_HELP}`;

interface Page {
  readonly day: string;
  readonly requests: number;
  readonly changed: number;
  readonly unpriced: number;
  readonly before_usd: string;
  readonly after_usd: string;
  readonly next: string | null;
}

interface Sums {
  requests: number;
  changed: number;
  unpriced: number;
  beforeNanoUsd: bigint;
  afterNanoUsd: bigint;
}

const right = (column: Column): Column => ({ ...column, align: 'right' });
const COLUMNS = [
  field('day'),
  ...['requests', 'changed', 'unpriced', 'before_usd', 'after_usd', 'change_usd'].map((name) => right(field(name))),
];

export const command: Command = {
  name: 'rerate',
  summary: 'charge requests anew by a corrected price',
  usage: USAGE,
  async run(args) {
    const parsed = parse(args, {
      ...CONNECTION_OPTIONS,
      model: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      'dry-run': { type: 'boolean' },
    });
    const [unexpected] = parsed.positionals;
    if (unexpected !== undefined) throw new UsageError(`unexpected argument '${unexpected}'`);
    const [model, from] = [text(parsed, 'model'), text(parsed, 'from')];
    if (model === undefined || from === undefined) throw new UsageError('rerate takes --model and --from');
    const days = daysBetween('--from or --to', from, text(parsed, 'to') ?? dayOf(Date.now()));
    const client = await clientOf(parsed);
    const dryRun = flag(parsed, 'dry-run');
    const rows: Record<string, unknown>[] = [];
    const all = nothing();
    for (const day of days) {
      const sums = await rerateDay(client, model, day, dryRun);
      if (sums.requests === 0) continue;
      rows.push({ day, ...shown(sums) });
      add(all, sums);
    }
    printRows(parsed, COLUMNS, rows, `no requests of ${model} that say what they used`);
    if (!flag(parsed, 'json') && all.changed > 0) {
      const change = all.afterNanoUsd - all.beforeNanoUsd;
      process.stdout.write(`${all.changed} requests ${dryRun ? 'would cost' : 'cost'} ${dollars(change)} US dollars more than they did\n`);
    }
    return 0;
  },
};

async function rerateDay(client: AdminClient, model: string, day: string, dryRun: boolean): Promise<Sums> {
  const sums = nothing();
  let after: string | null | undefined;
  do {
    const body: Record<string, unknown> = { model, day, ...(dryRun ? { dry_run: true } : {}), ...(after == null ? {} : { after }) };
    const page: Page = await client.json<Page>('POST', '/reratings', { body });
    add(sums, { ...page, beforeNanoUsd: nanoOf(page.before_usd), afterNanoUsd: nanoOf(page.after_usd) });
    after = page.next;
  } while (after !== null);
  return sums;
}

function nothing(): Sums {
  return { requests: 0, changed: 0, unpriced: 0, beforeNanoUsd: 0n, afterNanoUsd: 0n };
}

function add(sums: Sums, more: Sums): void {
  sums.requests += more.requests;
  sums.changed += more.changed;
  sums.unpriced += more.unpriced;
  sums.beforeNanoUsd += more.beforeNanoUsd;
  sums.afterNanoUsd += more.afterNanoUsd;
}

function shown({ requests, changed, unpriced, beforeNanoUsd, afterNanoUsd }: Sums): Record<string, unknown> {
  return {
    requests,
    changed,
    unpriced,
    before_usd: exactUsd(beforeNanoUsd),
    after_usd: exactUsd(afterNanoUsd),
    change_usd: exactUsd(afterNanoUsd - beforeNanoUsd),
  };
}

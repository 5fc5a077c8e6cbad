import { clientOf, gather, printRows } from './admin/call';
import type { AdminClient, Listed } from './admin/client';
import { bar, nanoOf } from './admin/figures';
import { readBudget } from './admin/level-options';
import type { Parsed } from './admin/options';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, parse, text, texts, verbOf } from './admin/options';
import type { Column } from './admin/table';
import { field, formatBudgets } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';

const USAGE = `usage: npx cdk-llm-gateway budgets list [KIND]
       npx cdk-llm-gateway budgets near [KIND] [--share N]
       npx cdk-llm-gateway budgets show KIND ID
       npx cdk-llm-gateway budgets set|add KIND ID --budget LIMIT/PERIOD[/MODELS] ...
       npx cdk-llm-gateway budgets increase KIND ID --by USD --until TIME [--period PERIOD] [--model MODELS]
       npx cdk-llm-gateway budgets clear KIND ID

KIND is gateway (without ID), team, project, user, key or tag.

  --share N                             near: budgets of which at least that is spent or reserved, the
                                        nearest first (default: 0.8)
  --budget LIMIT/PERIOD[/MODELS]        25.00/month, 5/day/openai/*; may be repeated;
                                        periods: hour, day, week, month, lifetime
  --soft-budget LIMIT/PERIOD[/MODELS]   alerts only, never refuses
  --alert-at SHARES                     0.5,0.8,1 of each budget given
  --by USD  --until TIME                a temporary increase: 10.00, 2027-01-31T00:00:00Z
  --period PERIOD  --model MODELS       which budget is increased, when there are several; --model '*' is the one for all models

${CONNECTION_HELP}`;

const KINDS = ['gateway', 'team', 'project', 'user', 'key', 'tag'];
const COLUMNS: readonly Column[] = [
  field('scope'),
  field('period'),
  field('model'),
  ...['limit_usd', 'spent_usd', 'reserved_usd', 'remaining_usd'].map(
    (name): Column => ({ ...field(name, name.replace('_usd', '')), align: 'right' }),
  ),
  field('resets_at', 'resets'),
];

/** Verbs that show many levels at once. */
const LISTS: readonly string[] = ['list', 'near'];
const NEAR_SHARE = 0.8;
const NEAR_COLUMNS: readonly Column[] = [
  ...COLUMNS,
  { title: 'used', value: (row) => `${Math.round(Number(row['used_share']) * 100)} %`, align: 'right' },
  { title: '', value: (row) => bar(Number(row['used_share'])) },
];

/** Budgets by how much of them is spent or reserved, the nearest to their limit first. */
function nearest(rows: readonly Record<string, unknown>[], least: number): Record<string, unknown>[] {
  return rows
    .map((row) => {
      const limit = Number(nanoOf(row['limit_usd']));
      const used = Number(nanoOf(row['spent_usd']) + nanoOf(row['reserved_usd']));
      return { ...row, used_share: limit === 0 ? 1 : Math.round((used / limit) * 10_000) / 10_000 };
    })
    .filter(({ used_share: share }) => share >= least)
    .sort((left, right) => right.used_share - left.used_share);
}

/** What each verb reads; the others read nothing. */
const OPTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  set: ['budget', 'soft-budget', 'alert-at'],
  add: ['budget', 'soft-budget', 'alert-at'],
  increase: ['by', 'until', 'period', 'model'],
  near: ['share'],
};

type Budget = Record<string, unknown>;

export const command: Command = {
  name: 'budgets',
  summary: 'show how budgets stand, and set them',
  usage: USAGE,
  async run(args) {
    const parsed = parse(args, {
      ...CONNECTION_OPTIONS,
      budget: { type: 'string', multiple: true },
      'soft-budget': { type: 'string', multiple: true },
      'alert-at': { type: 'string' },
      share: { type: 'string' },
      by: { type: 'string' },
      until: { type: 'string' },
      period: { type: 'string' },
      model: { type: 'string' },
    });
    const verb = verbOf('budgets', parsed, ['list', 'near', 'show', 'set', 'add', 'increase', 'clear']);
    const [, kind, id] = parsed.positionals;
    allowOnly(`budgets ${verb}`, parsed, OPTIONS_OF[verb] ?? []);
    if ((kind === undefined && !LISTS.includes(verb)) || (kind !== undefined && !KINDS.includes(kind)))
      throw new UsageError(`budgets ${verb} takes a kind: ${KINDS.join(', ')}`);
    if (!LISTS.includes(verb) && kind !== 'gateway' && id === undefined) throw new UsageError(`budgets ${verb} ${kind} takes an id`);
    const change = changeOf(verb, parsed);
    const share = Number(text(parsed, 'share') ?? NEAR_SHARE);
    if (!(share >= 0)) throw new UsageError('--share takes a number such as 0.8');
    const client = await clientOf(parsed);

    if (LISTS.includes(verb)) {
      const rows = await listAll(client, kind === undefined ? KINDS : [kind]);
      if (verb === 'list') printRows(parsed, COLUMNS, rows, 'no budgets');
      else printRows(parsed, NEAR_COLUMNS, nearest(rows, share), `no budget of which ${share * 100} % are spent or reserved`);
      return 0;
    }
    const path = pathOf(kind as string, id);
    if (change !== undefined) await rewrite(client, path, change);
    printRows(parsed, COLUMNS, (await client.json<Listed>('GET', `${path}/budgets`)).data, 'no budgets');
    return 0;
  },
};

function pathOf(kind: string, id: string | undefined): string {
  return kind === 'gateway' ? '/gateway' : `/${kind}s/${encodeURIComponent(id ?? '')}`;
}

/** What a verb makes of the budgets that are there; undefined: nothing changes. */
function changeOf(verb: string, parsed: Parsed): ((budgets: readonly Budget[]) => readonly Budget[] | null) | undefined {
  if (verb === 'clear') return () => null;
  if (verb === 'set' || verb === 'add') {
    const alertAt = text(parsed, 'alert-at')?.split(',').map(Number);
    const read = (option: string, soft: boolean) => (texts(parsed, option) ?? []).map((value) => readBudget(option, value, soft, alertAt));
    const given = [...read('budget', false), ...read('soft-budget', true)];
    if (given.length === 0) throw new UsageError(`budgets ${verb} takes at least one --budget`);
    return (budgets) => (verb === 'set' ? given : [...budgets, ...given]);
  }
  if (verb !== 'increase') return undefined;
  const [by, until, period, model] = ['by', 'until', 'period', 'model'].map((name) => text(parsed, name));
  if (by === undefined || until === undefined) throw new UsageError('budgets increase takes --by USD and --until TIME');
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs)) throw new UsageError(`--until takes a time such as 2027-01-31T00:00:00Z, not '${until}'`);
  if (untilMs <= Date.now()) throw new UsageError(`--until ${until} is in the past; an increase ends at a time to come`);
  return (budgets) => {
    const matching = budgets.filter(
      (budget) => (period === undefined || budget['period'] === period) && (model === undefined || (budget['model'] ?? '*') === model),
    );
    if (matching.length !== 1) {
      const listed = budgets.length === 0 ? '' : `; there are ${formatBudgets(budgets)}`;
      throw new UsageError(`${matching.length} budgets match; name one with --period and --model${listed}`);
    }
    return budgets.map((budget) => (budget === matching[0] ? { ...budget, increase: { limit_usd: by, expires_at: until } } : budget));
  };
}

/** Reads, changes and writes back, unless somebody else has written in between. */
async function rewrite(client: AdminClient, path: string, change: (budgets: readonly Budget[]) => readonly Budget[] | null): Promise<void> {
  const reply = await client.send('GET', path);
  const { budgets = [] } = JSON.parse(reply.text) as { budgets?: Budget[] };
  const etag = reply.headers['etag'];
  await client.json('PATCH', path, { body: { budgets: change(budgets) }, headers: etag === undefined ? {} : { 'if-match': etag } });
}

async function listAll(client: AdminClient, kinds: readonly string[]): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const kind of kinds) {
    if (kind === 'gateway') {
      rows.push(...(await client.json<Listed>('GET', '/gateway/budgets')).data);
      continue;
    }
    for (const entry of await gather(client.each(`/${kind}s`))) {
      if (Array.isArray(entry['budgets']))
        rows.push(...(await client.json<Listed>('GET', `${pathOf(kind, String(entry['id']))}/budgets`)).data);
    }
  }
  return rows;
}

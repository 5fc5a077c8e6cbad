import { RESULT_FIELDS, shown, USAGE_FIELDS } from '../../lambda/money/record';
import { clientOf, printRows } from './admin/call';
import { CALL_FILTERS } from './admin/call-filters';
import type { AdminClient, Listed } from './admin/client';
import { nanoOf, sparkline } from './admin/figures';
import type { Parsed } from './admin/options';
import { CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text, wholeNumber } from './admin/options';
import type { Column } from './admin/table';
import { field, plain } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';
import { anomalies } from './usage/anomalies';
import { exportDay } from './usage/export';
import { unused } from './usage/unused';

const USAGE = `usage: npx cdk-llm-gateway usage [options]
       npx cdk-llm-gateway usage unused|anomalies [options]
       npx cdk-llm-gateway usage rebuild DAY
       npx cdk-llm-gateway usage export --day DAY [--file FILE]

Adds up requests, failures, tokens, cost and durations.

  --group-by LIST   with commas between: hour, day, month; team, project, user, key; alias, provider, model, region,
                    outcome, level (whose budget or limit refused a call), end_user (on
                    whose behalf the caller asked); tag:NAME (what a key is bound to, else the caller's label), label:NAME
  --start DAY       first UTC day, 2026-11-01 (default: the first of the month)
  --end DAY         last UTC day (default: today)
  --forecast        what the running month will come to, too
  --sort NAME       the most first: cost, requests, errors, refused, tokens, p95; default: by name
  --limit N         at most N rows
  --trend           a line of what each row cost, day by day; with --group-by
  --csv             print CSV

Only what has these:
  --team ID  --project ID  --user ID  --for-key ID
  --alias NAME  --provider ID  --model PROVIDER/MODEL  --region REGION
  --outcome CODE  --level LEVEL  --end-user ID  --tag NAME=VALUE  --label NAME=VALUE

  unused            keys that were not used for --days N (default: 30), with the hour of their last call
  anomalies         keys whose last 24 hours cost --times N (default: 3) what their usual day does
  export            write what was spent on --day DAY into --file FILE (default: spend-DAY.parquet): Parquet, by FOCUS
  rebuild DAY       make the rollups of one day anew from its requests

${CONNECTION_HELP}`;

const FILTERS: Readonly<Record<string, string>> = {
  ...CALL_FILTERS,
  alias: 'alias',
  region: 'region',
  level: 'level',
  'end-user': 'end_user',
  tag: 'tag',
  label: 'label',
};

type Row = Record<string, unknown>;

/** What `--sort` takes. */
const ORDERS: Readonly<Record<string, (row: Row) => number>> = {
  cost: (row) => Number(row['cost_usd']),
  requests: (row) => Number(row['requests']),
  errors: (row) => Number(row['errors']) + Number(row['failed_attempts']),
  refused: (row) => Number(row['refused']),
  tokens: (row) => Number(row['input_tokens']) + Number(row['output_tokens']),
  p95: (row) => Number(inside(row, 'latency_ms', 'p95') || 0),
};

const ENTITIES = ['team', 'project', 'user', 'key'];
const PLAIN = ['alias', 'provider', 'model', 'region', 'outcome', 'level', 'end_user'];
/** Where attempts say more than requests. */
const PLACES = ['provider', 'model', 'region'];

const VERBS: Readonly<Record<string, (parsed: Parsed) => Promise<number>>> = { unused, anomalies };

export const command: Command = {
  name: 'usage',
  summary: 'add up requests, failures, tokens, cost and durations',
  usage: USAGE,
  async run(args) {
    const filters = Object.fromEntries(Object.keys(FILTERS).map((name) => [name, { type: 'string' as const }]));
    const parsed = parse(args, {
      ...CONNECTION_OPTIONS,
      ...filters,
      'group-by': { type: 'string' },
      start: { type: 'string' },
      end: { type: 'string' },
      forecast: { type: 'boolean' },
      sort: { type: 'string' },
      limit: { type: 'string' },
      trend: { type: 'boolean' },
      csv: { type: 'boolean' },
      days: { type: 'string' },
      times: { type: 'string' },
      day: { type: 'string' },
      file: { type: 'string' },
    });
    const [verb, day, ...rest] = parsed.positionals;
    if (verb === 'rebuild' && rest.length === 0) return rebuild(parsed, day);
    if (verb === 'export' && rest.length === 0) return exportDay(parsed, day);
    const run = verb === undefined || !Object.hasOwn(VERBS, verb) ? undefined : VERBS[verb];
    const unexpected = run === undefined ? verb : day;
    if (unexpected !== undefined) throw new UsageError(`unexpected argument '${unexpected}'`);
    if (run !== undefined) return run(parsed);
    const order = orderOf(parsed);
    const limit = wholeNumber(parsed, 'limit');
    const client = await clientOf(parsed);
    const query = queryOf(parsed);
    if (flag(parsed, 'csv')) {
      process.stdout.write((await client.send('GET', '/usage', { query: { ...query, format: 'csv' } })).text);
      return 0;
    }
    const trends = flag(parsed, 'trend') ? await trendsOf(client, query) : undefined;
    const { data: found } = await client.json<Listed>('GET', '/usage', { query });
    const data = found.map((row) => (trends === undefined ? row : { ...row, trend: trends.get(nameOf(row)) ?? '' }));
    const rows = order === undefined ? data : data.toSorted((left, right) => order(right) - order(left));
    printRows(
      parsed,
      [...columnsOf(query.group_by, flag(parsed, 'forecast'), rows.some(isAdjusted)), ...(trends === undefined ? [] : [field('trend')])],
      rows.slice(0, limit),
      'no usage',
    );
    return 0;
  },
};

/** Of each group, what its days cost, as a line. */
async function trendsOf(client: AdminClient, query: ReturnType<typeof queryOf>): Promise<ReadonlyMap<string, string>> {
  const groupBy = [...(query.group_by ?? '').split(','), 'day'].filter((name) => name !== '');
  const { data } = await client.json<Listed>('GET', '/usage', { query: { ...query, group_by: groupBy.join(','), forecast: undefined } });
  const days = [...new Set(data.map((row) => String(row['day'])))].sort();
  const costs = new Map<string, number[]>();
  for (const row of data) {
    const line = costs.get(nameOf(row)) ?? days.map(() => 0);
    costs.set(nameOf(row), line);
    line[days.indexOf(String(row['day']))] = Number(nanoOf(row['cost_usd']));
  }
  return new Map([...costs].map(([name, line]) => [name, sparkline(line)]));
}

/** What a row is of, but for the time. */
function nameOf(row: Row): string {
  const ids = ENTITIES.map((entity) => row[`${entity}_id`]);
  return JSON.stringify([...ids, ...PLAIN.map((name) => row[name]), row['tags'], row['labels']]);
}

async function rebuild(parsed: Parsed, day: string | undefined): Promise<number> {
  if (day === undefined) throw new UsageError('usage rebuild takes a day, such as 2026-11-24');
  const client = await clientOf(parsed);
  await client.json('POST', '/usage/rebuild', { body: { day } });
  const told = flag(parsed, 'json') ? JSON.stringify({ day, status: 'started' }) : `the rollups of ${day} are being made anew`;
  process.stdout.write(`${told}\n`);
  return 0;
}

function queryOf(parsed: Parsed) {
  const filters = Object.entries(FILTERS).map(([option, parameter]) => [parameter, text(parsed, option)]);
  return {
    group_by: text(parsed, 'group-by'),
    start: text(parsed, 'start'),
    end: text(parsed, 'end'),
    forecast: flag(parsed, 'forecast') ? 'true' : undefined,
    ...(Object.fromEntries(filters) as Record<string, string | undefined>),
  };
}

function orderOf(parsed: Parsed): ((row: Row) => number) | undefined {
  const name = text(parsed, 'sort');
  if (name === undefined) return undefined;
  const order = Object.hasOwn(ORDERS, name) ? ORDERS[name] : undefined;
  if (order === undefined) throw new UsageError(`--sort takes ${Object.keys(ORDERS).join(', ')}, not '${name}'`);
  return order;
}

/** Whether it was charged something other than list prices. */
function isAdjusted(row: Row): boolean {
  return row['list_usd'] !== row['cost_usd'];
}

function columnsOf(groupBy: string | undefined, forecast: boolean, adjusted: boolean): Column[] {
  const names = (groupBy ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const right = (column: Column): Column => ({ ...column, align: 'right' });
  const attempts = names.some((name) => PLACES.includes(name)) ? [field('attempts'), field('failed_attempts', 'failed')] : [];
  return [
    ...names.flatMap(groupColumns),
    ...[
      field('requests'),
      field('errors'),
      field('refused'),
      ...attempts,
      ...shown(USAGE_FIELDS, 'column').map(({ api, column }) => field(api, column)),
      { title: 'cached', value: (row: Row) => percent(row['cache_read_share']) },
      { title: 'p50 ms', value: (row: Row) => inside(row, 'latency_ms', 'p50') },
      { title: 'p95 ms', value: (row: Row) => inside(row, 'latency_ms', 'p95') },
      ...(adjusted ? [field('list_usd')] : []),
      field(RESULT_FIELDS.costNanoUsd.api),
      ...(forecast ? [field('forecast_usd')] : []),
    ].map(right),
  ];
}

/** Names stand beside ids. */
function groupColumns(name: string): Column[] {
  const at = name.indexOf(':');
  if (at > 0) return [{ title: name.slice(at + 1), value: (row) => inside(row, `${name.slice(0, at)}s`, name.slice(at + 1)) || '-' }];
  if (!ENTITIES.includes(name)) return [{ title: name, value: (row) => plain(row[name]) || '-' }];
  return [
    { title: name, value: (row) => plain(row[`${name}_id`]) || '-' },
    { title: `${name} name`, value: (row) => plain(row[`${name}_name`]) },
  ];
}

function inside(row: Row, name: string, part: string): string {
  return plain((row[name] as Row | undefined)?.[part]);
}

function percent(share: unknown): string {
  return typeof share === 'number' ? `${Math.round(share * 100)} %` : '';
}

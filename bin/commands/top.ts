import { clientOf } from './admin/call';
import type { AdminClient, Listed } from './admin/client';
import { dollars, nanoOf, sparkline } from './admin/figures';
import { CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text, wholeNumber } from './admin/options';
import { type Column, field, formatTable } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';
import { endedSince } from './tail';

const USAGE = `usage: npx cdk-llm-gateway top [options]

Shows what the gateway does at this moment: requests a second, US dollars an hour, errors and durations by model and by key,
of the last --window seconds, and how much is reserved for calls that are under way.

  --by LIST         model, key, team, user, provider; with commas between (default: model,key)
  --window SECONDS  how far back (default: 60)
  --every SECONDS   how often to look (default: 2)
  --for SECONDS     end after so long (default: when it is interrupted); 0: look once

${CONNECTION_HELP}`;

const FIELDS: Readonly<Record<string, string>> = {
  model: 'original_model',
  key: 'key_id',
  team: 'team_id',
  user: 'user_id',
  provider: 'provider',
};
const CLEAR = '\u001b[2J\u001b[H';
const SLICES = 20;

type Row = Record<string, unknown>;

const right = (name: string, title: string): Column => ({ ...field(name, title), align: 'right' });

export const command: Command = {
  name: 'top',
  summary: 'show requests a second and US dollars an hour, by model and by key',
  usage: USAGE,
  async run(args) {
    const times = { window: { type: 'string' }, for: { type: 'string' }, every: { type: 'string' } } as const;
    const parsed = parse(args, { ...CONNECTION_OPTIONS, ...times, by: { type: 'string' } });
    if (parsed.positionals.length > 0) throw new UsageError(`unexpected argument '${parsed.positionals[0]}'`);
    const [window = 60, every = 2, forSeconds] = ['window', 'every', 'for'].map((name) => wholeNumber(parsed, name));
    if (window < 1) throw new UsageError('--window takes at least 1');
    const by = (text(parsed, 'by') ?? 'model,key').split(',');
    const unknown = by.find((name) => !Object.hasOwn(FIELDS, name));
    if (unknown !== undefined) throw new UsageError(`--by takes ${Object.keys(FIELDS).join(', ')}, not '${unknown}'`);
    const client = await clientOf(parsed);
    const untilMs = performance.now() + (forSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    const seen = new Set<string>();
    let rows: readonly Row[] = [];
    for (;;) {
      const nowMs = Date.now();
      const from = new Date(nowMs - window * 1_000).toISOString();
      rows = [...rows, ...(await endedSince(client, {}, from, seen))].filter((row) => String(row['updated_at']) >= from);
      const view = { ...summaryOf(rows, window), ...(await underWay(client)), by: byEach(rows, by, nowMs, window) };
      if (flag(parsed, 'json')) process.stdout.write(`${JSON.stringify(view)}\n`);
      else process.stdout.write(`${process.stdout.isTTY === true ? CLEAR : ''}${textOf(view, window)}\n`);
      if (performance.now() + every * 1_000 > untilMs) return 0;
      await new Promise((resolve) => setTimeout(resolve, every * 1_000));
    }
  },
};

/** Money that is set aside for calls that are open, of the gateway's own budgets. Nothing where it has none. */
async function underWay(client: AdminClient): Promise<{ reserved_usd?: string }> {
  const { data } = await client.json<Listed>('GET', '/gateway/budgets');
  const [most] = data.map((row) => nanoOf(row['reserved_usd'])).sort((left, right) => Number(right - left));
  return most === undefined ? {} : { reserved_usd: dollars(most) };
}

function summaryOf(rows: readonly Row[], window: number) {
  const cost = rows.reduce((sum, row) => sum + nanoOf(row['cost_usd']), 0n);
  const ms = rows.map((row) => Number(row['latency_ms'] ?? 0)).sort((left, right) => left - right);
  const seconds = rows.reduce((sum, row) => sum + Number(row['latency_ms'] ?? 0) / 1_000, 0);
  return {
    requests: rows.length,
    requests_per_second: rounded(rows.length / window),
    usd_per_hour: dollars((cost * 3_600n) / BigInt(window)),
    errors: rows.filter((row) => row['outcome'] !== 'ok').length,
    // As many as were open at a time on average: what they took together, by the time in which they ended.
    in_flight: rounded(seconds / window),
    p50_ms: Math.round(ms[Math.floor(ms.length * 0.5)] ?? 0),
    p95_ms: Math.round(ms[Math.floor(ms.length * 0.95)] ?? 0),
  };
}

function byEach(rows: readonly Row[], by: readonly string[], nowMs: number, window: number): Record<string, Row[]> {
  return Object.fromEntries(
    by.map((name) => {
      const groups = new Map<string, Row[]>();
      for (const row of rows) {
        const value = String(row[FIELDS[name] as string] ?? '-');
        groups.set(value, [...(groups.get(value) ?? []), row]);
      }
      const lines = [...groups].map(([value, own]) => ({ [name]: value, ...summaryOf(own, window), trend: trendOf(own, nowMs, window) }));
      return [name, lines.sort((left, right) => right.requests - left.requests)];
    }),
  );
}

/** Requests over the window, the latest last. */
function trendOf(rows: readonly Row[], nowMs: number, window: number): string {
  const slices = Array.from({ length: SLICES }, () => 0);
  for (const row of rows) {
    const ago = (nowMs - Date.parse(String(row['updated_at']))) / 1_000;
    const slice = SLICES - 1 - Math.min(SLICES - 1, Math.max(0, Math.floor((ago / window) * SLICES)));
    slices[slice] = (slices[slice] ?? 0) + 1;
  }
  return sparkline(slices);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function textOf(view: ReturnType<typeof summaryOf> & { reserved_usd?: string; by: Record<string, Row[]> }, window: number): string {
  const { by, reserved_usd: reserved, ...all } = view;
  const head = [
    `${all.requests_per_second} requests/s`,
    `$${all.usd_per_hour}/h`,
    `${all.in_flight} in flight`,
    `${all.errors} errors`,
    `p95 ${all.p95_ms} ms`,
    ...(reserved === undefined ? [] : [`$${reserved} reserved`]),
  ].join('   ');
  const tables = Object.entries(by).map(([name, rows]) =>
    formatTable(
      [
        field(name),
        right('requests_per_second', 'req/s'),
        right('usd_per_hour', '$/h'),
        right('in_flight', 'in flight'),
        right('errors', 'errors'),
        right('p50_ms', 'p50 ms'),
        right('p95_ms', 'p95 ms'),
        field('trend', `last ${window} s`),
      ],
      rows,
    ),
  );
  return [head, ...tables].join('\n\n');
}

import { readFileSync } from 'node:fs';
import { UsageError } from '../command';
import type { OptionTable, Parsed } from './options';
import { flag, text, texts, wholeNumber } from './options';

/** Options that write the fields which teams, projects, users and keys share. */
export const LEVEL_OPTIONS = {
  name: { type: 'string' },
  budget: { type: 'string', multiple: true },
  'soft-budget': { type: 'string', multiple: true },
  'alert-at': { type: 'string' },
  rpm: { type: 'string' },
  rpd: { type: 'string' },
  tpm: { type: 'string' },
  tpd: { type: 'string' },
  concurrency: { type: 'string' },
  model: { type: 'string', multiple: true },
  'server-tool': { type: 'string', multiple: true },
  tag: { type: 'string', multiple: true },
  metadata: { type: 'string', multiple: true },
  'time-zone': { type: 'string' },
  clear: { type: 'string', multiple: true },
  data: { type: 'string' },
  'if-match': { type: 'string' },
  'idempotency-key': { type: 'string' },
} as const satisfies OptionTable;

/** Options of fields that some levels have and others do not. */
export const OWN_LEVEL_OPTIONS = {
  pinned: { type: 'string', multiple: true },
  'may-store': { type: 'boolean' },
  sensitivity: { type: 'string' },
  residency: { type: 'string', multiple: true },
  guardrail: { type: 'string', multiple: true },
  'content-log': { type: 'string' },
  'no-may-store': { type: 'boolean' },
  'show-figures': { type: 'boolean' },
  'no-show-figures': { type: 'boolean' },
  'allowed-tag': { type: 'string', multiple: true },
} as const satisfies OptionTable;

export type LevelOption = keyof typeof LEVEL_OPTIONS | keyof typeof OWN_LEVEL_OPTIONS;

/** Help lines, each shown where a command takes its first option. */
const HELP_LINES: readonly (readonly [LevelOption, string])[] = [
  ['name', '--name TEXT'],
  ['budget', '--budget LIMIT/PERIOD[/MODELS]   25.00/month, 5/day/openai/*; may be repeated; periods: hour, day, week, month, lifetime'],
  ['soft-budget', '--soft-budget LIMIT/PERIOD[...]  alerts only, never refuses'],
  ['alert-at', '--alert-at SHARES                0.5,0.8,1 of each budget given'],
  ['rpm', '--rpm N  --rpd N                 requests per minute, per day'],
  ['tpm', '--tpm N  --tpd N                 tokens per minute, per day'],
  ['concurrency', '--concurrency N                  requests at the same time'],
  ['model', '--model GLOB                     models that may be used; may be repeated'],
  ['server-tool', '--server-tool GLOB               tools that a provider may run; may be repeated'],
  ['tag', '--tag NAME=VALUE                 may be repeated'],
  ['allowed-tag', '--allowed-tag NAME=VALUES        tags that administrators of teams may set; may be repeated'],
  ['may-store', '--may-store  --no-may-store      whether a provider may keep calls that ask for it'],
  ['sensitivity', '--sensitivity LABEL              how sensitive calls are at least: public, internal, confidential, restricted'],
  ['residency', '--residency AREA                 eu, or eu-central-1: calls stay there; may be repeated'],
  ['guardrail', '--guardrail ID                   policy that calls are held to; may be repeated'],
  ['content-log', '--content-log LEVEL              what is kept of contents: off, metadata, redacted, full'],
  ['show-figures', '--show-figures  --no-show-figures  whether keys are told how its budgets and limits stand'],
  ['pinned', '--pinned FIELD                   what only the role admin changes: limits, budgets, ...; may be repeated'],
  ['metadata', '--metadata NAME=VALUE            may be repeated'],
  ['time-zone', "--time-zone NAME                 Europe/Berlin; where budgets' periods begin"],
  ['clear', '--clear FIELD                    take a field away (update); may be repeated'],
  ['data', '--data JSON|@FILE|-              the whole body, as the admin API takes it'],
  ['if-match', '--if-match ETAG                  update only if nobody else has since (update, delete)'],
  ['idempotency-key', '--idempotency-key TEXT           creating twice makes one (create)'],
];

/** Help text of the options that a command takes. */
export function levelHelp(options: readonly string[]): string {
  return ['Fields:', ...HELP_LINES.flatMap(([option, line]) => (options.includes(option) ? [`  ${line}`] : []))].join('\n');
}

const PERIODS = ['hour', 'day', 'week', 'month', 'lifetime'];
const LIMITS = {
  rpm: 'requests_per_minute',
  rpd: 'requests_per_day',
  tpm: 'tokens_per_minute',
  tpd: 'tokens_per_day',
  concurrency: 'concurrent_requests',
};

/** The request body that the options describe. @throws UsageError for a value that cannot be read */
export function readLevelBody(parsed: Parsed): Record<string, unknown> {
  const body: Record<string, unknown> = readData(text(parsed, 'data'));
  const name = text(parsed, 'name');
  if (name !== undefined) body['name'] = name;
  const budgets = readBudgets(parsed);
  if (budgets.length > 0) body['budgets'] = budgets;
  const limits = Object.entries(LIMITS).map(([option, field]) => [field, wholeNumber(parsed, option)] as const);
  const given = limits.filter(([, value]) => value !== undefined);
  if (given.length > 0) body['limits'] = { ...(body['limits'] as object | undefined), ...Object.fromEntries(given) };
  for (const [option, field] of [
    ['model', 'models'],
    ['server-tool', 'server_tools'],
    ['allowed-tag', 'allowed_tags'],
    ['pinned', 'pinned'],
    ['residency', 'residency'],
    ['guardrail', 'guardrails'],
  ] as const) {
    const names = texts(parsed, option);
    if (names !== undefined) body[field] = names;
  }
  for (const [option, field] of [
    ['tag', 'tags'],
    ['metadata', 'metadata'],
  ] as const) {
    const pairs = texts(parsed, option);
    if (pairs !== undefined) body[field] = Object.fromEntries(pairs.map((pair) => readPair(option, pair)));
  }
  for (const [option, field] of [
    ['may-store', 'may_store'],
    ['show-figures', 'show_figures'],
  ] as const) {
    const [yes, no] = [flag(parsed, option), flag(parsed, `no-${option}`)];
    if (yes && no) throw new UsageError(`--${option} and --no-${option} exclude each other`);
    if (yes || no) body[field] = yes;
  }
  const sensitivity = text(parsed, 'sensitivity');
  if (sensitivity !== undefined) body['sensitivity'] = sensitivity;
  const contentLog = text(parsed, 'content-log');
  if (contentLog !== undefined) body['content_log'] = contentLog;
  const zone = text(parsed, 'time-zone');
  if (zone !== undefined) body['time_zone'] = zone;
  for (const field of texts(parsed, 'clear') ?? []) body[field.replaceAll('-', '_')] = null;
  return body;
}

/** @param option whose value it is */
export function readData(data: string | undefined, option = 'data'): Record<string, unknown> {
  if (data === undefined) return {};
  const source = data === '-' ? readFileSync(0, 'utf8') : data.startsWith('@') ? readInput(data.slice(1)) : data;
  try {
    const value: unknown = JSON.parse(source);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, in the same words as for JSON of another kind.
  }
  throw new UsageError(`--${option} takes a JSON object, @FILE with one, or - to read it from standard input`);
}

function readInput(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function readBudgets(parsed: Parsed): Record<string, unknown>[] {
  const alertAt = text(parsed, 'alert-at')?.split(',').map(Number);
  if (alertAt?.some((share) => !(share > 0))) throw new UsageError('--alert-at takes shares such as 0.5,0.8,1');
  const make = (option: string, soft: boolean) => (texts(parsed, option) ?? []).map((value) => readBudget(option, value, soft, alertAt));
  return [...make('budget', false), ...make('soft-budget', true)];
}

/** `25.00/month` or `25.00/month/openai/*`. */
export function readBudget(option: string, value: string, soft: boolean, alertAt?: readonly number[]): Record<string, unknown> {
  const [limit = '', period = '', ...model] = value.split('/');
  if (!/^\$?\d+(\.\d{1,9})?$/.test(limit) || !PERIODS.includes(period)) {
    throw new UsageError(
      `--${option} takes LIMIT/PERIOD[/MODELS] with a period of ${PERIODS.join(', ')}, such as 25.00/month; not '${value}'`,
    );
  }
  return {
    limit_usd: limit.replace('$', ''),
    period,
    ...(model.length === 0 ? {} : { model: model.join('/') }),
    ...(soft ? { soft: true } : {}),
    ...(alertAt === undefined ? {} : { alert_at: alertAt }),
  };
}

function readPair(option: string, pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new UsageError(`--${option} takes NAME=VALUE, not '${pair}'`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Headers that the options ask for. */
export function readHeaders(parsed: Parsed): Record<string, string> {
  const etag = text(parsed, 'if-match');
  const idempotency = text(parsed, 'idempotency-key');
  return {
    ...(etag === undefined ? {} : { 'if-match': etag }),
    ...(idempotency === undefined ? {} : { 'idempotency-key': idempotency }),
  };
}

export function wantsJson(parsed: Parsed): boolean {
  return flag(parsed, 'json');
}

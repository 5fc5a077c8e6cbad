import { RECORD_FIELDS, shown, type TypeShown, USAGE_FIELDS } from '../../lambda/money/record';
import { clientOf, gather, printRows } from './admin/call';
import { CALL_FILTERS } from './admin/call-filters';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text, verbOf, wholeNumber } from './admin/options';
import type { Column } from './admin/table';
import { formatDetails, plain } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';

/** How requests end; a provider's own codes for a refused field come on top, so others are asked for all the same. */
const OUTCOMES = [
  'ok',
  'expired',
  'client_closed_request',
  'caller_timeout',
  'internal_error',
  'all_targets_failed',
  'all_targets_refused',
  'upstream_error',
  'upstream_timeout',
  'upstream_overloaded',
  'upstream_auth',
  'upstream_quota',
  'upstream_incomplete',
  'upstream_invalid_response',
  'upstream_too_large',
  'upstream_runaway',
  'upstream_conflict',
  'rate_limit_exceeded',
  'invalid_request',
  'model_not_found',
  'context_length_exceeded',
  'content_policy_violation',
  'request_too_large',
];

const USAGE = `usage: npx cdk-llm-gateway requests list [options]
       npx cdk-llm-gateway requests get ID

  --start DAY  --end DAY    UTC days (default: the last week)
  --team ID  --project ID  --user ID  --for-key ID
  --provider ID  --status N  of the answer or of an attempt, with --outcome of the same one
  --model NAME
  --end-user ID             as callers say it
  --outcome CODE            ${OUTCOMES.slice(0, 6).join(', ')},
                            ${OUTCOMES.slice(6, 12).join(', ')},
                            ${OUTCOMES.slice(12).join(', ')},
                            or a provider's own code
  --sensitivity LABEL       internal, confidential, restricted
  --network KIND            public, vpc, loopback: where calls that are not public went
  --limit N                 at most N (default: 50)

${CONNECTION_HELP}`;

/** How fields are written in a table, by their types. */
const CELLS: Readonly<
  Record<TypeShown<typeof RECORD_FIELDS, 'column'>, Pick<Column, 'align'> & { readonly text: (value: unknown) => string }>
> = {
  time: { text: plain },
  text: { text: plain },
  usage: { text: tokens, align: 'right' },
  money: { text: plain, align: 'right' },
  milliseconds: { text: (value) => (typeof value === 'number' ? String(Math.round(value)) : ''), align: 'right' },
};

const COLUMNS = shown(RECORD_FIELDS, 'column').map(({ api, column: title, type }): Column => {
  const { text: write, ...layout } = CELLS[type];
  return { title, value: (row) => write(row[api]), ...layout };
});

function tokens(usage: unknown): string {
  const counts = (usage ?? {}) as Readonly<Record<string, unknown>>;
  const [input, output] = [counts[USAGE_FIELDS.inputTokens.api], counts[USAGE_FIELDS.outputTokens.api]];
  return input === undefined && output === undefined ? '' : `${plain(input)}+${plain(output)}`;
}

const FILTERS: Readonly<Record<string, string>> = {
  start: 'start',
  end: 'end',
  ...CALL_FILTERS,
  status: 'status',
  'end-user': 'end_user',
  sensitivity: 'sensitivity',
  network: 'network',
};

export const command: Command = {
  name: 'requests',
  summary: 'show single requests: tokens, cost, attempts, timings',
  usage: USAGE,
  async run(args) {
    const filters = Object.fromEntries(Object.keys(FILTERS).map((name) => [name, { type: 'string' as const }]));
    const parsed = parse(args, { ...CONNECTION_OPTIONS, ...filters, limit: { type: 'string' } });
    const verb = verbOf('requests', parsed, ['list', 'get']);
    const [, id, extra] = parsed.positionals;
    const unexpected = verb === 'list' ? id : extra;
    if (unexpected !== undefined) throw new UsageError(`unexpected argument '${unexpected}'`);
    if (verb === 'get') allowOnly('requests get', parsed, []);
    if (verb === 'get' && id === undefined) throw new UsageError('requests get takes the id of a request');
    const client = await clientOf(parsed);
    if (verb === 'get') {
      const found = await client.json<Record<string, unknown>>('GET', `/requests/${encodeURIComponent(id as string)}`);
      process.stdout.write(flag(parsed, 'json') ? `${JSON.stringify(found, null, 2)}\n` : `${formatDetails(found)}\n`);
      return 0;
    }
    const query = Object.fromEntries(Object.entries(FILTERS).map(([option, parameter]) => [parameter, text(parsed, option)]));
    const found = await gather(client.each('/requests', query, wholeNumber(parsed, 'limit') ?? 50));
    const outcome = text(parsed, 'outcome');
    const unusual = outcome !== undefined && !OUTCOMES.includes(outcome);
    const none = unusual
      ? `no requests; '${outcome}' is none of ${OUTCOMES.join(', ')}; a provider may have codes of its own`
      : 'no requests';
    printRows(parsed, COLUMNS, found, none);
    return 0;
  },
};

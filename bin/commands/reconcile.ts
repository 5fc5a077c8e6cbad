import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type BillLine,
  type Difference,
  differencesOf,
  isBillFormat,
  type OwnUsage,
  readBill,
  TOLERATED_MILLIONTHS,
} from '../../lambda/money/reconciliation';
import { BILL_FORMATS, type BillFormat } from '../../lib/private/contract';
import { clientOf, printRows } from './admin/call';
import type { AdminClient, Listed } from './admin/client';
import { exactUsd, nanoOf } from './admin/figures';
import { CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text } from './admin/options';
import { type Column, field } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';
import { daysBetween } from './days';

const USAGE = `usage: npx cdk-llm-gateway reconcile --provider ID --format NAME FILE... [options]

Holds a provider's bill, or its report of usage, against what was recorded: model by model and day by day, at the provider's
terms (the list price with its discount, without what teams are charged on top). It fails, with exit code 1, where something
is apart by more than 0.5 %.

  FILE              as the provider exports it, packed by gzip or not
  --format NAME     cur            AWS data export of CUR 2.0, as CSV
                    focus          AWS data export of FOCUS 1.0 or 1.2, as CSV
                    bedrock-logs   Bedrock's model invocation log
                    openai         GET /v1/organization/costs, or /usage/completions, grouped by line item or model
                    anthropic      GET /v1/organizations/cost_report, or /usage_report/messages, grouped likewise
  --provider ID     the configured provider that the file is of
  --start DAY       first UTC day (default: the first of the file)
  --end DAY         last UTC day (default: the last of the file)
  --only-drift      leave out what agrees

${CONNECTION_HELP}`;

const GZIP = Buffer.from([0x1f, 0x8b]);
const right = (column: Column): Column => ({ ...column, align: 'right' });
const COLUMNS = [
  field('day'),
  field('model'),
  field('measured'),
  right(field('billed')),
  right(field('recorded')),
  right(field('drift_percent', 'drift %')),
];
const MEASURED = { nanoUsd: 'usd', inputTokens: 'input tokens', outputTokens: 'output tokens' } as const;

export const command: Command = {
  name: 'reconcile',
  summary: "hold a provider's bill against what was recorded",
  usage: USAGE,
  async run(args) {
    const parsed = parse(args, {
      ...CONNECTION_OPTIONS,
      format: { type: 'string' },
      provider: { type: 'string' },
      start: { type: 'string' },
      end: { type: 'string' },
      'only-drift': { type: 'boolean' },
    });
    const [format, provider] = [text(parsed, 'format'), text(parsed, 'provider')];
    if (format === undefined || !isBillFormat(format)) throw new UsageError(`--format takes one of ${BILL_FORMATS.join(', ')}`);
    if (provider === undefined) throw new UsageError('reconcile takes --provider');
    if (parsed.positionals.length === 0) throw new UsageError('reconcile takes the files of the bill');
    const lines = within(
      parsed.positionals.flatMap((file) => readFile(file, format)),
      text(parsed, 'start'),
      text(parsed, 'end'),
    );
    const days = lines.map(({ day }) => day).sort();
    const own = days.length === 0 ? [] : await ownUsage(await clientOf(parsed), provider, days[0] as string, days.at(-1) as string);
    const differences = differencesOf(lines, own);
    const drifting = differences.filter(({ driftMillionths }) => driftMillionths > TOLERATED_MILLIONTHS);
    printRows(parsed, COLUMNS, (flag(parsed, 'only-drift') ? drifting : differences).map(shown), 'nothing is apart');
    return drifting.length === 0 ? 0 : 1;
  },
};

function readFile(file: string, format: BillFormat): readonly BillLine[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
    if (bytes.subarray(0, 2).equals(GZIP)) bytes = gunzipSync(bytes);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
  const { lines, unread } = readBill(format, bytes.toString('utf8'));
  if (unread > 0) process.stderr.write(`${file}: ${unread} rows could not be read\n`);
  return lines;
}

function within(lines: readonly BillLine[], start: string | undefined, end: string | undefined): readonly BillLine[] {
  const [first, last] = [start ?? '0000-01-01', end ?? '9999-12-31'];
  for (const day of [start, end]) if (day !== undefined) daysBetween('--start or --end', day, day);
  return lines.filter(({ day }) => first <= day && day <= last);
}

async function ownUsage(client: AdminClient, provider: string, start: string, end: string): Promise<readonly OwnUsage[]> {
  const { data } = await client.json<Listed>('GET', '/usage', { query: { group_by: 'day,model', provider, start, end } });
  return data.flatMap((row) => {
    const model = String(row['model'] ?? '');
    if (!model.startsWith(`${provider}/`)) return [];
    return {
      day: String(row['day']),
      model: model.slice(provider.length + 1),
      nanoUsd: nanoOf(row['cost_usd']) - nanoOf(row['team_adjustment_usd']),
      inputTokens: BigInt(Number(row['input_tokens'])),
      outputTokens: BigInt(Number(row['output_tokens'])),
    };
  });
}

function shown({ day, model, measured, billed, recorded, driftMillionths }: Difference): Record<string, unknown> {
  const amount = (value: bigint): string => (measured === 'nanoUsd' ? exactUsd(value) : String(value));
  return {
    day,
    model,
    measured: MEASURED[measured],
    billed: amount(billed),
    recorded: amount(recorded),
    drift_percent: (Number(driftMillionths) / 10_000).toFixed(2),
  };
}

import { RESULT_FIELDS, shown, USAGE_FIELDS } from '../../lambda/money/record';
import { clientOf, printRows } from './admin/call';
import type { Listed } from './admin/client';
import { CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text } from './admin/options';
import type { Column } from './admin/table';
import { field, plain } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';

const USAGE = `usage: npx cdk-llm-gateway usage [options]
       npx cdk-llm-gateway usage rebuild DAY

Adds up requests, tokens and cost.

  --group-by LIST   day, team, project, user, key, model, provider, tag:NAME; with commas between
  --start DAY       first UTC day, 2026-11-01 (default: the first of the month)
  --end DAY         last UTC day (default: today)
  --team ID         only what this team used
  --csv             print CSV

  rebuild DAY       make the rollups of one day anew from its requests

${CONNECTION_HELP}`;

const FIELDS: Readonly<Record<string, string>> = { team: 'team_id', project: 'project_id', user: 'user_id', key: 'key_id' };
/** What is counted of requests, then what their records say. */
const COUNTS: readonly Column[] = [
  field('requests'),
  field('errors'),
  ...shown(USAGE_FIELDS, 'column').map(({ api, column }) => field(api, column)),
  field(RESULT_FIELDS.costNanoUsd.api),
];

export const command: Command = {
  name: 'usage',
  summary: 'add up requests, tokens and cost',
  usage: USAGE,
  async run(args) {
    const parsed = parse(args, {
      ...CONNECTION_OPTIONS,
      'group-by': { type: 'string' },
      start: { type: 'string' },
      end: { type: 'string' },
      team: { type: 'string' },
      csv: { type: 'boolean' },
    });
    const [verb, day, ...rest] = parsed.positionals;
    if (rest.length > 0 || (verb !== undefined && verb !== 'rebuild')) throw new UsageError(`unexpected argument '${rest[0] ?? verb}'`);
    if (verb === 'rebuild' && day === undefined) throw new UsageError('usage rebuild takes a day, such as 2026-11-24');
    const client = await clientOf(parsed);
    if (verb === 'rebuild') {
      await client.json('POST', '/usage/rebuild', { body: { day } });
      process.stdout.write(
        flag(parsed, 'json') ? `${JSON.stringify({ day, status: 'started' })}\n` : `the rollups of ${day} are being made anew\n`,
      );
      return 0;
    }

    const groupBy = text(parsed, 'group-by');
    const query = { group_by: groupBy, start: text(parsed, 'start'), end: text(parsed, 'end'), team_id: text(parsed, 'team') };
    if (flag(parsed, 'csv')) {
      process.stdout.write((await client.send('GET', '/usage', { query: { ...query, format: 'csv' } })).text);
      return 0;
    }
    const { data } = await client.json<Listed>('GET', '/usage', { query });
    printRows(parsed, columnsOf(groupBy), data, 'no usage');
    return 0;
  },
};

function columnsOf(groupBy: string | undefined): Column[] {
  const groups = (groupBy ?? '').split(',').flatMap((part): Column[] => {
    const name = part.trim();
    if (name === '') return [];
    const tag = name.startsWith('tag:') ? name.slice(4) : undefined;
    if (tag === undefined) return [{ title: name, value: (row) => plain(row[FIELDS[name] ?? name]) || '-' }];
    return [{ title: tag, value: (row) => plain((row['tags'] as Record<string, unknown> | undefined)?.[tag]) || '-' }];
  });
  return [...groups, ...COUNTS.map((column): Column => ({ ...column, align: 'right' }))];
}

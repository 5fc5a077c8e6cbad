import { clientOf, printRows } from './admin/call';
import type { Listed } from './admin/client';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, parse, text, verbOf } from './admin/options';
import { field } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';

const SUBJECTS = { 'for-key': 'key_id', user: 'user_id', 'end-user': 'end_user', tag: 'tag' } as const;

const USAGE = `usage: npx cdk-llm-gateway deletions create --for-key ID | --user ID | --end-user NAME | --tag NAME=VALUE
       npx cdk-llm-gateway deletions list

Deletes the contents of a key, of a user, of an end user as callers name it or of a tag, and blanks in records what identifies
them; amounts stay. It is done within 24 hours; list says how far it is.

${CONNECTION_HELP}`;

const COLUMNS = [
  field('id'),
  field('kind'),
  field('status'),
  field('created_at', 'asked for'),
  field('due_at', 'done by'),
  field('finished_at', 'done'),
  field('contents'),
  field('records'),
];

export const command: Command = {
  name: 'deletions',
  summary: 'delete contents of somebody, and what identifies them in records',
  usage: USAGE,
  async run(args) {
    const options = Object.fromEntries(Object.keys(SUBJECTS).map((name) => [name, { type: 'string' as const }]));
    const parsed = parse(args, { ...CONNECTION_OPTIONS, ...options });
    const verb = verbOf('deletions', parsed, ['create', 'list']);
    const [, unexpected] = parsed.positionals;
    if (unexpected !== undefined) throw new UsageError(`unexpected argument '${unexpected}'`);
    const client = await clientOf(parsed);
    if (verb === 'list') {
      allowOnly('deletions list', parsed, []);
      printRows(parsed, COLUMNS, (await client.json<Listed>('GET', '/deletions')).data, 'no deletions');
      return 0;
    }
    const given = Object.entries(SUBJECTS).flatMap(([option, name]) => {
      const value = text(parsed, option);
      return value === undefined ? [] : [[name, value] as const];
    });
    if (given.length !== 1) throw new UsageError('deletions create takes exactly one of --for-key, --user, --end-user, --tag');
    const made = await client.json<Record<string, unknown>>('POST', '/deletions', { body: Object.fromEntries(given) });
    printRows(parsed, COLUMNS, [made], '');
    return 0;
  },
};

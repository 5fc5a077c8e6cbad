import { AUDITED_RESOURCES } from '../../lib/private/contract';
import { clientOf, gather, printRows } from './admin/call';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, parse, text, wholeNumber } from './admin/options';
import { field } from './admin/table';
import { verifyTrails } from './audit-verify';
import type { Command } from './command';
import { UsageError } from './command';

const USAGE = `usage: npx cdk-llm-gateway audit [list] [options]
       npx cdk-llm-gateway audit verify

Shows who changed what, newest first; --json shows what it was before and after.
verify checks the audit trail in the archive: every change and every request since its
beginning. It names what was changed, is missing or stands elsewhere, and then exits with 1.

  --start DAY  --end DAY    UTC days (default: the last 90 days)
  --resource KIND  --id ID  ${AUDITED_RESOURCES.join(', ')}
  --actor KEY  --action VERB
  --limit N                 at most N (default: 50)

${CONNECTION_HELP}`;

export const command: Command = {
  name: 'audit',
  summary: 'show who changed what; verify the audit trail',
  usage: USAGE,
  async run(args) {
    const names = { start: 'start', end: 'end', resource: 'resource', id: 'resource_id', actor: 'actor', action: 'action' };
    const filters = Object.fromEntries(Object.keys(names).map((name) => [name, { type: 'string' as const }]));
    const parsed = parse(args, { ...CONNECTION_OPTIONS, ...filters, limit: { type: 'string' } });
    if (parsed.positionals[0] === 'verify') {
      allowOnly('audit verify', parsed, []);
      const [, more] = parsed.positionals;
      if (more !== undefined) throw new UsageError(`unexpected argument '${more}'`);
      return verifyTrails(parsed);
    }
    const [unexpected] = parsed.positionals[0] === 'list' ? parsed.positionals.slice(1) : parsed.positionals;
    if (unexpected !== undefined) throw new UsageError(`unexpected argument '${unexpected}'`);
    const resource = text(parsed, 'resource');
    if (resource !== undefined && !AUDITED_RESOURCES.some((known) => known === resource))
      throw new UsageError(`--resource takes one of: ${AUDITED_RESOURCES.join(', ')}; not '${resource}'`);
    const client = await clientOf(parsed);
    const query = Object.fromEntries(Object.entries(names).map(([option, parameter]) => [parameter, text(parsed, option)]));
    const columns = [
      field('at', 'time'),
      field('actor'),
      field('actor_role', 'role'),
      field('action'),
      field('resource'),
      field('resource_id', 'id'),
      field('team_id', 'team'),
    ];
    printRows(parsed, columns, await gather(client.each('/audit', query, wholeNumber(parsed, 'limit') ?? 50)), 'no changes');
    return 0;
  },
};

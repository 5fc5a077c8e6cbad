import { clientOf } from './admin/call';
import { LEVEL_OPTIONS, levelHelp, OWN_LEVEL_OPTIONS, readHeaders, readLevelBody } from './admin/level-options';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, verbOf } from './admin/options';
import { updateLevel } from './admin/resource-command';
import { formatDetails } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';

const PATH = '/gateway';
/** What the gateway's own level has not: it is there once, under no name, and above all pins. */
const NOT_ITS = ['name', 'tag', 'idempotency-key', 'pinned'];
const OPTIONS = Object.keys({ ...LEVEL_OPTIONS, ...OWN_LEVEL_OPTIONS }).filter((name) => !NOT_ITS.includes(name));

export const command: Command = {
  name: 'gateway',
  summary: 'read and change what holds for everything',
  usage: `usage: npx cdk-llm-gateway gateway get|update [options]

  get           the gateway's own level: what holds for every request
  update        change the fields given, leave the others; --clear brings back what was deployed

${levelHelp(OPTIONS)}

${CONNECTION_HELP}`,
  async run(args) {
    const parsed = parse(args, { ...CONNECTION_OPTIONS, ...LEVEL_OPTIONS, ...OWN_LEVEL_OPTIONS });
    const verb = verbOf('gateway', parsed, ['get', 'update']);
    const [, extra] = parsed.positionals;
    if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`);
    allowOnly(`gateway ${verb}`, parsed, verb === 'update' ? OPTIONS : []);
    const body = readLevelBody(parsed);
    if (verb === 'update' && Object.keys(body).length === 0) throw new UsageError('nothing to write: give at least one field, or --data');
    const client = await clientOf(parsed);
    const level =
      verb === 'get' ? await client.json<Record<string, unknown>>('GET', PATH) : await updateLevel(client, PATH, body, readHeaders(parsed));
    process.stdout.write(flag(parsed, 'json') ? `${JSON.stringify(level, null, 2)}\n` : `${formatDetails(level)}\n`);
    return 0;
  },
};

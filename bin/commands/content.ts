import { clientOf } from './admin/call';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, parse, text, verbOf } from './admin/options';
import type { Command } from './command';
import { UsageError } from './command';

const USAGE = `usage: npx cdk-llm-gateway content get ID [--part PART]

Shows what was kept of the contents of one request, with a key of the role auditor.
Each reading stands in the audit log.

  --part PART               request, answer, or the number of an earlier piece of a long answer

${CONNECTION_HELP}`;

export const command: Command = {
  name: 'content',
  summary: 'show what was kept of the contents of a request',
  usage: USAGE,
  async run(args) {
    const parsed = parse(args, { ...CONNECTION_OPTIONS, part: { type: 'string' } });
    verbOf('content', parsed, ['get']);
    allowOnly('content get', parsed, ['part']);
    const [, id, extra] = parsed.positionals;
    if (id === undefined) throw new UsageError('content get takes the id of a request');
    if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`);
    const client = await clientOf(parsed);
    const part = text(parsed, 'part');
    const path = `/contents/${encodeURIComponent(id)}`;
    if (part === undefined) {
      const found = await client.json<Record<string, unknown>>('GET', path);
      process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    } else {
      process.stdout.write((await client.send('GET', path, { query: { part } })).text);
    }
    return 0;
  },
};

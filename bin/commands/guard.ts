import { readFileSync } from 'node:fs';
import type { GuardrailConfig } from '../../lib/private/contract';
import { rulesThatAsk, type TriedPolicy, tryPolicy } from '../../local/guard-policy';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, flag, type Parsed, parse, text, verbOf } from './admin/options';
import { formatTable, plain } from './admin/table';
import { type Command, UsageError } from './command';

const OPTIONS = { policy: { type: 'string' }, direction: { type: 'string' }, json: { type: 'boolean' } } as const;
const REPLAY_OPTIONS = {
  ...CONNECTION_OPTIONS,
  policy: { type: 'string' },
  start: { type: 'string' },
  end: { type: 'string' },
  team: { type: 'string' },
  'for-key': { type: 'string' },
  limit: { type: 'string' },
} as const;
const STANDARD_INPUT = 0;

/** `llm-gateway guard test`: a policy on a text, without a gateway; `guard replay`: on requests of before. */
export const command: Command = {
  name: 'guard',
  summary: 'try a guardrail policy on a text, or on requests whose contents were kept',
  usage: `usage: npx cdk-llm-gateway guard test --policy FILE --direction input|output [--json] [TEXT]
       npx cdk-llm-gateway guard replay --policy FILE [options]

Says what a policy finds in a text, which of its actions follows, and the text as it would go on. Rules that ask a service are named, not asked.

  TEXT                 file that holds the text (default: standard input)
  --policy FILE        the policy as the admin API takes it, with its id
  --direction WAY      input: to a model; output: to a caller
  --json               {"action", "findings": [{"type", "start", "end"}], "text"}; places in UTF-16 units

replay holds requests whose contents were kept in full to a policy, and says for which it would do something else than was done: their ids, and
what would be found in them, without a word of it. It takes a key of the role auditor, and each reading stands in the audit log.

  --start DAY  --end DAY    UTC days (default: the last week)
  --team ID  --for-key ID   only these
  --limit N                 at most N requests, the newest first (default: 1000)

${CONNECTION_HELP}`,
  async run(args) {
    if (args[0] === 'replay') return replayed(args);
    const parsed = parse(args, OPTIONS);
    verbOf('guard', parsed, ['test', 'replay']);
    allowOnly('guard test', parsed, Object.keys(OPTIONS));
    const [, file, extra] = parsed.positionals;
    if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`);
    const policy = readPolicy(parsed);
    const direction = readDirection(parsed);
    const tried = tryOn(policy, readFileSync(file ?? STANDARD_INPUT, 'utf8'), direction);
    const asking = rulesThatAsk(policy);
    if (asking.length > 0) process.stderr.write(`not asked: ${asking.map(plain).join(', ')}\n`);
    process.stdout.write(flag(parsed, 'json') ? `${JSON.stringify(tried)}\n` : readable(tried));
    return 0;
  },
};

async function replayed(args: string[]): Promise<number> {
  const parsed = parse(args, REPLAY_OPTIONS);
  const [, extra] = parsed.positionals;
  if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`);
  return (await import('./guard-replay')).replay(parsed, readPolicy(parsed));
}

function readPolicy(parsed: Parsed): GuardrailConfig {
  const file = text(parsed, 'policy');
  if (file === undefined) throw new UsageError('guard takes --policy FILE');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as GuardrailConfig;
  } catch (error) {
    throw new UsageError(`--policy ${file} cannot be read: ${(error as Error).message}`);
  }
}

function readDirection(parsed: Parsed): 'input' | 'output' {
  const direction = text(parsed, 'direction');
  if (direction === 'input' || direction === 'output') return direction;
  throw new UsageError('guard test takes --direction input or --direction output');
}

function tryOn(policy: GuardrailConfig, said: string, direction: 'input' | 'output'): TriedPolicy {
  try {
    return tryPolicy(policy, said, direction);
  } catch (error) {
    throw new UsageError(`the policy cannot be used: ${(error as Error).message}`);
  }
}

function readable({ action, findings, text: said }: TriedPolicy): string {
  const columns = [
    { title: 'found', value: (row: Record<string, unknown>) => plain(row['type']) },
    { title: 'from', value: (row: Record<string, unknown>) => plain(row['start']), align: 'right' as const },
    { title: 'to', value: (row: Record<string, unknown>) => plain(row['end']), align: 'right' as const },
  ];
  const table = findings.length === 0 ? 'nothing found' : formatTable(columns, findings as unknown as Record<string, unknown>[]);
  return `action: ${action}\n${table}\n\n${said}${said.endsWith('\n') ? '' : '\n'}`;
}

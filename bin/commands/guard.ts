import { readFileSync } from 'node:fs';
import type { GuardrailConfig } from '../../lib/private/contract';
import { rulesThatAsk, type TriedPolicy, tryPolicy } from '../../local/guard-policy';
import { allowOnly, flag, type Parsed, parse, text, verbOf } from './admin/options';
import { formatTable, plain } from './admin/table';
import { type Command, UsageError } from './command';

const OPTIONS = { policy: { type: 'string' }, direction: { type: 'string' }, json: { type: 'boolean' } } as const;
const STANDARD_INPUT = 0;

/** `llm-gateway guard test`: a policy on a text, without a gateway. */
export const command: Command = {
  name: 'guard',
  summary: 'try a guardrail policy on a text, without a gateway',
  usage: `usage: npx cdk-llm-gateway guard test --policy FILE --direction input|output [--json] [TEXT]

Says what a policy finds in a text, which of its actions follows, and the text as it would go on. Rules that ask a service are named, not asked.

  TEXT                 file that holds the text (default: standard input)
  --policy FILE        the policy as the admin API takes it, with its id
  --direction WAY      input: to a model; output: to a caller
  --json               {"action", "findings": [{"type", "start", "end"}], "text"}; places in UTF-16 units`,
  async run(args) {
    const parsed = parse(args, OPTIONS);
    verbOf('guard', parsed, ['test']);
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

function readPolicy(parsed: Parsed): GuardrailConfig {
  const file = text(parsed, 'policy');
  if (file === undefined) throw new UsageError('guard test takes --policy FILE');
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

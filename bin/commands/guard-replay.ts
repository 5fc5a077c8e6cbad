import type { GuardrailConfig } from '../../lib/private/contract';
import { rulesThatAsk } from '../../local/guard-policy';
import { checkedPolicy, replayCall } from '../../local/guard-replay';
import { clientOf } from './admin/call';
import { type AdminClient, AdminError } from './admin/client';
import { flag, type Parsed, text, wholeNumber } from './admin/options';
import { formatTable, plain } from './admin/table';
import { UsageError } from './command';

const DEFAULT_REQUESTS = 1_000;
/** The mildest first. */
const GRAVITY = ['pass', 'flag', 'mask', 'route', 'failed', 'block'];
const NOT_FOUND = 404;

interface Change {
  readonly id: string;
  readonly key_id: string;
  readonly before: string;
  readonly after: string;
  readonly findings: readonly {
    readonly rule: string;
    readonly direction: string;
    readonly types: readonly string[];
    readonly findings: number;
  }[];
}

interface Replay {
  /** Requests of that time, and those of them whose contents could be looked into. */
  readonly requests: number;
  readonly replayed: number;
  /** By what would become of them. */
  readonly after: Readonly<Record<string, number>>;
  readonly changes: readonly Change[];
}

/** What a policy would have done with requests whose contents were kept in full, and did not. Each reading of content stands in the audit log. */
export async function replay(parsed: Parsed, policy: GuardrailConfig): Promise<number> {
  const checked = usable(policy);
  const query = { start: text(parsed, 'start'), end: text(parsed, 'end'), key_id: text(parsed, 'for-key'), team_id: text(parsed, 'team') };
  const client = await clientOf(parsed);
  const asking = rulesThatAsk(checked);
  if (asking.length > 0) process.stderr.write(`not asked: ${asking.map(plain).join(', ')}\n`);
  const found = await replayAll(client, query, wholeNumber(parsed, 'limit') ?? DEFAULT_REQUESTS, checked);
  process.stdout.write(flag(parsed, 'json') ? `${JSON.stringify(found)}\n` : readable(found));
  return 0;
}

function usable(policy: GuardrailConfig): GuardrailConfig {
  try {
    return checkedPolicy(policy);
  } catch (error) {
    throw new UsageError(`the policy cannot be used: ${(error as Error).message}`);
  }
}

async function replayAll(
  client: AdminClient,
  query: Readonly<Record<string, string | undefined>>,
  most: number,
  policy: GuardrailConfig,
): Promise<Replay> {
  let [requests, replayed] = [0, 0];
  const after: Record<string, number> = {};
  const changes: Change[] = [];
  for await (const request of client.each('/requests', query, most)) {
    requests += 1;
    const made = await replayOne(client, request, policy);
    if (made === undefined) continue;
    replayed += 1;
    after[made.after] = (after[made.after] ?? 0) + 1;
    if (made.before !== made.after) changes.push(made);
  }
  return { requests, replayed, after, changes };
}

async function replayOne(client: AdminClient, request: Record<string, unknown>, policy: GuardrailConfig): Promise<Change | undefined> {
  const { id, key_id: keyId, dialect, operation } = request as Readonly<Record<string, string>>;
  const kept = await contentOf(client, String(id));
  if (kept?.['level'] !== 'full' || typeof kept['request'] !== 'string') return undefined;
  const answer = typeof kept['answer'] === 'string' ? kept['answer'] : undefined;
  const made = await replayCall(policy, { dialect: String(dialect), operation: String(operation), request: kept['request'], answer });
  if (made === undefined) return undefined;
  const findings = made.verdicts.flatMap(({ rule, direction, types = [], findings: count = 0 }) =>
    rule === undefined ? [] : [{ rule, direction, types, findings: count }],
  );
  return { id: String(id), key_id: String(keyId), before: verdictOf(request, policy.id), after: made.action, findings };
}

async function contentOf(client: AdminClient, id: string): Promise<Record<string, unknown> | undefined> {
  try {
    return await client.json<Record<string, unknown>>('GET', `/contents/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof AdminError && error.status === NOT_FOUND) return undefined;
    throw error;
  }
}

/** What the policy did at that time, in whatever version; `pass`: nothing, or it did not hold for the call. */
function verdictOf({ guardrails }: Record<string, unknown>, policy: string): string {
  const own = ((guardrails ?? []) as { readonly policy: string; readonly verdict: string }[]).filter((one) => one.policy === policy);
  const gravest = Math.max(0, ...own.map(({ verdict }) => GRAVITY.indexOf(verdict)));
  return GRAVITY[gravest] as string;
}

function readable({ requests, replayed, after, changes }: Replay): string {
  const counts = GRAVITY.flatMap((action) => (after[action] === undefined ? [] : [`${action} ${after[action]}`]));
  const head = `${replayed} of ${requests} requests could be looked into: ${counts.join(', ') || 'none'}\n`;
  if (changes.length === 0) return `${head}nothing would change\n`;
  const columns = [
    { title: 'id', value: (row: Record<string, unknown>) => plain(row['id']) },
    { title: 'key', value: (row: Record<string, unknown>) => plain(row['key_id']) },
    { title: 'was', value: (row: Record<string, unknown>) => plain(row['before']) },
    { title: 'would be', value: (row: Record<string, unknown>) => plain(row['after']) },
    {
      title: 'found',
      value: (row: Record<string, unknown>) =>
        (row as unknown as Change).findings
          .map(({ rule, direction, types, findings }) => `${plain(rule)} ${direction}: ${types.map(plain).join('+')} ${findings}`)
          .join('; '),
    },
  ];
  return `${head}${changes.length} would change\n\n${formatTable(columns, changes as unknown as Record<string, unknown>[])}\n`;
}

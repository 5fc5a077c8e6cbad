import { clientOf } from './admin/call';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, text, texts, verbOf, wholeNumber } from './admin/options';
import { type Column, field, formatTable, plain } from './admin/table';
import type { Command } from './command';
import { UsageError } from './command';

const OPTIONS = {
  model: { type: 'string' },
  'for-key': { type: 'string' },
  label: { type: 'string', multiple: true },
  'input-tokens': { type: 'string' },
  'output-tokens': { type: 'string' },
  tools: { type: 'boolean' },
  pictures: { type: 'boolean' },
  documents: { type: 'boolean' },
  schema: { type: 'boolean' },
  opening: { type: 'string', multiple: true },
  sensitivity: { type: 'string' },
  at: { type: 'string' },
} as const;

const FLAGS = ['tools', 'pictures', 'documents', 'schema'] as const;

const COLUMNS: readonly Column[] = [
  { title: '', value: (row) => plain(row['rank']), align: 'right' },
  field('target'),
  {
    title: 'share',
    value: (row) => (typeof row['share'] === 'number' ? `${Math.round(row['share'] * 1_000) / 10} %` : ''),
    align: 'right',
  },
  { ...field('expected_usd', 'expected USD'), align: 'right' },
  { title: 'why', value: (row) => plain(row['why']) },
];

interface Explanation {
  readonly targets: readonly Record<string, unknown>[];
  readonly skipped: readonly Record<string, unknown>[];
  readonly [field: string]: unknown;
}

/** `llm-gateway route explain`: what would be chosen for a call, and why, without a call. */
export const command: Command = {
  name: 'route',
  summary: 'say where a call would go, and why, without a call',
  usage: `usage: npx cdk-llm-gateway route explain --model NAME [options]

Shows the targets in the order in which they would be asked, and those that would be left out. What each process of the gateway knows by itself
(who is healthy, how fast, how busy) is not in it; \`x-gateway-route-reason\` and the usage record tell that of each call.

  --model NAME          as a caller names it
  --for-key ID          whose call it is: its team, tags and lists of models
  --label NAME=VALUE    that the caller sends; may be repeated
  --input-tokens N      of the prompt (default: 1000)
  --output-tokens N     that such calls usually write (default: 1024)
  --tools  --pictures  --documents  --schema   what the call brings, holds and wants
  --opening TEXT        what the conversation begins with: instructions, then the first turn; may be repeated
  --sensitivity LABEL   public, internal, confidential, restricted
  --at TIME             when it comes, as 2026-11-30T22:15:00Z (default: now)

${CONNECTION_HELP}`,
  async run(args) {
    const parsed = parse(args, { ...CONNECTION_OPTIONS, ...OPTIONS });
    verbOf('route', parsed, ['explain']);
    allowOnly('route explain', parsed, Object.keys(OPTIONS));
    const [, extra] = parsed.positionals;
    if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`);
    const model = text(parsed, 'model');
    if (model === undefined) throw new UsageError('route explain takes --model NAME');
    const [input, output] = [wholeNumber(parsed, 'input-tokens'), wholeNumber(parsed, 'output-tokens')];
    const [key, opening, at] = [text(parsed, 'for-key'), texts(parsed, 'opening'), text(parsed, 'at')];
    const sensitivity = text(parsed, 'sensitivity');
    const labels = texts(parsed, 'label')?.map(pairOf);
    const body = {
      model,
      ...(key === undefined ? {} : { key_id: key }),
      ...(labels === undefined ? {} : { metadata: Object.fromEntries(labels) }),
      ...(input === undefined ? {} : { input_tokens: input }),
      ...(output === undefined ? {} : { output_tokens: output }),
      ...Object.fromEntries(FLAGS.filter((name) => flag(parsed, name)).map((name) => [name, true])),
      ...(opening === undefined ? {} : { opening }),
      ...(sensitivity === undefined ? {} : { sensitivity }),
      ...(at === undefined ? {} : { at }),
    };
    const client = await clientOf(parsed);
    const found = await client.json<Explanation>('POST', '/routes/explain', { body });
    process.stdout.write(flag(parsed, 'json') ? `${JSON.stringify(found, null, 2)}\n` : `${lines(found)}\n`);
    return 0;
  },
};

function pairOf(given: string): readonly [string, string] {
  const at = given.indexOf('=');
  if (at < 1) throw new UsageError(`--label takes NAME=VALUE, not '${given}'`);
  return [given.slice(0, at), given.slice(at + 1)];
}

function lines(found: Explanation): string {
  const { alias, reason, strategy, affinity, budget_fallback: fallback, not_known: unknown } = found;
  const means =
    alias === null ? `${plain(found['model'])} is no alias (${plain(reason)})` : `${plain(found['model'])} is the alias ${plain(alias)}`;
  const head = `${means}; strategy ${plain(strategy)}${affinity === true ? '' : ', without affinity'}`;
  const rows = [
    ...found.targets.map((row, index) => ({ ...row, rank: index + 1, why: row['standby'] === true ? 'standby' : row['judged_by'] })),
    ...found.skipped.map((row) => ({ ...row, rank: '-', why: `skipped: ${plain(row['why'])}` })),
  ];
  return [
    head,
    formatTable(COLUMNS, rows),
    ...(found.targets.length === 0 ? ['the call would be refused'] : []),
    ...(typeof fallback === 'string' ? [`where no budget covers it: ${plain(fallback)}`] : []),
    `not counted: ${(unknown as string[]).map(plain).join(', ')}`,
  ].join('\n');
}

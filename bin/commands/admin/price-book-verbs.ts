import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../command';
import { clientOf } from './call';
import { AdminError } from './client';
import type { Parsed } from './options';
import { flag } from './options';
import type { OverrideVerb } from './override-command';
import { field, formatTable, plain } from './table';

interface Status {
  readonly source: string;
  readonly book_version: string;
  readonly date: string;
  readonly age_days: number;
  readonly sources?: Readonly<Record<string, string>>;
  readonly sha256?: string;
  readonly deployed_version: string;
  readonly loaded_version?: string;
  readonly loaded_at?: string;
  readonly models: Readonly<Record<string, number>>;
  readonly targets: readonly { readonly target: string; readonly price: string | null }[];
}

interface Loaded {
  readonly sha256: string;
  readonly book_version: string;
  readonly date: string;
  readonly before_version: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly lowered: number;
  readonly concerns: readonly string[];
  readonly changes: readonly Record<string, unknown>[];
}

const PATH = '/price-book';
/** A table of more changes is read by nobody. */
const MOST_SHOWN = 20;

/** What `llm-gateway prices` does with the price book as a whole. */
export const PRICE_BOOK_VERBS: Readonly<Record<string, OverrideVerb>> = {
  status: {
    usage: 'status',
    help: `
  status                which price book holds, how old it is, and what it covers`,
    options: {},
    run: status,
  },
  load: {
    usage: 'load FILE',
    help: `  load FILE             tells what another price book would change, and with --yes brings it in
    --yes               bring it in
    --force             although its prices are older, or doubtful`,
    options: { yes: { type: 'boolean' }, force: { type: 'boolean' } },
    run: load,
  },
  unload: {
    usage: 'unload',
    help: `  unload                takes it away again: the deployed one holds
`,
    options: {},
    run: unload,
  },
};

async function status(parsed: Parsed): Promise<number> {
  noMore('prices status', parsed, 1);
  const found = await (await clientOf(parsed)).json<Status>('GET', PATH);
  if (flag(parsed, 'json')) return print(JSON.stringify(found, null, 2));
  const unpriced = found.targets.filter(({ price }) => price === null);
  const columns = [field('kind', 'provider kind'), { ...field('models', 'priced names'), align: 'right' as const }];
  return print(
    [
      `price book  ${plain(found.book_version)}, ${plain(found.source)}`,
      `prices of   ${plain(found.date)}, ${found.age_days} days ago`,
      ...Object.entries(found.sources ?? {}).map(([name, version]) => `made of     ${plain(name)} ${plain(version)}`),
      ...(found.source === 'deployed' ? [] : [`deployed    ${plain(found.deployed_version)}`]),
      `last load   ${found.loaded_version === undefined ? 'never' : `${plain(found.loaded_version)} at ${plain(found.loaded_at)}`}`,
      ...(found.sha256 === undefined ? [] : [`SHA-256     ${plain(found.sha256)}`]),
      '',
      formatTable(
        columns,
        Object.entries(found.models).map(([kind, models]) => ({ kind, models })),
      ),
      '',
      `${found.targets.length - unpriced.length} of ${found.targets.length} configured models have a price`,
      ...unpriced.map(({ target }) => `without one: ${plain(target)}`),
    ].join('\n'),
  );
}

async function load(parsed: Parsed): Promise<number> {
  noMore('prices load', parsed, 2);
  const [, file] = parsed.positionals;
  if (file === undefined) throw new UsageError('prices load takes a file');
  const book = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${file}: ${error.code ?? error.message}`);
  });
  const sure = flag(parsed, 'yes');
  const body = { book, ...(sure ? {} : { dry_run: true }), ...(flag(parsed, 'force') ? { force: true } : {}) };
  const answer = await (await clientOf(parsed)).json<Loaded>('POST', PATH, { body }).catch((error: AdminError) => {
    // The API names its field; who types an option is told of that.
    if (error.code !== 'older_price_book' && error.code !== 'doubtful_price_book') throw error;
    throw new AdminError(error.message.replace('`force`', '--force'), error.status, error.code, error.requestId);
  });
  const own = createHash('sha256').update(book).digest('hex');
  if (answer.sha256 !== own) throw new Error(`the gateway read another text than ${file} has: ${plain(answer.sha256)} is not ${own}`);
  if (flag(parsed, 'json')) return print(JSON.stringify(answer, null, 2));
  const shown = answer.changes.slice(0, MOST_SHOWN);
  const others = answer.added + answer.removed + answer.changed - shown.length;
  return print(
    [
      `SHA-256      ${own}`,
      `price book   ${plain(answer.book_version)}, prices of ${plain(answer.date)}`,
      `in place of  ${plain(answer.before_version)}`,
      `changes      ${answer.added} added, ${answer.changed} changed, ${answer.removed} removed; ${answer.lowered} at less than half of the deployed price`,
      ...answer.concerns.slice(0, MOST_SHOWN).map((concern) => `doubtful     ${plain(concern)}`),
      ...(answer.concerns.length > MOST_SHOWN ? [`doubtful     and ${answer.concerns.length - MOST_SHOWN} more`] : []),
      ...(shown.length === 0
        ? []
        : ['', formatTable([field('kind'), field('model'), field('before', 'was'), field('after', 'is')], shown)]),
      ...(others > 0 ? [`and ${others} more`] : []),
      '',
      sure
        ? 'It holds everywhere within 10 seconds.'
        : `Nothing was changed. Say --yes${answer.concerns.length > 0 ? ' --force' : ''} to bring it in.`,
    ].join('\n'),
  );
}

async function unload(parsed: Parsed): Promise<number> {
  noMore('prices unload', parsed, 1);
  await (await clientOf(parsed)).json('DELETE', PATH);
  return print(flag(parsed, 'json') ? JSON.stringify({ unloaded: true }) : 'The deployed price book holds again within 10 seconds.');
}

function noMore(what: string, { positionals }: Parsed, most: number): void {
  const extra = positionals[most];
  if (extra !== undefined) throw new UsageError(`${what}: unexpected argument '${extra}'`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

import type { Command } from '../command';
import { UsageError } from '../command';
import { clientOf, printRows } from './call';
import type { AdminClient, Listed } from './client';
import { readHeaders } from './level-options';
import type { OptionTable, Parsed } from './options';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, flag, parse, verbOf } from './options';
import type { Column } from './table';
import { formatDetails } from './table';

export interface OverrideCommandDefinition {
  /** As typed and as in the path: `prices`. */
  readonly name: string;
  readonly summary: string;
  readonly columns: readonly Column[];
  readonly options: OptionTable;
  /** Help lines of `options` and what an id is. */
  readonly help: string;
  /** What the command does beside overriding. */
  readonly verbs?: Readonly<Record<string, OverrideVerb>>;
  bodyOf(parsed: Parsed, id: string): Record<string, unknown>;
  /** What is said of an empty list. Default: that there are no overrides. */
  readonly none?: string;
  /** What `list` shows in place of the overrides alone. */
  readonly inForce?: InForceList;
  /** What holds, whatever it was overridden by: `get` shows it. Undefined: nothing is known of it. */
  readonly inForceOf?: (client: AdminClient, id: string) => Promise<Record<string, unknown> | undefined>;
}

export interface InForceList {
  readonly path: string;
  /** What is said of an empty list. */
  readonly none: string;
  /** Lines for standard error, beside the table. */
  warningsOf(row: Record<string, unknown>): readonly string[];
}

export interface OverrideVerb {
  /** After the command's name: `load FILE`. */
  readonly usage: string;
  readonly help: string;
  /** Options that it takes beside those of the connection. */
  readonly options: OptionTable;
  run(parsed: Parsed): Promise<number>;
}

/** Makes the command of run-time overrides: `llm-gateway prices list|get|set|delete`. */
export function overrideCommand(definition: OverrideCommandDefinition): Command {
  const { name, summary, columns, options, help, verbs = {}, none: noOverrides = `no overrides of ${name}` } = definition;
  const { inForce, inForceOf, bodyOf } = definition;
  const more = Object.entries(verbs);
  return {
    name,
    summary,
    usage: `usage: npx cdk-llm-gateway ${name} list|get ID|set ID|delete ID${more.map(([, { usage }]) => `|${usage}`).join('')} [options]

Overrides at run time what was configured at deploy; it takes hold everywhere within 10 s.

${help}${more.map(([, verb]) => `\n${verb.help}`).join('')}
  --data JSON|@FILE|-   the whole body, as the admin API takes it
  --if-match ETAG       only if nobody else has changed it since

${CONNECTION_HELP}`,
    async run(args) {
      const own: OptionTable = { ...options, data: { type: 'string' }, 'if-match': { type: 'string' } };
      const theirs: OptionTable = Object.assign({}, ...more.map(([, verb]) => verb.options));
      const parsed = parse(args, { ...CONNECTION_OPTIONS, ...own, ...theirs });
      const verb = verbOf(name, parsed, ['list', 'get', 'set', 'delete', ...Object.keys(verbs)]);
      const other = verbs[verb];
      const taken: Readonly<Record<string, readonly string[]>> = { set: Object.keys(own), delete: ['if-match'] };
      allowOnly(`${name} ${verb}`, parsed, taken[verb] ?? Object.keys(other?.options ?? {}));
      if (other !== undefined) return other.run(parsed);
      const [, id, extra] = parsed.positionals;
      if (verb === 'list' && id !== undefined) throw new UsageError(`unexpected argument '${id}'`);
      if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`);
      if (verb !== 'list' && id === undefined) throw new UsageError(`${name} ${verb} takes an id`);
      const client = await clientOf(parsed);
      const path = `/${name}/${encodeURIComponent(id ?? '')}`;
      if (verb === 'list') {
        const { path: listPath = `/${name}`, none = noOverrides, warningsOf = () => [] } = inForce ?? {};
        const { data } = await client.json<Listed>('GET', listPath);
        printRows(parsed, columns, data, none);
        for (const line of data.flatMap(warningsOf)) process.stderr.write(`${line}\n`);
        return 0;
      }
      if (verb === 'delete') {
        await client.json('DELETE', path, { headers: readHeaders(parsed) });
        process.stdout.write(
          flag(parsed, 'json') ? `${JSON.stringify({ id, deleted: true })}\n` : `what was configured for ${id} holds again\n`,
        );
        return 0;
      }
      const entry =
        verb === 'get'
          ? await get(client, path, id as string, inForceOf)
          : await set(client, name, id as string, bodyOf(parsed, id as string), readHeaders(parsed));
      process.stdout.write(flag(parsed, 'json') ? `${JSON.stringify(entry, null, 2)}\n` : `${formatDetails(entry)}\n`);
      return 0;
    },
  };
}

/** The override, where there is one, and what holds. */
async function get(
  client: AdminClient,
  path: string,
  id: string,
  inForceOf: OverrideCommandDefinition['inForceOf'],
): Promise<Record<string, unknown>> {
  const inForce = await inForceOf?.(client, id);
  if (inForce === undefined) return client.json('GET', path);
  const override = await unlessMissing(client.json<Record<string, unknown>>('GET', path));
  return { ...(override ?? { id }), in_force: inForce };
}

/** Undefined for what does not exist. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { status?: number }).status !== 404) throw error;
    return undefined;
  }
}

/** Creates it, or replaces it when it is there. */
async function set(
  client: AdminClient,
  name: string,
  id: string,
  body: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<Record<string, unknown>> {
  if (headers['if-match'] === undefined) {
    try {
      return await client.json('POST', `/${name}`, { body: { id, ...body } });
    } catch (error) {
      if ((error as { code?: string }).code !== 'already_exists') throw error;
    }
  }
  return client.json('PATCH', `/${name}/${encodeURIComponent(id)}`, { body, headers });
}

import type { Command } from '../command';
import { UsageError } from '../command';
import { clientOf } from './call';
import type { AdminClient } from './client';
import { LEVEL_OPTIONS, levelHelp, OWN_LEVEL_OPTIONS, readHeaders, readLevelBody, wantsJson } from './level-options';
import type { OptionTable, Parsed } from './options';
import { allowOnly, CONNECTION_HELP, CONNECTION_OPTIONS, parse, text, verbOf, wholeNumber } from './options';
import type { Column } from './table';
import { formatDetails, formatTable } from './table';

/** Something that can be done to one entry besides reading and writing it. */
export interface ResourceAction {
  readonly name: string;
  readonly summary: string;
  /** Names of the options that it reads. */
  readonly options?: readonly string[];
  run(client: AdminClient, id: string, parsed: Parsed): Promise<Record<string, unknown>>;
}

export interface ResourceCommandDefinition {
  /** As typed and as in the path: `teams`. */
  readonly name: string;
  readonly singular: string;
  readonly columns: readonly Column[];
  readonly options?: OptionTable;
  /** Help lines of `options`. */
  readonly help?: string;
  /** Query parameters of `list` by option name. */
  readonly filters?: Readonly<Record<string, string>>;
  readonly actions?: readonly ResourceAction[];
  /** Which of the options that only some levels have it takes. */
  readonly own?: readonly (keyof typeof OWN_LEVEL_OPTIONS)[];
  /** What nothing is created without: how it is given, by field. */
  readonly required?: Readonly<Record<string, string>>;
  /** Adds to the body what `options` say. */
  extend?(body: Record<string, unknown>, parsed: Parsed): void;
  /** Prints what `create` or an action answered, when it is more than the entry. */
  announce?(entry: Record<string, unknown>): string | undefined;
}

/** Makes the command of one resource: `llm-gateway teams list|get|create|update|delete`. */
export function resourceCommand(definition: ResourceCommandDefinition): Command {
  const { name, singular, actions = [] } = definition;
  const options = {
    ...CONNECTION_OPTIONS,
    ...LEVEL_OPTIONS,
    ...OWN_LEVEL_OPTIONS,
    limit: { type: 'string' },
    ...definition.options,
  } as const satisfies OptionTable;
  return {
    name,
    summary: `list, read and change ${name}`,
    usage: usageOf(definition),
    async run(args) {
      const parsed = parse(args, options);
      const verb = verbOf(name, parsed, ['list', 'get', 'create', 'update', 'delete', ...actions.map((action) => action.name)]);
      const [, id, ...rest] = parsed.positionals;
      allowOnly(`${name} ${verb}`, parsed, optionsOf(definition, verb));
      if (rest.length > 0) throw new UsageError(`unexpected argument '${rest[0]}'`);
      if (verb !== 'list' && verb !== 'create' && id === undefined) throw new UsageError(`${name} ${verb} takes the id of a ${singular}`);
      if ((verb === 'list' || verb === 'create') && id !== undefined) throw new UsageError(`unexpected argument '${id}'`);
      const client = await clientOf(parsed);
      return runVerb(definition, client, verb, id ?? '', parsed);
    },
  };
}

/** The options that a verb reads, besides those of every command. */
function optionsOf({ actions = [], filters = {}, options = {}, own = [] }: ResourceCommandDefinition, verb: string): readonly string[] {
  const ofActions = actions.flatMap((action) => action.options ?? []);
  switch (verb) {
    case 'list':
      return ['limit', ...Object.keys(filters)];
    case 'get':
      return [];
    case 'create':
    case 'update':
      return [...Object.keys(LEVEL_OPTIONS), ...own, ...Object.keys(options).filter((name) => !ofActions.includes(name))];
    case 'delete':
      return ['if-match'];
    default:
      return actions.find((action) => action.name === verb)?.options ?? [];
  }
}

async function runVerb(
  definition: ResourceCommandDefinition,
  client: AdminClient,
  verb: string,
  id: string,
  parsed: Parsed,
): Promise<number> {
  const { name, singular } = definition;
  const path = `/${name}/${encodeURIComponent(id)}`;
  const headers = readHeaders(parsed);
  switch (verb) {
    case 'list':
      return list(definition, client, parsed);
    case 'get':
      return print(definition, await client.json('GET', path), parsed);
    case 'create':
      return print(definition, await client.json('POST', `/${name}`, { body: newBody(definition, parsed), headers }), parsed);
    case 'update':
      return print(definition, await updateLevel(client, path, body(definition, parsed), headers), parsed);
    case 'delete':
      await client.json('DELETE', path, { headers });
      process.stdout.write(wantsJson(parsed) ? `${JSON.stringify({ id, deleted: true })}\n` : `deleted ${singular} ${id}\n`);
      return 0;
    default: {
      const action = definition.actions?.find((candidate) => candidate.name === verb) as ResourceAction;
      return print(definition, await action.run(client, id, parsed), parsed);
    }
  }
}

/** The API replaces `limits` as a whole; whoever types one limit means that one. */
export async function updateLevel(
  client: AdminClient,
  path: string,
  fields: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<Record<string, unknown>> {
  if (typeof fields['limits'] !== 'object' || fields['limits'] === null) return client.json('PATCH', path, { body: fields, headers });
  const reply = await client.send('GET', path);
  const { limits } = JSON.parse(reply.text) as { limits?: object };
  const etag = reply.headers['etag'];
  const merged = { ...fields, limits: { ...limits, ...fields['limits'] } };
  return client.json('PATCH', path, { body: merged, headers: { ...(etag === undefined ? {} : { 'if-match': etag }), ...headers } });
}

function body(definition: ResourceCommandDefinition, parsed: Parsed): Record<string, unknown> {
  const value = readLevelBody(parsed);
  definition.extend?.(value, parsed);
  if (Object.keys(value).length === 0) throw new UsageError('nothing to write: give at least one field, or --data');
  return value;
}

function newBody(definition: ResourceCommandDefinition, parsed: Parsed): Record<string, unknown> {
  const value = body(definition, parsed);
  const missing = Object.entries(definition.required ?? {}).find(([field]) => value[field] === undefined);
  if (missing !== undefined) throw new UsageError(`${definition.name} create takes ${missing[1]}`);
  return value;
}

async function list(definition: ResourceCommandDefinition, client: AdminClient, parsed: Parsed): Promise<number> {
  const query = Object.fromEntries(
    Object.entries(definition.filters ?? {}).map(([option, parameter]) => [parameter, text(parsed, option)]),
  );
  const rows: Record<string, unknown>[] = [];
  for await (const entry of client.each(`/${definition.name}`, query, wholeNumber(parsed, 'limit'))) rows.push(entry);
  if (wantsJson(parsed)) process.stdout.write(`${JSON.stringify({ data: rows }, null, 2)}\n`);
  else if (rows.length === 0) process.stdout.write(`no ${definition.name}\n`);
  else process.stdout.write(`${formatTable(definition.columns, rows)}\n`);
  return 0;
}

function print(definition: ResourceCommandDefinition, entry: Record<string, unknown>, parsed: Parsed): number {
  if (wantsJson(parsed)) {
    process.stdout.write(`${JSON.stringify(entry, null, 2)}\n`);
    return 0;
  }
  process.stdout.write(`${formatDetails(entry)}\n`);
  const notice = definition.announce?.(entry);
  if (notice !== undefined) process.stdout.write(`\n${notice}\n`);
  return 0;
}

function usageOf(definition: ResourceCommandDefinition): string {
  const { name, singular, actions = [], help, own = [], required = {} } = definition;
  const needed = Object.values(required);
  const verbs = [
    [`list`, `every ${singular} that your admin key may see; --limit N for at most N`],
    [`get ID`, `one ${singular}`],
    [`create`, `make a ${singular}${needed.length === 0 ? '' : `; required: ${needed.join(', ')}`}`],
    [`update ID`, `change the fields given, leave the others`],
    [`delete ID`, `remove it`],
    ...actions.map((action) => [`${action.name} ID`, action.summary] as const),
  ];
  const lines = verbs.map(([verb, summary]) => `  ${(verb as string).padEnd(14)}${summary}`);
  return [
    `usage: npx cdk-llm-gateway ${name} <verb> [options]`,
    '',
    ...lines,
    '',
    levelHelp([...Object.keys(LEVEL_OPTIONS), ...own]),
    ...(help === undefined ? [] : [help]),
    '',
    CONNECTION_HELP,
  ].join('\n');
}

import type { ParseArgsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { UsageError } from '../command';
import type { ConnectionOptions } from './connection';

export type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** What was typed: values by option name, and what is not an option. */
export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

/** Options of every command that calls the admin API. */
export const CONNECTION_OPTIONS = {
  url: { type: 'string' },
  'admin-url': { type: 'string' },
  key: { type: 'string' },
  stack: { type: 'string' },
  'insecure-http': { type: 'boolean' },
  json: { type: 'boolean' },
} as const satisfies OptionTable;

export const CONNECTION_HELP = `Finding the gateway:
  --url URL        the gateway's URL with its stage, or LLM_GATEWAY_URL
  --admin-url URL  the admin plane's, where it has an API of its own, or LLM_GATEWAY_ADMIN_URL
  --key KEY        an admin key, or LLM_GATEWAY_ADMIN_KEY
  --stack NAME     read them from a CloudFormation stack, with your \`aws\` command
  --insecure-http  send the key over http:// to another machine, or LLM_GATEWAY_INSECURE_HTTP=1
  --json           print JSON instead of a table`;

/** @throws UsageError for an option that is not in the table */
export function parse(args: readonly string[], options: OptionTable): Parsed {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export function text(parsed: Parsed, name: string): string | undefined {
  const value = parsed.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Which gateway the options name. */
export function connectionOf(parsed: Parsed): ConnectionOptions {
  const [url, adminUrl, key, stack] = ['url', 'admin-url', 'key', 'stack'].map((name) => text(parsed, name));
  return {
    ...(url === undefined ? {} : { url }),
    ...(adminUrl === undefined ? {} : { adminUrl }),
    ...(key === undefined ? {} : { key }),
    ...(stack === undefined ? {} : { stack }),
    ...(flag(parsed, 'insecure-http') ? { insecureHttp: true } : {}),
  };
}

export function texts(parsed: Parsed, name: string): readonly string[] | undefined {
  const value = parsed.values[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

export function flag(parsed: Parsed, name: string): boolean {
  return parsed.values[name] === true;
}

/**
 * The verb that was typed after a command's name.
 *
 * @throws UsageError that lists the verbs when it is none of them
 */
export function verbOf<V extends string>(name: string, parsed: Parsed, verbs: readonly V[]): V {
  const [typed] = parsed.positionals;
  const found = verbs.find((verb) => verb === typed);
  if (found !== undefined) return found;
  throw new UsageError(`${name} takes one of: ${verbs.join(', ')}${typed === undefined ? '' : `; not '${typed}'`}`);
}

/**
 * Refuses options that a verb would not look at.
 *
 * @param what the command and its verb: `keys list`
 * @throws UsageError for the first option that is not among the allowed ones
 */
export function allowOnly(what: string, parsed: Parsed, allowed: readonly string[]): void {
  const stray = Object.keys(parsed.values).find((name) => !(name in CONNECTION_OPTIONS) && !allowed.includes(name));
  if (stray !== undefined) throw new UsageError(`${what} does not take --${stray}`);
}

/** @throws UsageError when the option is not a whole number */
export function wholeNumber(parsed: Parsed, name: string): number | undefined {
  const value = text(parsed, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,12}$/.test(value)) throw new UsageError(`--${name} takes a whole number, not '${value}'`);
  return Number(value);
}

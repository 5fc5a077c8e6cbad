import type { ParseArgsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { UsageError } from '../command';

export type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** What was typed: values by option name, and what is not an option. */
export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

/** Options of every command that calls the admin API. */
export const CONNECTION_OPTIONS = {
  url: { type: 'string' },
  key: { type: 'string' },
  stack: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies OptionTable;

export const CONNECTION_HELP = `Finding the gateway:
  --url URL      the gateway's URL with its stage, or LLM_GATEWAY_URL
  --key KEY      an admin key, or LLM_GATEWAY_ADMIN_KEY
  --stack NAME   read both from a CloudFormation stack, with your \`aws\` command
  --json         print JSON instead of a table`;

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

export function texts(parsed: Parsed, name: string): readonly string[] | undefined {
  const value = parsed.values[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

export function flag(parsed: Parsed, name: string): boolean {
  return parsed.values[name] === true;
}

/** @throws UsageError when the option is not a whole number */
export function wholeNumber(parsed: Parsed, name: string): number | undefined {
  const value = text(parsed, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,12}$/.test(value)) throw new UsageError(`--${name} takes a whole number, not '${value}'`);
  return Number(value);
}

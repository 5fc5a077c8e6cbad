import type { Capabilities } from '../../../lambda/wire/models';
import type { SchemaName } from '../schemas';

export type Fields = Readonly<Record<string, unknown>>;

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into
export type Any = any;

/** A body that left, and the model that it is for. */
export interface Sent {
  readonly kind: string;
  readonly path: string;
  readonly body: Fields;
  readonly can: Capabilities;
  readonly mostOutputTokens: number | undefined;
}

/** Whose grammar names of tools have. */
export type NameGrammar = 'openai' | 'anthropic' | 'gemini' | 'kimi';

/** A body in its vendor's schema, and its settings under the catalogue's names. */
export interface Written {
  readonly schema: SchemaName;
  readonly body: unknown;
  readonly settings: Fields;
  readonly toolNames: readonly string[];
  /** The grammar of tools' names that the API has for every model. */
  readonly ownNames?: NameGrammar;
  readonly strictSchemas?: readonly unknown[];
  readonly turns?: () => string[];
}

export function plain(schema: SchemaName, body: Fields): Written {
  return { schema, body, settings: {}, toolNames: [] };
}

export function repeated(names: readonly string[], what: string): string[] {
  return new Set(names).size < names.length ? [`${what} of one name: ${names}`] : [];
}

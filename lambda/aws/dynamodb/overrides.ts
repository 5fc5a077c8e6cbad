import type { TargetConfig } from '../../../lib/private/contract';
import { TABLES } from '../../../lib/private/contract';
import { fromItem, type Storable, toItem } from './attributes';
import { conditional, type WriteResult } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

/** A route changed at run time. */
export interface ModelOverride {
  /** The alias or glob that it replaces or adds. */
  readonly id: string;
  readonly targets: readonly TargetConfig[];
  /** Grows with each change. */
  readonly generation: number;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Prices in US dollars per million tokens as decimal strings; an absent class is priced as its nearest dearer relative. */
export interface PriceFields {
  readonly input?: string;
  readonly output?: string;
  readonly cache_read?: string;
  readonly cache_write_5m?: string;
  readonly cache_write_1h?: string;
  readonly reasoning?: string;
  readonly audio_input?: string;
  readonly audio_output?: string;
  readonly audio_cache_read?: string;
  readonly image_input?: string;
  readonly image_output?: string;
}

/** A price changed at run time. */
export interface PriceOverride {
  /** `provider/model` or a glob of such names. */
  readonly id: string;
  /** The model costs nothing: no budget is touched. */
  readonly free?: boolean;
  readonly usdPerMillionTokens?: PriceFields;
  /** US dollars a call of a server-side tool costs, as decimal strings by tool name. */
  readonly usdPerToolCall?: Readonly<Record<string, string>>;
  /** Tokens of input and output together that the model takes at most. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly generation: number;
  readonly updatedAt: string;
}

/** Which price book holds in place of the one that was deployed. There is one at most, `current`. */
export interface BookOverride {
  readonly id: string;
  /** Of the book's text, which `PriceBookStore` keeps. */
  readonly sha256: string;
  /** Of the book that it took the place of, while processes may still be reading that. */
  readonly previousSha256?: string;
  readonly bookVersion: string;
  /** Day of its prices. */
  readonly date: string;
  /** It holds although the deployed one is newer. */
  readonly forced?: boolean;
  readonly generation: number;
  readonly updatedAt: string;
}

interface Overrides {
  readonly book: BookOverride;
  readonly model: ModelOverride;
  readonly price: PriceOverride;
}

/** Run-time changes of routes and prices. */
export interface OverrideStore {
  /** All of them; few by nature. */
  list<K extends keyof Overrides>(kind: K): Promise<readonly Overrides[K][]>;
  get<K extends keyof Overrides>(kind: K, id: string): Promise<Overrides[K] | undefined>;
  /** Writes a new one (no generation as read), or replaces one that still has the generation that was read. */
  put<K extends keyof Overrides>(kind: K, override: Overrides[K], generationAsRead?: number): Promise<WriteResult>;
  remove(kind: keyof Overrides, id: string, generationAsRead: number): Promise<WriteResult>;
}

const TIMEOUT_MS = 5_000;
const ATTRIBUTES: Readonly<Record<string, string>> = {
  updatedAt: 'updated_at',
  usdPerMillionTokens: 'usd_per_million_tokens',
  usdPerToolCall: 'usd_per_tool_call',
  contextWindow: 'context_window',
  maxOutputTokens: 'max_output_tokens',
  previousSha256: 'previous_sha256',
  bookVersion: 'book_version',
};
const FIELDS = new Map(Object.entries(ATTRIBUTES).map(([field, attribute]) => [attribute, field]));

/**
 * Overrides kept in the identity table.
 *
 * @param table name of the identity table
 */
export function createOverrideStore(connector: DynamoDbConnector, table: string): OverrideStore {
  const keyOf = (kind: keyof Overrides, id: string) => ({ pk: { S: `override#${kind}#${id}` } });
  const generationIs = (generation: number) => ({
    ConditionExpression: '#generation = :generation',
    ExpressionAttributeNames: { '#generation': 'generation' },
    ExpressionAttributeValues: { ':generation': { N: String(generation) } },
  });

  return {
    async list(kind) {
      const { byKind } = TABLES.identity.indexes;
      const found: Overrides[typeof kind][] = [];
      let start: Parameters<DynamoDbConnector['query']>[0]['ExclusiveStartKey'];
      do {
        const page = await connector.query(
          {
            TableName: table,
            IndexName: byKind.name,
            KeyConditionExpression: '#kind = :kind',
            ExpressionAttributeNames: { '#kind': byKind.partitionKey },
            ExpressionAttributeValues: { ':kind': { S: `override-${kind}` } },
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          },
          { timeoutMs: TIMEOUT_MS },
        );
        for (const item of page.Items ?? []) found.push(read(fromItem(item)) as never);
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return found;
    },

    async get(kind, id) {
      const { Item: item } = await connector.getItem(
        { TableName: table, Key: keyOf(kind, id), ConsistentRead: true },
        { timeoutMs: TIMEOUT_MS },
      );
      return item === undefined ? undefined : (read(fromItem(item)) as never);
    },

    async put(kind, override, generationAsRead) {
      const fields: Record<string, Storable | undefined> = { kind: `override-${kind}` };
      for (const [name, value] of Object.entries(override)) fields[ATTRIBUTES[name] ?? name] = value as Storable | undefined;
      const condition =
        generationAsRead === undefined ? { ConditionExpression: 'attribute_not_exists(pk)' } : generationIs(generationAsRead);
      return conditional(() =>
        connector.putItem(
          { TableName: table, Item: { ...toItem(fields), ...keyOf(kind, override.id) }, ...condition },
          { timeoutMs: TIMEOUT_MS },
        ),
      );
    },

    remove: (kind, id, generationAsRead) =>
      conditional(() =>
        connector.deleteItem({ TableName: table, Key: keyOf(kind, id), ...generationIs(generationAsRead) }, { timeoutMs: TIMEOUT_MS }),
      ),
  };
}

function read(attributes: Record<string, unknown>): Record<string, unknown> {
  const override: Record<string, unknown> = {};
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute !== 'pk' && attribute !== 'kind') override[FIELDS.get(attribute) ?? attribute] = value;
  }
  return override;
}

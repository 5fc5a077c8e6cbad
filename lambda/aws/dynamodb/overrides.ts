import { TABLES } from '../../../lib/private/contract';
import type { OverrideStore, Overrides } from '../../routing';
import { fromItem, type Storable, toItem } from './attributes';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

const TIMEOUT_MS = 5_000;
const ATTRIBUTES: Readonly<Record<string, string>> = {
  updatedAt: 'updated_at',
  usdPerMillionTokens: 'usd_per_million_tokens',
  usdPerUnit: 'usd_per_unit',
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

import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { AllOverrides, OverrideStore, Overrides } from '../../routing';
import { fromItem, type Item, numberOf, type Storable, toItem } from './attributes';
import { batchGet } from './batch-get';
import { conditionalTransaction } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { raiseMark } from './level-copies';

const TIMEOUT_MS = 5_000;
const ATTRIBUTES: Readonly<Record<string, string>> = {
  updatedAt: 'updated_at',
  usdPerMillionTokens: 'usd_per_million_tokens',
  usdPerUnit: 'usd_per_unit',
  usdPerToolCall: 'usd_per_tool_call',
  teamPercent: 'team_percent',
  contextWindow: 'context_window',
  maxOutputTokens: 'max_output_tokens',
  previousSha256: 'previous_sha256',
  bookVersion: 'book_version',
};
const FIELDS = new Map(Object.entries(ATTRIBUTES).map(([field, attribute]) => [attribute, field]));
/** Ids of all overrides by kind, and their mark: written with each of them, because an index would be a moment behind. */
const LIST = { pk: { S: 'override-list' } };
const MARK = 'mark';

/**
 * Overrides kept in the identity table.
 *
 * @param table name of the identity table
 */
export function createOverrideStore(connector: DynamoDbConnector, table: string): OverrideStore {
  const keyOf = (kind: keyof Overrides, id: string) => `override#${kind}#${id}`;
  const generationIs = (generation: number) => ({
    ConditionExpression: '#generation = :generation',
    ExpressionAttributeNames: { '#generation': 'generation' },
    ExpressionAttributeValues: { ':generation': { N: String(generation) } },
  });

  const readList = async (): Promise<Item> =>
    (await connector.getItem({ TableName: table, Key: LIST, ConsistentRead: true }, { timeoutMs: TIMEOUT_MS })).Item ?? {};

  async function readAll(list: Item, kinds: readonly (keyof Overrides)[]): Promise<readonly (readonly Record<string, unknown>[])[]> {
    const keys = kinds.map((kind) => (list[kind]?.SS ?? []).map((id) => keyOf(kind, id)));
    const found = await batchGet(connector, table, keys.flat(), TIMEOUT_MS);
    return keys.map((ofKind) => ofKind.map((key) => found.get(key)).flatMap((item) => (item === undefined ? [] : [read(fromItem(item))])));
  }

  /** A change of an override, with the list and what tells every process of it. */
  const write = (kind: keyof Overrides, id: string, action: 'ADD' | 'DELETE', change: TransactWriteItem) =>
    conditionalTransaction(
      connector,
      [
        change,
        {
          Update: {
            TableName: table,
            Key: LIST,
            UpdateExpression: action === 'ADD' ? 'ADD #mark :one, #kind :id' : 'ADD #mark :one DELETE #kind :id',
            ExpressionAttributeNames: { '#mark': MARK, '#kind': kind },
            ExpressionAttributeValues: { ':one': { N: '1' }, ':id': { SS: [id] } },
          },
        },
        ...raiseMark(table, 'overrides'),
      ],
      TIMEOUT_MS,
    );

  return {
    async all() {
      const list = await readList();
      const [model, price, book, guardrail] = await readAll(list, ['model', 'price', 'book', 'guardrail']);
      return { mark: numberOf(list[MARK]) ?? 0, model, price, book, guardrail } as unknown as AllOverrides;
    },

    async list(kind) {
      const [found] = await readAll(await readList(), [kind]);
      return found as never;
    },

    async get(kind, id) {
      const { Item: item } = await connector.getItem(
        { TableName: table, Key: { pk: { S: keyOf(kind, id) } }, ConsistentRead: true },
        { timeoutMs: TIMEOUT_MS },
      );
      return item === undefined ? undefined : (read(fromItem(item)) as never);
    },

    put(kind, override, generationAsRead) {
      const fields: Record<string, Storable | undefined> = { pk: keyOf(kind, override.id) };
      for (const [name, value] of Object.entries(override)) fields[ATTRIBUTES[name] ?? name] = value as Storable | undefined;
      const condition =
        generationAsRead === undefined ? { ConditionExpression: 'attribute_not_exists(pk)' } : generationIs(generationAsRead);
      return write(kind, override.id, 'ADD', { Put: { TableName: table, Item: toItem(fields), ...condition } });
    },

    remove: (kind, id, generationAsRead) =>
      write(kind, id, 'DELETE', {
        Delete: { TableName: table, Key: { pk: { S: keyOf(kind, id) } }, ...generationIs(generationAsRead) },
      }),
  };
}

function read(attributes: Record<string, unknown>): Record<string, unknown> {
  const override: Record<string, unknown> = {};
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute !== 'pk') override[FIELDS.get(attribute) ?? attribute] = value;
  }
  return override;
}

import { createHash } from 'node:crypto';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

/**
 * The value of a dimension under which a key's requests of a month are counted: its own, `other` where the key has as many as it may have,
 * or undefined where it is of a dimension too many. Always the same for the same month, once a request was counted.
 */
export type CountedValue = (keyId: string, month: string, dimension: string, value: string) => Promise<string | undefined>;

/** What stands for all values beyond those that are counted apart. */
export const OTHER_VALUES = 'other';
/** Values of one dimension that one key may have in a month: callers choose them. */
export const MOST_VALUES = 100;
/** Names of labels likewise. */
export const MOST_LABELS = 8;
/** All that callers choose; what administrators name is bounded by their naming it. */
const CHOSEN = /^(?:alias|model|outcome|end_user|label:)/;
const LABEL = 'label:';
const NAMES = 'labels';

const TIMEOUT_MS = 5_000;
const MOST_REMEMBERED = 20_000;
/** What is adjusted late still finds how it was counted. */
const DAYS_KEPT = 120;

/** @param table name of the records table */
export function createCountedValues(connector: DynamoDbConnector, table: string): CountedValue {
  /** The digests of an item, by attribute, as they were when it was read. */
  const remembered = new Map<string, Promise<Map<string, ReadonlySet<string>>>>();

  async function read(pk: string): Promise<Map<string, ReadonlySet<string>>> {
    const { Item: item = {} } = await connector.getItem(
      { TableName: table, Key: { pk: { S: pk }, sk: { S: 'values' } }, ConsistentRead: true },
      { timeoutMs: TIMEOUT_MS },
    );
    return new Map(Object.entries(item).flatMap(([name, { SS: digests }]) => (digests === undefined ? [] : [[name, new Set(digests)]])));
  }

  function known(pk: string): Promise<Map<string, ReadonlySet<string>>> {
    const found = remembered.get(pk);
    if (found !== undefined) return found;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const reading = read(pk);
    remembered.set(pk, reading);
    reading.catch(() => remembered.delete(pk));
    return reading;
  }

  /** Whether the value is counted apart. */
  async function isCounted(pk: string, month: string, attribute: string, value: string, most: number): Promise<boolean> {
    const digest = createHash('sha256').update(value).digest('base64url').slice(0, 12);
    const sets = await known(pk);
    const before = sets.get(attribute);
    if (before?.has(digest) === true) return true;
    if ((before?.size ?? 0) >= most) return false;
    const result = await conditional(() =>
      connector.updateItem(
        {
          TableName: table,
          Key: { pk: { S: pk }, sk: { S: 'values' } },
          UpdateExpression: 'SET #ttl = :ttl ADD #values :own',
          ConditionExpression: 'attribute_not_exists(#values) OR contains(#values, :digest) OR size(#values) < :most',
          ExpressionAttributeNames: { '#ttl': 'ttl', '#values': attribute },
          ExpressionAttributeValues: {
            ':ttl': { N: String(Math.floor(Date.parse(`${month}-01T00:00:00Z`) / 1_000) + DAYS_KEPT * 86_400) },
            ':own': { SS: [digest] },
            ':digest': { S: digest },
            ':most': { N: String(most) },
          },
        },
        { timeoutMs: TIMEOUT_MS },
      ),
    );
    if (result === 'done') sets.set(attribute, new Set([...(before ?? []), digest]));
    else remembered.delete(pk);
    return result === 'done';
  }

  return async (keyId, month, dimension, value) => {
    if (!CHOSEN.test(dimension)) return value;
    const pk = `usage-values#${month}#${keyId}`;
    if (dimension.startsWith(LABEL) && !(await isCounted(pk, month, NAMES, dimension, MOST_LABELS))) return undefined;
    return (await isCounted(pk, month, dimension, value, MOST_VALUES)) ? value : OTHER_VALUES;
  };
}

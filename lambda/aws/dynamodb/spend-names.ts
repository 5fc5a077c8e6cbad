import { createHash } from 'node:crypto';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { monthOf, OTHER_NAMES, partition } from './spend-change';

/**
 * The names under which a call is counted at a level: its own, or `OTHER_NAMES` where the level has as many as it may have in that month.
 * Always the same for the same month and names.
 */
export type CountedNames = (level: string, atMs: number, names: string) => Promise<string>;

/** Bounds what is read when a budget begins; a caller may ask for models by many names. */
export const MOST_NAMES = 64;
const TIMEOUT_MS = 5_000;
const MOST_REMEMBERED = 20_000;
/** What is adjusted late still finds where it was counted. */
const DAYS_KEPT = 120;

export function createCountedNames(connector: DynamoDbConnector, table: string): CountedNames {
  const remembered = new Map<string, string>();

  return async function counted(level, atMs, names) {
    if (names === OTHER_NAMES) return OTHER_NAMES;
    const month = monthOf(atMs);
    const place = JSON.stringify([level, month, names]);
    const known = remembered.get(place);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(names).digest('base64url').slice(0, 16);
    const result = await conditional(() =>
      connector.updateItem(
        {
          TableName: table,
          Key: { pk: { S: partition(level) }, sk: { S: `names#${month}` } },
          UpdateExpression: 'SET #ttl = :ttl ADD #names :own',
          ConditionExpression: 'attribute_not_exists(#names) OR contains(#names, :hash) OR size(#names) < :most',
          ExpressionAttributeNames: { '#ttl': 'ttl', '#names': 'names' },
          ExpressionAttributeValues: {
            ':ttl': { N: String(Math.floor(atMs / 1_000) + DAYS_KEPT * 86_400) },
            ':own': { SS: [hash] },
            ':hash': { S: hash },
            ':most': { N: String(MOST_NAMES) },
          },
        },
        { timeoutMs: TIMEOUT_MS },
      ),
    );
    const own = result === 'done' ? names : OTHER_NAMES;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(place, own);
    return own;
  };
}

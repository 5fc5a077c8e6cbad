import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { PriceBookStore } from '../../money/ports';
import { MOST_BOOK_BYTES } from '../../money/pricing';
import type { DynamoDbConnector } from './dynamodb';

const TIMEOUT_MS = 5_000;
/** An item holds 400 KB. */
const MOST_PACKED_CHARACTERS = 390_000;

export function hashOfBook(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Price books kept in the identity table.
 *
 * @param table name of the identity table
 */
export function createPriceBookStore(connector: DynamoDbConnector, table: string): PriceBookStore {
  const keyOf = (sha256: string) => ({ pk: { S: `price-book#${sha256}` } });
  return {
    async read(sha256) {
      const { Item: item } = await connector.getItem(
        { TableName: table, Key: keyOf(sha256), ConsistentRead: true },
        { timeoutMs: TIMEOUT_MS },
      );
      if (item?.['gzip']?.S === undefined) return undefined;
      const text = gunzipSync(Buffer.from(item['gzip'].S, 'base64'), { maxOutputLength: MOST_BOOK_BYTES }).toString('utf8');
      return hashOfBook(text) === sha256 ? text : undefined;
    },

    async write(text) {
      const packed = gzipSync(text).toString('base64');
      if (packed.length > MOST_PACKED_CHARACTERS) throw new RangeError('the price book is too large');
      const item = { ...keyOf(hashOfBook(text)), gzip: { S: packed } };
      await connector.putItem({ TableName: table, Item: item }, { timeoutMs: TIMEOUT_MS });
    },

    async remove(sha256) {
      await connector.deleteItem({ TableName: table, Key: keyOf(sha256) }, { timeoutMs: TIMEOUT_MS });
    },
  };
}

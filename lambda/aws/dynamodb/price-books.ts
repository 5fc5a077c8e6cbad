import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MOST_BOOK_BYTES } from '../../money/pricing/book-file';
import type { DynamoDbConnector } from './dynamodb';

/** Texts of price books that were brought in at run time, each under its hash: one never changes. Which one holds, an override says. */
export interface PriceBookStore {
  /** Undefined: it is not there. @throws Error when what is there is not what the hash names */
  read(sha256: string): Promise<string | undefined>;
  /** @throws RangeError when it is too large for one item */
  write(text: string): Promise<void>;
  remove(sha256: string): Promise<void>;
}

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
      const { Item: item } = await connector.getItem({ TableName: table, Key: keyOf(sha256) }, { timeoutMs: TIMEOUT_MS });
      if (item?.['gzip']?.S === undefined) return undefined;
      const text = gunzipSync(Buffer.from(item['gzip'].S, 'base64'), { maxOutputLength: MOST_BOOK_BYTES }).toString('utf8');
      if (hashOfBook(text) !== sha256) throw new Error('the stored price book is not the one that its hash names');
      return text;
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

import { invalidRequest } from '../platform/error';
import { parseJson } from '../platform/json';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;
/** Characters. A longer cursor was not made here. */
const LONGEST_CURSOR = 1_024;

/** One page of a list, as the store gives it: `next` is where the next page begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  /** Position that an earlier page answered. */
  readonly after?: string;
}

/**
 * Reads `limit` and `cursor`. A cursor belongs to the list (and filter) that answered it.
 *
 * @throws GatewayError 400
 */
export function readPage(query: URLSearchParams, list: string): PageRequest {
  const text = query.get('limit');
  const limit = text === null ? DEFAULT_PAGE : Number(text);
  if (!/^\d{1,6}$/.test(text ?? '1') || limit < 1 || limit > LARGEST_PAGE) {
    throw invalidRequest('limit', `limit must be a whole number from 1 to ${LARGEST_PAGE}.`);
  }
  const cursor = query.get('cursor');
  if (cursor === null || cursor === '') return { limit };
  return { limit, after: decodeCursor(cursor, list) };
}

export function encodeCursor(position: string | undefined, list: string): string | null {
  return position === undefined ? null : Buffer.from(JSON.stringify([list, position])).toString('base64url');
}

function decodeCursor(cursor: string, list: string): string {
  const refuse = () => invalidRequest('cursor', 'cursor is not one that this list answered. Start again without it.');
  if (cursor.length > LONGEST_CURSOR || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw refuse();
  const value = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== list || typeof value[1] !== 'string') throw refuse();
  return value[1];
}

import type { Item, TableDefinition } from './types';

/** DynamoDB ignores times to live that are further back than five years. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 86_400;

/**
 * Whether an item's time to live has passed. An attribute that is absent or no number never expires.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function isExpired(item: Item, attribute: string, nowSeconds: number): boolean {
  const text = item[attribute]?.N;
  if (text === undefined) return false;
  const expires = Number(text);
  return expires <= nowSeconds && expires > nowSeconds - OLDEST_EXPIRY_SECONDS;
}

/** The answer of DescribeTimeToLive. */
export function describeTimeToLive({ TimeToLiveSpecification: life }: TableDefinition): Record<string, string> {
  return life === undefined ? { TimeToLiveStatus: 'DISABLED' } : { AttributeName: life.AttributeName, TimeToLiveStatus: 'ENABLED' };
}

/** For scripts/cost: what a write of an item is billed, and how large an item is, by the rules of the local DynamoDB. */

export { METRICS } from '../lib/private/contract';
export { sizeOf, writeUnits } from '../local/dynamodb/units';
export { TABLE_DEFINITIONS } from '../test/support/engine-dynamodb';

/** For scripts/cost: what a write of an item is billed, how large an item is, by the rules of the local DynamoDB, and what a trip is. */

export { ERROR_TYPES, METRIC_FACTS } from '../lib/private/contract';
export { sizeOf, writeUnits } from '../local/dynamodb/units';
export { requestTrace } from '../local/game-day/request-trace';
export { TABLE_DEFINITIONS } from '../test/support/engine-dynamodb';

/**
 * The table of a proxy function whose own work is measured: in memory, with the keys of the bench in it. The bench's bundle of the proxy has
 * it in place of the connector that `open-gateway.ts` takes.
 */
import { TABLE_NAMES } from '../../test/support/memory-dynamodb';
import { addKeys } from '../keys';
import { createMemoryTable } from '../memory-table';

const table = createMemoryTable();
await addKeys(table, TABLE_NAMES.identity);

export const createLeanDynamoDb = () => table;

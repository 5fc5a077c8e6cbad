import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDbConnector } from '../../aws/dynamodb';

type Stored = Record<string, AttributeValue>;

const DONE = { $metadata: {} } as const;

/**
 * The tables in memory, for calls that only run the code: at start, and in the bench, where what a table costs has rows of its own. It costs
 * next to nothing: what is put stays as it was put, a change of what is there is taken and forgotten, and nothing is refused but what is
 * not there. Records of requests are taken and forgotten; lists are empty.
 */
export function createStandInTable(): DynamoDbConnector {
  const rows = new Map<string, Stored>();
  const at = (key: Stored | undefined): Stored | undefined => rows.get(key?.['pk']?.S ?? '');

  return {
    batchGetItem: async ({ RequestItems: requests = {} }) => ({
      $metadata: {},
      Responses: Object.fromEntries(
        Object.entries(requests).map(([table, { Keys: keys = [] }]) => [
          table,
          keys.map((key) => at(key)).filter((row): row is Stored => row !== undefined),
        ]),
      ),
    }),
    getItem: async ({ Key: key }) => {
      const row = at(key);
      return row === undefined ? DONE : { $metadata: {}, Item: row };
    },
    putItem: async ({ Item: item = {} }) => {
      if (item['st'] === undefined) rows.set(item['pk']?.S ?? '', item);
      return DONE;
    },
    updateItem: async ({ Key: key, ReturnValues: wanted }) => {
      const row = at(key);
      if (row === undefined) throw Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });
      return wanted === 'ALL_NEW' ? { $metadata: {}, Attributes: row } : DONE;
    },
    query: async () => DONE,
    scan: async () => DONE,
    deleteItem: unexpected,
    transactWriteItems: unexpected,
  };
}

async function unexpected(): Promise<never> {
  throw new Error('the stand-in does not expect this call');
}

import batchGetItem from 'dynalite/actions/batchGetItem';
import batchWriteItem from 'dynalite/actions/batchWriteItem';
import createTable from 'dynalite/actions/createTable';
import deleteItem from 'dynalite/actions/deleteItem';
import deleteTable from 'dynalite/actions/deleteTable';
import describeTable from 'dynalite/actions/describeTable';
import getItem from 'dynalite/actions/getItem';
import listTables from 'dynalite/actions/listTables';
import putItem from 'dynalite/actions/putItem';
import query from 'dynalite/actions/query';
import scan from 'dynalite/actions/scan';
import updateItem from 'dynalite/actions/updateItem';
import db from 'dynalite/db';
import validations from 'dynalite/validations';
import batchGetItemInput from 'dynalite/validations/batchGetItem';
import batchWriteItemInput from 'dynalite/validations/batchWriteItem';
import createTableInput from 'dynalite/validations/createTable';
import deleteItemInput from 'dynalite/validations/deleteItem';
import deleteTableInput from 'dynalite/validations/deleteTable';
import describeTableInput from 'dynalite/validations/describeTable';
import getItemInput from 'dynalite/validations/getItem';
import listTablesInput from 'dynalite/validations/listTables';
import putItemInput from 'dynalite/validations/putItem';
import queryInput from 'dynalite/validations/query';
import scanInput from 'dynalite/validations/scan';
import updateItemInput from 'dynalite/validations/updateItem';
import { decideCondition } from './conditions';
import { asDynamoDbError } from './errors';
import type { Store } from './store';
import type { Item } from './types';

/** The operations that dynalite itself carries out. */
const OPERATIONS = {
  BatchGetItem: { action: batchGetItem, input: batchGetItemInput },
  BatchWriteItem: { action: batchWriteItem, input: batchWriteItemInput },
  CreateTable: { action: createTable, input: createTableInput },
  DeleteItem: { action: deleteItem, input: deleteItemInput },
  DeleteTable: { action: deleteTable, input: deleteTableInput },
  DescribeTable: { action: describeTable, input: describeTableInput },
  GetItem: { action: getItem, input: getItemInput },
  ListTables: { action: listTables, input: listTablesInput },
  PutItem: { action: putItem, input: putItemInput },
  Query: { action: query, input: queryInput },
  Scan: { action: scan, input: scanInput },
  UpdateItem: { action: updateItem, input: updateItemInput },
} as const;

export type Operation = keyof typeof OPERATIONS;

export type Output = Record<string, unknown>;

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(OPERATIONS, name);
}

/**
 * Checks the input as DynamoDB does and parses its expressions. The input itself stays as it is.
 *
 * @throws DynamoDbError ValidationException or SerializationException
 */
export function prepare(store: Store, operation: Operation, input: object): Output {
  const { types, custom } = OPERATIONS[operation].input;
  try {
    const data = validations.checkTypes(structuredClone(input), types);
    validations.checkValidations(data, types, custom, store);
    return data;
  } catch (error) {
    throw asDynamoDbError(error);
  }
}

/** Carries out an operation on a single item at once. */
export function runAtOnce(store: Store, operation: 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem', prepared: Output): Output {
  if (prepared._condition !== undefined) decideCondition(prepared, itemAt(store, prepared));
  let failure: unknown;
  let result: Output | undefined;
  OPERATIONS[operation].action(store, prepared, (error, output) => {
    failure = error;
    result = output;
  });
  if (failure) throw asDynamoDbError(failure);
  return result as Output;
}

/** The item that a prepared call is about; undefined also when its table or its key is wrong, which the action will say. */
export function itemAt(store: Store, { TableName, Key, Item: item }: Output): Item | undefined {
  const table = store.table(String(TableName));
  if (table === undefined) return undefined;
  const invalid = item === undefined ? db.validateKey(Key as Item, table) : db.validateItem(item as Item, table);
  return invalid ? undefined : store.getItemDb(table.TableName).map.get(db.createKey((item ?? Key) as Item, table));
}

/** Carries out any operation. */
export function run(store: Store, operation: Operation, prepared: Output): Promise<Output> {
  return new Promise((resolve, reject) => {
    OPERATIONS[operation].action(store, prepared, (error, output) => {
      if (error) reject(asDynamoDbError(error));
      else resolve(output as Output);
    });
  });
}

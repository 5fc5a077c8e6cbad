import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { GatewayTables } from '../tables';
import type { BundledFunction } from './bundled-function';
import { ENV } from './contract';

/** What one function may do on one table: the actions on its items, and on which of its indexes it may query. */
export interface TableAccess {
  readonly items: readonly string[];
  readonly query?: readonly string[];
}

/** What one function may do on the gateway's tables. */
export interface TablesAccess {
  readonly identity?: TableAccess;
  readonly counters?: TableAccess;
  readonly records?: TableAccess;
  readonly audit?: TableAccess;
}

/** Names of the tables that every function works with, in its environment. */
export function tableEnvironment(tables: GatewayTables): Record<string, string> {
  return {
    [ENV.IDENTITY_TABLE]: tables.identity.tableName,
    [ENV.COUNTERS_TABLE]: tables.counters.tableName,
    [ENV.RECORDS_TABLE]: tables.records.tableName,
  };
}

/** Allows a function exactly the listed actions, each table and index by its name. */
export function allowTables(fn: BundledFunction, tables: GatewayTables, access: TablesAccess): void {
  allowTable(fn, tables.identity, access.identity);
  allowTable(fn, tables.counters, access.counters);
  allowTable(fn, tables.records, access.records);
  allowTable(fn, tables.audit, access.audit);
  fn.allowKey(
    tables.encryptionKey,
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  );
}

function allowTable(fn: BundledFunction, table: dynamodb.Table, access: TableAccess | undefined): void {
  if (access === undefined) return;
  fn.allow(
    access.items.map((action) => `dynamodb:${action}`),
    [table.tableArn],
  );
  const indexes = (access.query ?? []).map((index) => indexArn(table, index));
  if (indexes.length > 0) fn.allow(['dynamodb:Query'], indexes);
}

/** ARN of one index. */
export function indexArn(table: dynamodb.ITable, index: string): string {
  return `${table.tableArn}/index/${index}`;
}

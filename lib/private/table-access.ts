import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { GatewayTables } from '../tables';
import { ENV } from './contract';
import { allow, allowKey } from './role-access';

/** What one role may do on one table: the actions on its items, and on which of its indexes it may query. */
export interface TableAccess {
  readonly items: readonly string[];
  readonly query?: readonly string[];
}

/** What one role may do on the gateway's tables. */
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

/** Allows a role exactly the listed actions, each table and index by its name. */
export function allowTables(role: iam.IRole, tables: GatewayTables, access: TablesAccess): void {
  allowTable(role, tables.identity, access.identity);
  allowTable(role, tables.counters, access.counters);
  allowTable(role, tables.records, access.records);
  allowTable(role, tables.audit, access.audit);
  allowKey(
    role,
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

function allowTable(role: iam.IRole, table: dynamodb.Table, access: TableAccess | undefined): void {
  if (access === undefined) return;
  allow(
    role,
    access.items.map((action) => `dynamodb:${action}`),
    [table.tableArn],
  );
  const indexes = (access.query ?? []).map((index) => indexArn(table, index));
  if (indexes.length > 0) allow(role, ['dynamodb:Query'], indexes);
}

/** ARN of one index. */
export function indexArn(table: dynamodb.ITable, index: string): string {
  return `${table.tableArn}/index/${index}`;
}

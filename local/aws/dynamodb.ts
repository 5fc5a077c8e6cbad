import type { DynamoDbEngine } from '../dynamodb/engine';
import { DynamoDbError } from '../dynamodb/errors';
import type { Access } from './authorizer';
import { type JsonObject, jsonService } from './json-service';
import { keyArn, type Place } from './names';
import { AwsError, type AwsService } from './service';

const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** DynamoDB's JSON API over the embedded engine. */
export function dynamoDbService(engine: DynamoDbEngine, region: string, account: string): AwsService {
  return jsonService({
    version: '1.0',
    namespace: 'com.amazon.coral.service',
    accesses: (action, input) => withKeys(dynamoDbAccesses(action, input, region, account), engine, { region, account }),
    async run(action, input, { consumption }) {
      try {
        return await engine.call(action, namesOnly(input), consumption);
      } catch (error) {
        if (!(error instanceof DynamoDbError)) throw error;
        throw new AwsError(error.name, error.message, error.statusCode, error.body);
      }
    },
  });
}

/**
 * The permissions that an operation needs: a transaction needs those of its parts, a query or scan of an index those on the index.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
function dynamoDbAccesses(action: string, input: JsonObject, region: string, account: string): Access[] {
  const table = (name: unknown): string =>
    String(name).startsWith('arn:') ? String(name) : `arn:aws:dynamodb:${region}:${account}:table/${String(name)}`;
  const need = (name: string, resource: string): Access => ({ action: `dynamodb:${name}`, resource });
  switch (action) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return unique(
        listOf(input.TransactItems).flatMap((entry) =>
          Object.entries(entry).flatMap(([kind, part]) => {
            const name = TRANSACTION_ACTIONS[kind];
            if (name === undefined || part === null || typeof part !== 'object') return [];
            return [need(name, table((part as { TableName?: string }).TableName))];
          }),
        ),
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys((input.RequestItems ?? {}) as object).map((name) => need(action, table(name)));
    case 'Query':
    case 'Scan':
      return [
        need(action, input.IndexName === undefined ? table(input.TableName) : `${table(input.TableName)}/index/${String(input.IndexName)}`),
      ];
    case 'ListTables':
      return [need(action, '*')];
    default:
      return [need(action, table(input.TableName))];
  }
}

/**
 * Whoever uses a table that a customer's key encrypts needs the key.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
function withKeys(accesses: Access[], engine: DynamoDbEngine, place: Place): Access[] {
  const tables = new Set(accesses.map(({ resource }) => /:table\/([^/]+)/.exec(resource)?.[1] ?? ''));
  const keys = new Set([...tables].map((table) => keyArn(engine.encryptionKey(table), place)));
  return [...accesses, ...[...keys].flatMap((key) => (key === undefined ? [] : [{ action: 'kms:Decrypt', resource: key }]))];
}

function unique(accesses: readonly Access[]): Access[] {
  return [...new Map(accesses.map((access) => [JSON.stringify(access), access])).values()];
}

/** DynamoDB takes a table's ARN wherever it takes its name; the engine knows names. */
function namesOnly(input: JsonObject): JsonObject {
  return typeof input.TableName === 'string' && input.TableName.startsWith('arn:')
    ? { ...input, TableName: input.TableName.slice(input.TableName.indexOf('/') + 1) }
    : input;
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((entry): entry is JsonObject => entry !== null && typeof entry === 'object') : [];
}

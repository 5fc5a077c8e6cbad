import { createHash } from 'node:crypto';
import db from 'dynalite/db';
import { decideCondition } from './conditions';
import { asDynamoDbError, DynamoDbError, serviceError, validationError } from './errors';
import { itemAt, type Output, prepare, runAtOnce } from './operations';
import type { Store } from './store';
import type { DynaliteTable, Item } from './types';

const MOST_ITEMS = 100;
const MOST_BYTES = 4 * 1024 * 1024;
/** How long DynamoDB remembers a client request token. */
const TOKEN_LIFE_MS = 600_000;

/** The operation whose input each kind of write shares; a check takes what a removal takes. */
const WRITES = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'DeleteItem' } as const;
type WriteName = keyof typeof WRITES;

interface WriteInput extends Output {
  readonly TableName: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface Write {
  readonly name: WriteName;
  readonly input: WriteInput;
  readonly prepared: Output;
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/**
 * TransactWriteItems and TransactGetItems.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export class Transactions {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #tokens = new Map<string, { digest: string; expires: number }>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Writes all items or none. Runs at once: nothing can come in between.
   *
   * @throws DynamoDbError TransactionCanceledException with one reason per item; ValidationException;
   * IdempotentParameterMismatchException
   */
  write(input: Output): Output {
    const writes = this.#parse(input);
    const { ClientRequestToken: token } = input;
    const digest = digestOf(input);
    if (typeof token === 'string' && this.#isRepeated(token, digest)) return consumed(input, []);
    this.#refuseDuplicates(writes);
    this.#store.unit(() => {
      const reasons = writes.map((write) => this.#apply(write));
      if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    });
    if (typeof token === 'string') this.#tokens.set(token, { digest, expires: this.#now() + TOKEN_LIFE_MS });
    return consumed(
      input,
      writes.map(({ input: { TableName } }) => TableName),
    );
  }

  /** Whether writing this would change nothing, because it was written under its token before. */
  repeats(input: Output): boolean {
    const known = typeof input.ClientRequestToken === 'string' ? this.#tokens.get(input.ClientRequestToken) : undefined;
    return known !== undefined && known.expires > this.#now() && known.digest === digestOf(input);
  }

  /** Reads all items as of one moment. */
  read(input: Output): Output {
    const gets = listOf(input, 'TransactItems').map((entry) => {
      const get = entry.Get;
      if (get === null || typeof get !== 'object') throw validationError('TransactItems can only contain Get');
      return prepare(this.#store, 'GetItem', get);
    });
    const answers = gets.map((get) => {
      const { Item: item } = runAtOnce(this.#store, 'GetItem', get);
      return item === undefined ? {} : { Item: item };
    });
    return { Responses: answers };
  }

  #parse(input: Output): Write[] {
    const writes = listOf(input, 'TransactItems').map((entry): Write => {
      const names = Object.keys(entry).filter((name) => entry[name] !== undefined && entry[name] !== null);
      const name = names[0];
      if (names.length !== 1 || name === undefined || !Object.hasOwn(WRITES, name)) {
        throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
      }
      const write = entry[name] as WriteInput;
      if (name === 'ConditionCheck' && !write.ConditionExpression) {
        throw validationError(
          "1 validation error detected: Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null",
        );
      }
      return { name: name as WriteName, input: write, prepared: prepare(this.#store, WRITES[name as WriteName], write) };
    });
    const bytes = writes.reduce((sum, { prepared }) => sum + db.itemSize((prepared.Item ?? prepared.Key) as Item), 0);
    if (bytes > MOST_BYTES) throw validationError('Collection size has exceeded the maximum allowed size of 4 MB');
    return writes;
  }

  #isRepeated(token: string, digest: string): boolean {
    const now = this.#now();
    for (const [name, { expires }] of this.#tokens) {
      if (expires > now) break;
      this.#tokens.delete(name);
    }
    const known = this.#tokens.get(token);
    if (known !== undefined && known.digest !== digest) {
      throw serviceError(
        'IdempotentParameterMismatchException',
        'The request uses the same client token as a previous, but non-identical request. ' +
          'Do not reuse a client token with different requests, unless the requests are identical',
      );
    }
    return known !== undefined;
  }

  #refuseDuplicates(writes: readonly Write[]): void {
    const seen = new Set<string>();
    for (const { prepared, input } of writes) {
      const table = this.#tableOf(input.TableName);
      const item = (prepared.Item ?? prepared.Key) as Item;
      if (invalidKey(prepared, table) !== null) continue;
      const id = `${input.TableName}/${db.createKey(item, table)}`;
      if (seen.has(id)) throw validationError('Transaction request cannot include multiple operations on one item');
      seen.add(id);
    }
  }

  /** One write's reason: `None` when it was done. */
  #apply({ name, input, prepared }: Write): Reason {
    const table = this.#tableOf(input.TableName);
    const before = itemAt(this.#store, prepared);
    try {
      if (name === 'ConditionCheck') this.#check(prepared, table, before);
      else runAtOnce(this.#store, WRITES[name], prepared);
      return { Code: 'None' };
    } catch (error) {
      if (!(error instanceof DynamoDbError)) throw error;
      if (error.name === 'ConditionalCheckFailedException') {
        const old = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined ? { Item: before } : {};
        return { Code: 'ConditionalCheckFailed', Message: error.message, ...old };
      }
      if (error.name === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
      throw error;
    }
  }

  #check(prepared: Output, table: DynaliteTable, before: Item | undefined): void {
    decideCondition(prepared, before);
    const failure = db.validateKey(prepared.Key as Item, table) ?? db.checkConditional(prepared, before);
    if (failure) throw asDynamoDbError(failure);
  }

  #tableOf(name: string): DynaliteTable {
    const table = this.#store.table(name);
    if (table === undefined) throw serviceError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }
}

function digestOf(input: Output): string {
  return createHash('sha256').update(JSON.stringify(input.TransactItems)).digest('hex');
}

function invalidKey(prepared: Output, table: DynaliteTable): Error | null {
  const invalid = prepared.Item === undefined ? db.validateKey(prepared.Key as Item, table) : db.validateItem(prepared.Item as Item, table);
  return invalid ?? null;
}

function listOf(input: Output, name: string): Record<string, unknown>[] {
  const list = input[name];
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_ITEMS) {
    const [value, rule] = Array.isArray(list)
      ? list.length === 0
        ? ['[]', 'have length greater than or equal to 1']
        : [`[${list.length} items]`, `have length less than or equal to ${MOST_ITEMS}`]
      : ['null', 'not be null'];
    throw validationError(
      `1 validation error detected: Value '${value}' at 'transactItems' failed to satisfy constraint: Member must ${rule}`,
    );
  }
  return list as Record<string, unknown>[];
}

function cancelled(reasons: readonly Reason[]): DynamoDbError {
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`;
  return serviceError('TransactionCanceledException', message, { CancellationReasons: reasons });
}

/** A transactional write of up to 1 KB consumes two units. */
function consumed(input: Output, tables: readonly string[]): Output {
  const wanted = input.ReturnConsumedCapacity;
  if (wanted !== 'TOTAL' && wanted !== 'INDEXES') return {};
  const units = new Map<string, number>();
  for (const table of tables) units.set(table, (units.get(table) ?? 0) + 2);
  return {
    ConsumedCapacity: [...units].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits, WriteCapacityUnits: CapacityUnits })),
  };
}

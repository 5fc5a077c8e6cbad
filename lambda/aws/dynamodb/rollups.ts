import type { Page } from '../../platform/stored';
import { type Item, numberOf, toItem } from './attributes';
import { conditional, conditionalTransaction } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import type { Application, Applied } from './rollup-marks';
import { markKey, readMark, readTotals, writeMark } from './rollup-marks';
import { type RebuildRequest, writeRebuild } from './rollup-rebuild';
import type { RollupRow, Totals } from './rollup-totals';
import { addTotals, MEASURES } from './rollup-totals';
import type { SpendChange } from './spend-change';
import { type CountedNames, createCountedNames } from './spend-names';
import { writeSpend } from './spend-update';

/** A rebuilt day has a new epoch: its rows and marks are made anew beside the old ones. */
export interface Epochs {
  /** The one that is read. */
  readonly current: number;
  /** The one that a rebuild fills; live requests go to both. */
  readonly building?: number;
}

export interface RollupItem extends RollupRow {
  readonly day: string;
  readonly totals: Totals;
}

/** Daily sums of requests. A request adds to them exactly once, however often and in whatever order it is delivered. */
export interface RollupStore {
  epochs(day: string): Promise<Epochs>;
  /** Begins a rebuild, or joins the one under way. Answers the epoch that it fills. */
  beginRebuild(day: string): Promise<number>;
  /** Makes the rebuilt rows the ones that are read. `conflict`: somebody else has. */
  finishRebuild(day: string, epoch: number): Promise<'done' | 'conflict'>;
  /** What a request has added. Consistent. */
  applied(requestId: string, epoch: number): Promise<Applied | undefined>;
  /** Changes rows and marks, all or nothing. `conflict`: some request was applied in the meantime. */
  commit(
    epoch: number,
    applications: readonly Application[],
    changes: readonly RowChange[],
    spends: readonly SpendChange[],
    nowMs: number,
  ): Promise<'done' | 'conflict'>;
  /** The names that a request's spend is counted under, at one level. */
  readonly countedNames: CountedNames;
  /** One row of a day under an epoch, all its parts. Consistent. */
  row(row: RollupRow, day: string, epoch: number): Promise<Totals | undefined>;
  /** Parts of the rows of one dimension in one month (`2026-11`), by day, all epochs. Eventually consistent. */
  list(
    scope: string,
    dimension: string,
    month: string,
    options?: { readonly limit?: number; readonly after?: string },
  ): Promise<Page<ListedRow>>;
  /** Asks the usage function to make the rollups of a day anew, or to go on with it. */
  requestRebuild(request: RebuildRequest, nowMs: number): Promise<void>;
}

export interface ListedRow extends RollupItem {
  readonly epoch: number;
}

/** What is added to one row. */
export interface RowChange {
  readonly row: RollupRow;
  readonly day: string;
  readonly totals: Totals;
}

/**
 * Each row is kept in so many parts, one of which an environment writes: what all requests add to, such as the gateway's row, would else be
 * one item that every environment's transactions meet on.
 */
const PARTS = 16;
/** DynamoDB's limit on the items of one transaction. */
export const LARGEST_COMMIT = 100;
const TIMEOUT_MS = 5_000;

/**
 * Rollups, kept in the records table.
 *
 * @param table name of the records table
 * @param part of each row that this environment writes. Default: one at random
 */
export function createRollupStore(connector: DynamoDbConnector, table: string, part = Math.floor(Math.random() * PARTS)): RollupStore {
  const get = async (key: Item) =>
    (await connector.getItem({ TableName: table, Key: key, ConsistentRead: true }, { timeoutMs: TIMEOUT_MS })).Item as Item | undefined;

  const epochs = async (day: string) => readEpochs(await get(epochKey(day)));

  return {
    epochs,
    countedNames: createCountedNames(connector, table),

    async beginRebuild(day) {
      const { current, building } = await epochs(day);
      if (building !== undefined) return building;
      const begun = await conditional(() =>
        connector.putItem(
          {
            TableName: table,
            Item: { ...epochKey(day), ...toItem({ current, building: current + 1 }) },
            ConditionExpression: 'attribute_not_exists(building) AND (attribute_not_exists(pk) OR #current = :current)',
            ExpressionAttributeNames: { '#current': 'current' },
            ExpressionAttributeValues: { ':current': { N: String(current) } },
          },
          { timeoutMs: TIMEOUT_MS },
        ),
      );
      return begun === 'done' ? current + 1 : this.beginRebuild(day);
    },

    finishRebuild: (day, epoch) =>
      conditional(() =>
        connector.putItem(
          {
            TableName: table,
            Item: { ...epochKey(day), ...toItem({ current: epoch }) },
            ConditionExpression: 'building = :building',
            ExpressionAttributeValues: { ':building': { N: String(epoch) } },
          },
          { timeoutMs: TIMEOUT_MS },
        ),
      ),

    async applied(requestId, epoch) {
      const item = await get(markKey(requestId, epoch));
      return item === undefined ? undefined : readMark(item);
    },

    async commit(epoch, applications, changes, spends, nowMs) {
      const items = [
        ...applications.map((application) => ({ Put: { TableName: table, ...writeMark(application, epoch, nowMs) } })),
        ...changes.map((change) => ({ Update: { TableName: table, ...writeChange(change, epoch, part) } })),
        ...spends.map((spend) => ({ Update: { TableName: table, ...writeSpend(spend, part) } })),
      ];
      return conditionalTransaction(connector, items, TIMEOUT_MS);
    },

    async row(row, day, epoch) {
      const { pk, sk } = rowKey(row, day, epoch, '');
      const found = await connector.query(
        {
          TableName: table,
          KeyConditionExpression: 'pk = :list AND begins_with(sk, :row)',
          ExpressionAttributeValues: { ':list': pk, ':row': sk } as Item,
          ConsistentRead: true,
        },
        { timeoutMs: TIMEOUT_MS },
      );
      // One value may begin as another one does.
      const parts = (found.Items ?? []).filter((item) => item['value']?.S === row.value).map((item) => readTotals(item));
      return parts.length === 0 ? undefined : parts.reduce(addTotals);
    },

    async list(scope, dimension, month, options = {}) {
      const result = await connector.query(
        {
          TableName: table,
          KeyConditionExpression: options.after === undefined ? 'pk = :list' : 'pk = :list AND sk > :after',
          ExpressionAttributeValues: {
            ':list': { S: listName(scope, dimension, month) },
            ...(options.after === undefined ? {} : { ':after': { S: options.after } }),
          },
          ...(options.limit === undefined ? {} : { Limit: options.limit }),
        },
        { timeoutMs: TIMEOUT_MS },
      );
      const last = result.LastEvaluatedKey?.['sk']?.S;
      return { items: (result.Items ?? []).map(readRow), ...(last === undefined ? {} : { next: last }) };
    },

    async requestRebuild(request, nowMs) {
      await connector.putItem({ TableName: table, Item: writeRebuild(request, nowMs) }, { timeoutMs: TIMEOUT_MS });
    },
  };
}

function epochKey(day: string): Item {
  return { pk: { S: `rollup-day#${day}` }, sk: { S: 'epoch' } };
}

function readEpochs(item: Item | undefined): Epochs {
  const building = numberOf(item?.['building']);
  return { current: numberOf(item?.['current']) ?? 0, ...(building === undefined ? {} : { building }) };
}

/** All rows of a dimension in a month stand under one key, by day, so that they are read together without an index. */
function rowKey(row: RollupRow, day: string, epoch: number, part: number | ''): { readonly pk: { S: string }; readonly sk: { S: string } } {
  return { pk: { S: listName(row.scope, row.dimension, day.slice(0, 7)) }, sk: { S: `${day}#${epoch}#${row.value}#${part}` } };
}

function listName(scope: string, dimension: string, month: string): string {
  return `rollup#${scope}#${dimension}#${month}`;
}

function writeChange({ row, day, totals }: RowChange, epoch: number, part: number) {
  const names: Record<string, string> = {};
  const values: Item = {};
  const assignments = Object.entries(toItem(namesOf(row, day, epoch))).map(([name, value], index) => {
    names[`#s${index}`] = name;
    values[`:s${index}`] = value;
    return `#s${index} = :s${index}`;
  });
  const additions = MEASURES.filter((measure) => totals[measure] !== 0n).map((measure) => {
    names[`#${measure}`] = measure;
    values[`:${measure}`] = { N: String(totals[measure]) };
    return `#${measure} :${measure}`;
  });
  return {
    Key: rowKey(row, day, epoch, part),
    UpdateExpression: `SET ${assignments.join(', ')} ADD ${additions.join(', ')}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

function namesOf(row: RollupRow, day: string, epoch: number) {
  return { day, epoch, scope: row.scope, dimension: row.dimension, value: row.value, team_id: row.teamId };
}

function readRow(item: Item): ListedRow {
  const teamId = item['team_id']?.S;
  return {
    scope: item['scope']?.S ?? '',
    dimension: item['dimension']?.S ?? '',
    value: item['value']?.S ?? '',
    day: item['day']?.S ?? '',
    epoch: numberOf(item['epoch']) ?? 0,
    totals: readTotals(item),
    ...(teamId === undefined ? {} : { teamId }),
  };
}

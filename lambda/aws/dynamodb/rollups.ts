import type { RowChange } from '../../money/rollup';
import type { Page } from '../../platform/stored';
import { type Item, numberOf, toItem } from './attributes';
import { conditional, conditionalTransaction } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { writeChangedDay } from './exports';
import type { Application, Applied } from './rollup-marks';
import { markKey, readMark, writeMark } from './rollup-marks';
import { type RebuildRequest, writeRebuild } from './rollup-rebuild';
import { retireRows } from './rollup-retire';
import { type ListedRow, listOfRows, readRow, writeRow } from './rollup-row';
import type { SpendChange } from './spend-change';
import { type CountedNames, createCountedNames } from './spend-names';
import { writeSpend } from './spend-update';
import { type CountedValue, createCountedValues } from './usage-values';

/** A rebuilt day has a new epoch: its rows and marks are made anew beside the old ones. */
export interface Epochs {
  /** The one that is read. */
  readonly current: number;
  /** The one that a rebuild fills; live requests go to both. */
  readonly building?: number;
}

/** Sums of an hour's requests that are alike, one row each. A request adds to them exactly once, however often and in whatever order it is delivered. */
export interface RollupStore {
  epochs(day: string): Promise<Epochs>;
  /** Begins a rebuild, or joins the one under way. Answers the epoch that it fills. */
  beginRebuild(day: string): Promise<number>;
  /** Makes the rebuilt rows the ones that are read, and marks the day for its export. `conflict`: somebody else has. */
  finishRebuild(day: string, epoch: number, nowMs: number): Promise<'done' | 'conflict'>;
  /** Empties the rows of a day that are below the epoch which is read. Answers whether that is all. */
  retire(day: string, epoch: number, nowMs: number, stop: () => boolean): Promise<boolean>;
  /** What a request has added. Consistent. */
  applied(requestId: string, epoch: number): Promise<Applied | undefined>;
  /**
   * Changes rows and marks, all or nothing. `conflict`: some request was applied in the meantime.
   *
   * @param isContended another writer was met: a part of the rows is changed that it may not be at
   */
  commit(
    epoch: number,
    applications: readonly Application[],
    changes: readonly RowChange[],
    spends: readonly SpendChange[],
    nowMs: number,
    isContended?: boolean,
  ): Promise<'done' | 'conflict'>;
  /** The names that a request's spend is counted under, at one level. */
  readonly countedNames: CountedNames;
  /** The values that a key's requests are counted under. */
  readonly countedValue: CountedValue;
  /** Rows of one of a month's lists, in the order of their hours, all epochs and parts. Eventually consistent. @param hours first and last */
  list(month: string, list: number, hours: readonly [first: string, last: string], after?: string): Promise<Page<ListedRow>>;
  /** Asks the usage function to make the rollups of a day anew, or to go on with it. */
  requestRebuild(request: RebuildRequest, nowMs: number): Promise<void>;
}

/** Writers that meet on a row, which all requests of an hour may add to, go on in parts of it, so many at the most. */
const PARTS = 16;
/** DynamoDB's limit on the items of one transaction. */
export const LARGEST_COMMIT = 100;
const TIMEOUT_MS = 5_000;

/**
 * Rollups, kept in the records table.
 *
 * @param table name of the records table
 * @param random from 0 to 1
 */
export function createRollupStore(connector: DynamoDbConnector, table: string, random: () => number = Math.random): RollupStore {
  const get = async (key: Item) =>
    (await connector.getItem({ TableName: table, Key: key, ConsistentRead: true }, { timeoutMs: TIMEOUT_MS })).Item as Item | undefined;

  const epochs = async (day: string) => readEpochs(await get(epochKey(day)));

  return {
    epochs,
    countedNames: createCountedNames(connector, table),
    countedValue: createCountedValues(connector, table),

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

    finishRebuild: (day, epoch, nowMs) =>
      conditionalTransaction(
        connector,
        [
          {
            Put: {
              TableName: table,
              Item: { ...epochKey(day), ...toItem({ current: epoch }) },
              ConditionExpression: 'building = :building',
              ExpressionAttributeValues: { ':building': { N: String(epoch) } },
            },
          },
          { Put: { TableName: table, Item: writeChangedDay(day, String(epoch), nowMs) } },
        ],
        TIMEOUT_MS,
      ),

    retire: (day, epoch, nowMs, stop) => retireRows(connector, table, { day, epoch, nowMs }, stop),

    async applied(requestId, epoch) {
      const item = await get(markKey(requestId, epoch));
      return item === undefined ? undefined : readMark(item);
    },

    async commit(epoch, applications, changes, spends, nowMs, isContended = false) {
      const part = isContended ? 1 + Math.floor(random() * (PARTS - 1)) : 0;
      const items = [
        ...applications.map((application) => ({ Put: { TableName: table, ...writeMark(application, epoch, nowMs) } })),
        ...changes.map((change) => ({ Update: { TableName: table, ...writeRow(change, epoch, part) } })),
        ...spends.map((spend) => ({ Update: { TableName: table, ...writeSpend(spend, part) } })),
      ];
      return conditionalTransaction(connector, items, TIMEOUT_MS);
    },

    async list(month, list, [first, last], after) {
      const result = await connector.query(
        {
          TableName: table,
          KeyConditionExpression: 'pk = :list AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':list': { S: listOfRows(month, list) },
            ':first': { S: first },
            // Behind all that begins with the hour.
            ':last': { S: `${last}$` },
          },
          ...(after === undefined ? {} : { ExclusiveStartKey: { pk: { S: listOfRows(month, list) }, sk: { S: after } } }),
        },
        { timeoutMs: TIMEOUT_MS },
      );
      const next = result.LastEvaluatedKey?.['sk']?.S;
      return { items: (result.Items ?? []).map(readRow), ...(next === undefined ? {} : { next }) };
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

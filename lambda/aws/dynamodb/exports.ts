import { fromItem, toItem } from './attributes';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

/** How far the export of spend has come. */
export interface ExportProgress {
  /** UTC day on which it began. */
  readonly begun: string;
  /** The next day to write; it goes back from there. */
  readonly next: string;
}

/** A day that was made anew since it was written. */
export interface ChangedDay {
  readonly day: string;
  /** What marked it. */
  readonly mark: string;
}

/** What the export of spend has written, and what it is to write again. */
export interface ExportStore {
  progress(): Promise<ExportProgress | undefined>;
  keep(progress: ExportProgress): Promise<void>;
  changed(): Promise<readonly ChangedDay[]>;
  /** Notes that a day was written as of its mark. */
  written(changed: ChangedDay, nowMs: number): Promise<void>;
}

const PARTITION = 'exports';
const PROGRESS = 'progress';
const DAY_PREFIX = 'day#';
const KEPT_DAYS = 40;
const TIMEOUT_MS = 5_000;

/** What marks a day as one that is to be written again. @param mark another one each time */
export function writeChangedDay(day: string, mark: string, nowMs: number) {
  return toItem({ pk: PARTITION, sk: `${DAY_PREFIX}${day}`, mark, ttl: Math.floor(nowMs / 1_000) + KEPT_DAYS * 86_400 });
}

/** @param table name of the records table */
export function createExportStore(connector: DynamoDbConnector, table: string): ExportStore {
  return {
    async progress() {
      const key = toItem({ pk: PARTITION, sk: PROGRESS });
      const { Item: item } = await connector.getItem({ TableName: table, Key: key, ConsistentRead: true }, { timeoutMs: TIMEOUT_MS });
      return item === undefined ? undefined : { begun: item['begun']?.S ?? '', next: item['next']?.S ?? '' };
    },
    async keep({ begun, next }) {
      await connector.putItem({ TableName: table, Item: toItem({ pk: PARTITION, sk: PROGRESS, begun, next }) }, { timeoutMs: TIMEOUT_MS });
    },
    async changed() {
      const { Items: items = [] } = await connector.query(
        {
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: toItem({ ':pk': PARTITION, ':prefix': DAY_PREFIX }),
          ConsistentRead: true,
        },
        { timeoutMs: TIMEOUT_MS },
      );
      return items.flatMap((item) => {
        const { sk = '', mark, written } = fromItem(item) as Readonly<Record<string, string | undefined>>;
        return mark === undefined || mark === written ? [] : [{ day: sk.slice(DAY_PREFIX.length), mark }];
      });
    },
    async written({ day, mark }, nowMs) {
      await conditional(() =>
        connector.putItem(
          {
            TableName: table,
            Item: { ...writeChangedDay(day, mark, nowMs), ...toItem({ written: mark }) },
            ConditionExpression: 'mark = :mark',
            ExpressionAttributeValues: toItem({ ':mark': mark }),
          },
          { timeoutMs: TIMEOUT_MS },
        ),
      );
    },
  };
}

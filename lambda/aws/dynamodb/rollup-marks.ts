import { bigintOf, type Item, numberOf, toItem } from './attributes';
import type { Contribution, Measure, RollupRow, Totals } from './rollup-totals';
import { MEASURES } from './rollup-totals';

/** What a request has added to the rollups so far, under one epoch. */
export interface Applied {
  readonly rank: number;
  readonly totals: Totals;
  readonly rows: readonly RollupRow[];
}

/** The change that one request makes, and what it must still find as it was. */
export interface Application {
  readonly contribution: Contribution;
  /** What was applied before; undefined: nothing yet. */
  readonly before: Applied | undefined;
}

/** Longer than any record can still change: the settlement queue keeps messages 14 days. */
const MARK_DAYS = 35;

export function markKey(requestId: string, epoch: number): Item {
  return { pk: { S: `rolled#${requestId}` }, sk: { S: String(epoch) } };
}

/** The mark that says what a request has added, held against what it had added before. */
export function writeMark({ contribution, before }: Application, epoch: number, nowMs: number) {
  const { requestId, rank, totals, rows } = contribution;
  return {
    Item: {
      ...markKey(requestId, epoch),
      ...toItem({ rank, ...totals, ttl: Math.floor(nowMs / 1_000) + MARK_DAYS * 86_400 }),
      rows: { S: JSON.stringify(rows.map(packRow)) },
    },
    ...(before === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#rank = :rank',
          ExpressionAttributeNames: { '#rank': 'rank' },
          ExpressionAttributeValues: { ':rank': { N: String(before.rank) } },
        }),
  };
}

export function readMark(item: Item): Applied {
  return {
    rank: numberOf(item['rank']) ?? 0,
    totals: readTotals(item),
    rows: (JSON.parse(item['rows']?.S ?? '[]') as PackedRow[]).map(unpackRow),
  };
}

/** Marks are written once for each request, so they are kept small. */
type PackedRow = [scope: string, dimension: string, value: string, teamId?: string];

function packRow({ scope, dimension, value, teamId }: RollupRow): PackedRow {
  return teamId === undefined ? [scope, dimension, value] : [scope, dimension, value, teamId];
}

function unpackRow([scope, dimension, value, teamId]: PackedRow): RollupRow {
  return { scope, dimension, value, ...(teamId === undefined ? {} : { teamId }) };
}

export function readTotals(item: Item): Totals {
  return Object.fromEntries(MEASURES.map((measure) => [measure, bigintOf(item[measure]) ?? 0n])) as Record<Measure, bigint>;
}

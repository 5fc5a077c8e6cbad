import type { Contribution, RowChange, Sums } from '../../money/rollup';
import { type Item, toItem } from './attributes';

/** What a request has added to the rollups so far, under one epoch. */
export interface Applied {
  /** Its record will not change any more. */
  readonly final: boolean;
  /** What it added; nothing is said of what is final. */
  readonly rows: readonly RowChange[];
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

/** The mark that says that a request has been added, held against what it had added before. */
export function writeMark({ contribution, before }: Application, epoch: number, nowMs: number) {
  const { requestId, final, rows } = contribution;
  return {
    Item: {
      ...markKey(requestId, epoch),
      ...toItem({ final, ttl: Math.floor(nowMs / 1_000) + MARK_DAYS * 86_400 }),
      ...(final ? {} : { rows: { S: JSON.stringify(rows.map(packRow)) } }),
    },
    ...(before === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#final = :not',
          ExpressionAttributeNames: { '#final': 'final' },
          ExpressionAttributeValues: { ':not': { BOOL: false } },
        }),
  };
}

export function readMark(item: Item): Applied {
  return { final: item['final']?.BOOL === true, rows: (JSON.parse(item['rows']?.S ?? '[]') as PackedRow[]).map(unpackRow) };
}

/** Whole numbers have no bounds, so they travel as text. */
type PackedRow = Omit<RowChange, 'sums'> & { readonly sums: Readonly<Record<string, string>> };

function packRow({ sums, ...row }: RowChange): PackedRow {
  return { ...row, sums: Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, String(value)])) };
}

function unpackRow({ sums, ...row }: PackedRow): RowChange {
  const exact: Sums = Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, BigInt(value)]));
  return { ...row, sums: exact };
}

import { createHash } from 'node:crypto';
import { nameOfRow, type RowChange, type Sums, textOfTuple, type UsageTuple } from '../../money/rollup';
import { bigintOf, type Item } from './attributes';

/** A row, or a part of one. */
export interface ListedRow {
  /** UTC hour: `2026-11-24T12`. */
  readonly hour: string;
  readonly epoch: number;
  readonly tuple: UsageTuple;
  readonly sums: Sums;
}

/** Rows of a month are spread over so many lists, all of one key in the same one. */
export const ROW_LISTS = 16;
const TUPLE = 'tuple';
const KEYS: ReadonlySet<string> = new Set(['pk', 'sk', 'ttl', TUPLE]);

/** @param month such as `2026-11` */
export function listOfRows(month: string, list: number): string {
  return `usage#${month}#${list}`;
}

/** The list that a key's rows are in. */
export function listOfKey(keyId: string | undefined): number {
  return (
    createHash('sha256')
      .update(keyId ?? '')
      .digest()
      .readUInt8(0) % ROW_LISTS
  );
}

/** @param part of the row; rows have parts only where two writers met */
export function writeRow(change: RowChange, epoch: number, part: number) {
  const { hour, tuple, sums } = change;
  const names: Record<string, string> = { '#t': TUPLE };
  const values: Item = { ':t': { S: textOfTuple(tuple) } };
  const additions = Object.entries(sums).map(([name, value], index) => {
    const short = `a${index.toString(36)}`;
    names[`#${short}`] = name;
    values[`:${short}`] = { N: String(value) };
    return `#${short} :${short}`;
  });
  const digest = createHash('sha256').update(nameOfRow(change)).digest('base64url').slice(0, 16);
  return {
    Key: {
      pk: { S: listOfRows(hour.slice(0, 7), listOfKey(tuple.key)) },
      sk: { S: `${hour}#${epoch}#${digest}#${part}` },
    },
    UpdateExpression: `SET #t = :t ADD ${additions.join(', ')}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

export function readRow(item: Item): ListedRow {
  const [hour = '', epoch = ''] = (item['sk']?.S ?? '').split('#');
  const sums: Record<string, bigint> = {};
  for (const name in item) if (!KEYS.has(name)) sums[name] = bigintOf(item[name]) ?? 0n;
  return { hour, epoch: Number(epoch), tuple: JSON.parse(item[TUPLE]?.S ?? '{}') as UsageTuple, sums };
}

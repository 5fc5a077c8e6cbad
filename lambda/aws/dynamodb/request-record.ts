import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { STREAMED_RECORDS } from '../../../lib/private/contract';
import type { KeptRecord } from '../../money/ports';
import type { FieldType, HeldPage, RecordField } from '../../money/record';
import { named, RECORD_FIELDS } from '../../money/record';
import { bigintOf, fromAttribute, type Item, toAttribute } from './attributes';

/** How one type of field is kept. */
interface Codec {
  readonly write: (value: never) => AttributeValue;
  readonly read: (attribute: AttributeValue) => unknown;
}

const PLAIN: Codec = { write: toAttribute, read: fromAttribute };

const CODECS: Readonly<Record<FieldType, Codec>> = {
  text: PLAIN,
  time: PLAIN,
  'epoch-ms': PLAIN,
  state: PLAIN,
  operation: PLAIN,
  dialect: PLAIN,
  flag: PLAIN,
  integer: PLAIN,
  count: PLAIN,
  milliseconds: PLAIN,
  'fine-milliseconds': PLAIN,
  money: { write: PLAIN.write, read: bigintOf },
  'money-change': { write: PLAIN.write, read: bigintOf },
  usd: PLAIN,
  names: { write: writeNames, read: PLAIN.read },
  labels: PLAIN,
  counts: PLAIN,
  amounts: PLAIN,
  usage: PLAIN,
  attempts: PLAIN,
  verdicts: PLAIN,
  pages: { write: writePages, read: readPages },
};

/** Fields with what writes them. */
export function writable<Of extends RecordField>(fields: Readonly<Record<string, Of>>) {
  return named<RecordField>(fields).map(({ name, attribute, type }) => ({
    name,
    attribute,
    placeholder: `:${attribute}`,
    write: CODECS[type].write as (value: unknown) => AttributeValue,
  }));
}
export type WritableField = ReturnType<typeof writable>[number];

/** An object with all its keys is copied at once; one that grows key by key is slow to make. */
export function blankItem(names: readonly string[]): Item {
  return JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, { NULL: true }])))) as Item;
}

const READERS = new Map<string, { readonly name: string; readonly read: Codec['read'] }>(
  named<RecordField>(RECORD_FIELDS).map(({ name, attribute, type }) => [attribute, { name, read: CODECS[type].read }]),
);

/** Between a page, its periods, and the number of a try, as in `page#team#t1#*`, `month`, `1793491200`, `2`: no name has a line's end in it. */
const BETWEEN = '\n';

const namesWritten = new WeakMap<readonly string[], AttributeValue>();

/** Where calls may go is one list for many of them. */
function writeNames(names: readonly string[]): AttributeValue {
  let attribute = namesWritten.get(names);
  if (attribute === undefined) {
    attribute = toAttribute(names);
    namesWritten.set(names, attribute);
  }
  return attribute;
}

function writePages(pages: readonly HeldPage[]): AttributeValue {
  return {
    L: pages.map(({ page, starts, tryNumber }) => {
      const periods = Object.entries(starts).flatMap(([name, startMs]) => [name, String(startMs / 1_000)]);
      return { S: [page, ...periods, ...(tryNumber === undefined ? [] : [String(tryNumber)])].join(BETWEEN) };
    }),
  };
}

function readPages({ L: pages = [] }: AttributeValue): readonly HeldPage[] {
  return pages.map(({ S: text = '' }) => {
    const [page = '', ...rest] = text.split(BETWEEN);
    const starts: Record<string, number> = {};
    for (let index = 0; index + 1 < rest.length; index += 2) starts[rest[index] as string] = Number(rest[index + 1]) * 1_000;
    return rest.length % 2 === 0 ? { page, starts } : { page, starts, tryNumber: Number(rest.at(-1)) };
  });
}

/** Reads an item of the records table, or an image of its stream, as a request's record. What is no field of a record is passed over. */
export function readRecord(item: Item): KeptRecord {
  const record: Record<string, unknown> = { boundNanoUsd: 0n, costNanoUsd: 0n, pages: [] };
  for (const attribute in item) {
    const field = READERS.get(attribute);
    if (field !== undefined) record[field.name] = field.read(item[attribute] as AttributeValue);
  }
  record['id'] = (item['pk']?.S ?? '').slice(REQUEST_PREFIX.length);
  const tokens = tokensOf(record as Pick<KeptRecord, 'usage' | 'costNanoUsd'>);
  if (tokens !== undefined) record['tokens'] = tokens;
  return record as unknown as KeptRecord;
}

function tokensOf({
  usage: { inputTokens, outputTokens } = {},
  costNanoUsd,
}: Pick<KeptRecord, 'usage' | 'costNanoUsd'>): number | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return costNanoUsd === 0n ? 0 : undefined;
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

/** Whether an item of the records table is a request's record. */
export function isRequestItem(item: Item): boolean {
  return item['pk']?.S?.startsWith(REQUEST_PREFIX) === true;
}

export const REQUEST_PREFIX = STREAMED_RECORDS.REQUEST;

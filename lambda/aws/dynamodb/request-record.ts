import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { STREAMED_RECORDS } from '../../../lib/private/contract';
import type { CounterReservation, FieldType, RecordField, RequestIntent, RequestRecord } from '../../money/record';
import { INTENT_FIELDS, named, RECORD_FIELDS } from '../../money/record';
import { bigintOf, fromAttribute, type Item, type Storable, toAttribute } from './attributes';
import { combinations } from './combinations';

/** How one type of field is kept. */
interface Codec {
  readonly write: (value: never) => AttributeValue;
  readonly read: (attribute: AttributeValue) => unknown;
}

const PLAIN: Codec = { write: (value: Storable) => toAttribute(value), read: fromAttribute };

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
  usd: PLAIN,
  names: PLAIN,
  labels: PLAIN,
  counts: PLAIN,
  amounts: PLAIN,
  usage: PLAIN,
  attempts: PLAIN,
  counters: { write: writeReservations, read: readReservations },
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

/** Keys and indexes: the store fills them in. */
const PLACE = ['pk', 'sk', 'open_shard', 'open_until'];
const shapeOf = combinations(writable(INTENT_FIELDS), (present) =>
  blankItem([...PLACE, 'state', 'updated_at', ...present.map(({ attribute }) => attribute)]),
);
const READERS = new Map<string, { readonly name: string; readonly read: Codec['read'] }>(
  named<RecordField>(RECORD_FIELDS).map(({ name, attribute, type }) => [attribute, { name, read: CODECS[type].read }]),
);

/** The item of a new intent, whose keys and indexes the store fills in. */
export function writeIntent(intent: RequestIntent): Item {
  const { present, made } = shapeOf(intent);
  const item: Item = { ...made };
  item['state'] = { S: 'intent' };
  item['updated_at'] = { S: intent.createdAt };
  for (const { name, attribute, write } of present) item[attribute] = write(intent[name as keyof RequestIntent]);
  return item;
}

/** All entries of a record's `counters`. */
export function writeReservations(counters: readonly CounterReservation[]): AttributeValue {
  return { L: counters.map(({ counter, nanoUsd }) => ({ M: { counter: { S: counter }, nano_usd: { N: String(nanoUsd) } } })) };
}

/** Reads an item of the records table, or an image of its stream, as a request's record. What is no field of a record is passed over. */
export function readRecord(item: Item): RequestRecord {
  const record: Record<string, unknown> = { boundNanoUsd: 0n, counters: [] };
  for (const attribute in item) {
    const field = READERS.get(attribute);
    if (field !== undefined) record[field.name] = field.read(item[attribute] as AttributeValue);
  }
  return record as unknown as RequestRecord;
}

function readReservations({ L: entries = [] }: AttributeValue): readonly CounterReservation[] {
  return entries.map(({ M: entry }) => ({
    counter: entry?.['counter']?.S ?? '',
    nanoUsd: bigintOf(entry?.['nano_usd']) ?? 0n,
  }));
}

/** Whether an item of the records table is a request's record. */
export function isRequestItem(item: Item): boolean {
  return item['pk']?.S?.startsWith(REQUEST_PREFIX) === true;
}

export const REQUEST_PREFIX = STREAMED_RECORDS.REQUEST;

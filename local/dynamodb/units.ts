import { sameItem, sameValue } from './equality';
import type { AttributeValue, DynaliteTable, Item, SecondaryIndex } from './types';

/** What a call consumes, in units as DynamoDB bills them on demand. */
export interface Consumption {
  readUnits: number;
  writeUnits: number;
}

const READ_BYTES = 4_096;
const WRITE_BYTES = 1_024;

/** Of one item read by its key; one that is not there costs the least. */
export function readUnits(item: Item | undefined, consistent: boolean): number {
  return blocks(sizeOf(item), READ_BYTES) * (consistent ? 1 : 0.5);
}

/**
 * Of one item written, the table's indexes included: the larger of the item before and after counts, and an index costs where what it
 * holds of the item changes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
 */
export function writeUnits(table: DynaliteTable, before: Item | undefined, after: Item | undefined): number {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return indexes.reduce((sum, index) => sum + indexUnits(table, index, before, after), largerBlocks(before, after));
}

/** Of a write that its condition refuses: what is there, or what was to be put there, is paid for all the same; indexes are not reached. */
export function refusedUnits(existing: Item | undefined, given: Item | undefined): number {
  return largerBlocks(existing, given);
}

function indexUnits(table: DynaliteTable, index: SecondaryIndex, before: Item | undefined, after: Item | undefined): number {
  const [old, next] = [entryOf(table, index, before), entryOf(table, index, after)];
  if (sameItem(old, next)) return 0;
  if (old === undefined || next === undefined || index.KeySchema.every(({ AttributeName: name }) => sameValue(old[name], next[name]))) {
    return largerBlocks(old, next);
  }
  // An entry that moves is removed and put.
  return largerBlocks(old, undefined) + largerBlocks(undefined, next);
}

/** What an index holds of an item; undefined where the item lacks a part of the index's key. */
function entryOf(table: DynaliteTable, index: SecondaryIndex, item: Item | undefined): Item | undefined {
  const keys = index.KeySchema.map(({ AttributeName: name }) => name);
  if (item === undefined || keys.some((name) => item[name] === undefined)) return undefined;
  const { ProjectionType: type = 'ALL', NonKeyAttributes: others = [] } = index.Projection;
  if (type === 'ALL') return item;
  const names = new Set([...table.KeySchema.map(({ AttributeName: name }) => name), ...keys, ...(type === 'INCLUDE' ? others : [])]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

function largerBlocks(one: Item | undefined, other: Item | undefined): number {
  return blocks(Math.max(sizeOf(one), sizeOf(other)), WRITE_BYTES);
}

/** Nothing is free. */
function blocks(bytes: number, each: number): number {
  return Math.max(1, Math.ceil(bytes / each));
}

/**
 * An item's size in bytes: names and values.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function sizeOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);
}

const CONTAINER_BYTES = 3;

function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return sizeOfNumber(value.N);
  if (value.B !== undefined) return sizeOfBinary(value.B);
  if (value.SS !== undefined) return total(value.SS, Buffer.byteLength);
  if (value.NS !== undefined) return total(value.NS, sizeOfNumber);
  if (value.BS !== undefined) return total(value.BS, sizeOfBinary);
  if (value.L !== undefined) return CONTAINER_BYTES + total(value.L, (part) => 1 + sizeOfValue(part));
  if (value.M !== undefined) return CONTAINER_BYTES + Object.keys(value.M).length + sizeOf(value.M);
  return 1;
}

/** A byte for two significant digits, one for the exponent, one for the sign of a negative number. */
function sizeOfNumber(text: string): number {
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[^\d]/g, '')
    .replace(/^0+|0+$/g, '');
  return 1 + Math.ceil(digits.length / 2) + (text.startsWith('-') ? 1 : 0);
}

function sizeOfBinary(base64: string): number {
  return Buffer.from(base64, 'base64').length;
}

function total<Part>(parts: readonly Part[], size: (part: Part) => number): number {
  return parts.reduce((sum, part) => sum + size(part), 0);
}

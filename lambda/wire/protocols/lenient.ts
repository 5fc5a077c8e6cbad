import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';

/** Readers for what providers send: a value of another type is as good as absent. */

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Undefined for the empty string too. */
export function nonEmptyText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A count of tokens or calls: a whole number that is not negative. */
export function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Longer than any prompt, in tokens. */
const BEYOND_PROMPTS = 20_000_000;

/** A part of a count, which some providers report larger than the whole. One that no prompt can have stays as false as it is. */
export function partOf(whole: number | undefined, part: number | undefined): number | undefined {
  if (part === undefined || whole === undefined || part > BEYOND_PROMPTS) return part;
  return Math.min(whole, part);
}

/** Names of fields that hold counts, in the spelling of any provider. */
const COUNTED = /(?:tokens?|counts?|requests|calls|sources_used|queries|units)$/i;
/** Deeper than any provider reports. */
const DEEPEST_COUNT = 4;

/**
 * Whether a report holds what cannot be a count where counts stand: a negative or broken number, one beyond all counts, a text.
 * What is absent or null is only not reported.
 */
export function hasBrokenCounts(reported: JsonObject, depth = 0): boolean {
  for (const name in reported) {
    const value = reported[name];
    if (value === null || value === undefined) continue;
    if (typeof value !== 'object') {
      if (countOf(value) === undefined && COUNTED.test(name)) return true;
    } else if (depth < DEEPEST_COUNT) {
      const inside = Array.isArray(value) ? objectsOf(value) : [value as JsonObject];
      if (inside.some((item) => hasBrokenCounts(item, depth + 1))) return true;
    }
  }
  return false;
}

export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

const NONE: readonly JsonObject[] = [];

/** The objects of an array; the array itself where it holds nothing else. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value) || value.length === 0) return NONE;
  return value.every(isJsonObject) ? value : value.filter(isJsonObject);
}

/** An object without the fields that are undefined, so that absent stays absent. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: Partial<Record<string, unknown>> = {};
  for (const name in fields) {
    if (fields[name] !== undefined) result[name] = fields[name];
  }
  return result as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Arguments of a call of a tool, none being an empty object. Some servers and clients write the object itself in place of its text. */
export function argumentsOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return '{}';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

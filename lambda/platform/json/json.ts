import { isUtf8 } from 'node:buffer';
import { MAX_BODY_BYTES } from '../../../lib/private/contract';
import { GatewayError, invalidRequest } from '../error';
import { parseEscapedKeys } from './escaped-keys';
import type { JsonLimits, JsonSpan, ScanFault } from './scan';
import { scanJsonObject } from './scan';
import type { JsonObject, JsonValue } from './value';

export type { JsonLimits, JsonSpan } from './scan';

/** What a request's body may be when nothing else is configured. */
export const REQUEST_LIMITS: JsonLimits = { maxBytes: MAX_BODY_BYTES, maxDepth: 100, maxKeys: 50_000 };

/** A parsed JSON object beside the bytes it was read from. */
export interface JsonDocument {
  readonly bytes: Buffer;
  readonly value: JsonObject;
  /** Where the value of each top-level field stands in `bytes`. */
  readonly spans: ReadonlyMap<string, JsonSpan>;
  /** The most that it is when its numbers are written anew: `1e20` becomes 21 digits. */
  readonly mostBytes: number;
}

/** A number below 1e21 is written without an exponent. */
const GROWTH_BYTES = 17;

/**
 * Reads a JSON object that somebody outside sent. Strict where laxness is dangerous: UTF-8 without BOM, no field twice in one
 * object (parsers differ in which one counts), no key that reaches a prototype, no number beyond a double, bounded depth and number of keys.
 *
 * @throws GatewayError 400, or 413 when it is larger than `limits.maxBytes`
 */
export function parseJsonDocument(bytes: Buffer, limits: JsonLimits = REQUEST_LIMITS): JsonDocument {
  if (bytes.length > limits.maxBytes) throw tooLarge(limits.maxBytes);
  if (bytes.length === 0) throw invalidJson('The request body is empty; a JSON object is expected.');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw invalidJson('The request body begins with a byte order mark; send plain UTF-8.');
  }
  if (!isUtf8(bytes)) throw invalidJson('The request body is not valid UTF-8.');

  const scan = scanJsonObject(bytes, limits);
  if ('fault' in scan) throw refusal(scan.fault, limits);
  const text = bytes.toString('utf8');
  const parsed = parseJson(text);
  if (parsed === undefined) throw refusal({ kind: 'malformed' }, limits);
  const value = (scan.escapedKeys ? parseEscapedKeys(text) : parsed) as JsonObject;
  if (countKeys(value) !== scan.keys) throw duplicateField('A field is given twice in one object of the request body.');
  return { bytes, value, spans: scan.spans, mostBytes: bytes.length + scan.exponents * GROWTH_BYTES };
}

/** Of all objects together: fewer than were written when one was written twice. */
function countKeys(value: JsonObject | readonly JsonValue[]): number {
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) keys += countKeys(item);
    return keys;
  }
  for (const name in value) {
    keys += 1;
    const inner = (value as JsonObject)[name];
    if (typeof inner === 'object' && inner !== null) keys += countKeys(inner);
  }
  return keys;
}

/** The object alone; see `parseJsonDocument`. */
export function parseJsonObject(bytes: Buffer, limits: JsonLimits = REQUEST_LIMITS): JsonObject {
  return parseJsonDocument(bytes, limits).value;
}

/** Reads JSON that we or a provider wrote: undefined when it is not JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** A 413 that says what is accepted. */
export function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError({
    code: 'request_too_large',
    message: `The request body is larger than ${maxBytes} bytes.`,
  });
}

function refusal(fault: ScanFault, limits: JsonLimits): GatewayError {
  switch (fault.kind) {
    case 'not-an-object':
      return invalidJson('The request body must be a JSON object.');
    case 'malformed':
      return invalidJson('The request body is not valid JSON.');
    case 'too-deep':
      return invalidJson(`The request body is nested deeper than ${limits.maxDepth} levels.`);
    case 'too-many-keys':
      return invalidJson(`The request body has more than ${limits.maxKeys} fields.`);
    case 'number-out-of-range':
      return invalidJson('The request body holds a number that is out of range.');
    case 'duplicate-key':
      return duplicateField(`The field '${fault.key.slice(0, 64)}' is given twice.`, fault.key.slice(0, 64));
    case 'forbidden-key':
      return invalidRequest(fault.key, `The field name '${fault.key}' is not accepted.`, 'forbidden_field');
  }
}

function duplicateField(message: string, field?: string): GatewayError {
  return invalidRequest(field, message, 'duplicate_field');
}

function invalidJson(message: string): GatewayError {
  return invalidRequest(undefined, message, 'invalid_json');
}

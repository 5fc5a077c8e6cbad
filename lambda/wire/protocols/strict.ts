import { type GatewayError, invalidRequest } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';

/**
 * Readers for what callers send: a value of another type is a 400 that names the field. `null` counts as absent, as both
 * OpenAI and Anthropic treat it.
 */

/** Most tokens, choices or other counts that any field may ask for. */
const MAX_COUNT = 100_000_000;

export function wrongType(path: string, expected: string): GatewayError {
  return invalidRequest(path, `${path} must be ${expected}.`, 'invalid_type');
}

export function optionalText(value: JsonValue | undefined, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(path, 'a string');
  return value;
}

export function requiredText(value: JsonValue | undefined, path: string): string {
  const text = optionalText(value, path);
  if (text === undefined) throw invalidRequest(path, `${path} is missing; give a string.`, 'missing_required_parameter');
  return text;
}

export function optionalFlag(value: JsonValue | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrongType(path, 'true or false');
  return value;
}

export function optionalNumber(value: JsonValue | undefined, path: string, minimum: number, maximum: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(path, 'a number');
  if (value < minimum || value > maximum) throw invalidRequest(path, `${path} must lie between ${minimum} and ${maximum}.`);
  return value;
}

export function optionalCount(value: JsonValue | undefined, path: string, minimum: number, maximum = MAX_COUNT): number | undefined {
  const count = optionalNumber(value, path, minimum, maximum);
  if (count !== undefined && !Number.isInteger(count)) throw wrongType(path, 'a whole number');
  return count;
}

export function optionalObject(value: JsonValue | undefined, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(path, 'an object');
  return value;
}

export function requiredObject(value: JsonValue | undefined, path: string): JsonObject {
  const object = optionalObject(value, path);
  if (object === undefined) throw invalidRequest(path, `${path} is missing; give an object.`, 'missing_required_parameter');
  return object;
}

export function optionalList(value: JsonValue | undefined, path: string): readonly JsonValue[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType(path, 'an array');
  return value;
}

/** The objects of a list; undefined when it is absent. */
export function optionalObjects(value: JsonValue | undefined, path: string): readonly JsonObject[] | undefined {
  return optionalList(value, path)?.map((item, index) => requiredObject(item, `${path}[${index}]`));
}

export function requiredMessages(value: JsonValue | undefined): readonly JsonObject[] {
  const messages = optionalObjects(value, 'messages');
  if (messages === undefined) throw invalidRequest('messages', 'messages is missing; give an array.', 'missing_required_parameter');
  if (messages.length === 0) throw invalidRequest('messages', 'messages must hold at least one message.');
  return messages;
}

export function optionalChoice<T extends string>(value: JsonValue | undefined, path: string, choices: readonly T[]): T | undefined {
  const text = optionalText(value, path);
  if (text === undefined) return undefined;
  if (!(choices as readonly string[]).includes(text)) throw invalidRequest(path, `${path} must be one of ${choices.join(', ')}.`);
  return text as T;
}

/** A map of strings. */
export function optionalTexts(value: JsonValue | undefined, path: string): Record<string, string> | undefined {
  const object = optionalObject(value, path);
  if (object === undefined) return undefined;
  return Object.fromEntries(Object.entries(object).map(([name, item]) => [name, requiredText(item, `${path}.${name}`)]));
}

/** Notes a field that is left out, once and without the numbers of lists, as callers are told of it. */
export function noteDropped(dropped: string[], path: string): void {
  const name = path.replace(/\[\d+\]/g, '');
  if (!dropped.includes(name)) dropped.push(name);
}

/** Notes the fields of an object that nobody reads. */
export function noteOthers(object: JsonObject, known: ReadonlySet<string>, path: string, dropped: string[]): void {
  for (const field in object) {
    const value = object[field];
    if (!known.has(field) && value !== undefined && value !== null) noteDropped(dropped, `${path}.${field}`);
  }
}

const MAX_TOOLS = 512;
const MAX_SCHEMA_NODES = 50_000;
const MAX_SCHEMA_DEPTH = 40;
const MAX_ENUM = 2_000;

/** Refuses lists of tools beyond what any provider takes. */
export function checkToolCount(count: number): void {
  if (count > MAX_TOOLS) throw invalidRequest('tools', `The call holds ${count} tools; at most ${MAX_TOOLS} are accepted.`);
}

/** Refuses schemas so large or deep that they serve only to exhaust the provider or us. */
export function checkSchema(schema: JsonObject, path: string): void {
  let nodes = 0;
  const visit = (value: JsonValue | undefined, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    nodes += 1;
    if (depth > MAX_SCHEMA_DEPTH) throw invalidRequest(path, `${path} nests deeper than ${MAX_SCHEMA_DEPTH} levels.`);
    if (nodes > MAX_SCHEMA_NODES) throw invalidRequest(path, `${path} holds more than ${MAX_SCHEMA_NODES} schema nodes.`);
    if (Array.isArray(value)) {
      for (const item of value) visit(item, depth + 1);
      return;
    }
    const values = value['enum'];
    if (Array.isArray(values) && values.length > MAX_ENUM) {
      throw invalidRequest(path, `${path} has an enum of ${values.length} values; at most ${MAX_ENUM} are accepted.`);
    }
    for (const item of Object.values(value)) visit(item, depth + 1);
  };
  visit(schema, 0);
}

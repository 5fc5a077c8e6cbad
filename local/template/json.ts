import { readFileSync } from 'node:fs';
import { LocalRunError } from './failure';

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a JSON object from a file of ours or of the CDK's. @throws LocalRunError when it is absent or something else */
export function readJsonFile(file: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new LocalRunError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (!isObject(parsed)) throw new LocalRunError(`${file} must hold a JSON object`);
  return parsed;
}

/** The member as a string, or undefined. Numbers and booleans are written out, as CloudFormation does. */
export function text(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The member as a number; CloudFormation accepts numbers as strings. */
export function number(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** The member as a boolean; CloudFormation accepts `"true"`. */
export function flag(value: JsonValue | undefined): boolean {
  return value === true || value === 'true';
}

export function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

export function object(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

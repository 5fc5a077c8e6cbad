import { invalidRequest } from '../platform/error';
import type { InvalidCode } from '../platform/error-catalogue';
import type { JsonObject, JsonValue } from '../platform/json';

/** Types of JSON values that a schema may name. */
export type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'null';

/**
 * The part of JSON Schema 2020-12 that the admin API uses. One such object is the source of the request validation,
 * of the OpenAPI document and of the tests' generators.
 *
 * @see https://json-schema.org/draft/2020-12/json-schema-validation
 */
export interface Schema {
  /** Name under which the OpenAPI document lists the schema once; absent: written in place. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly pattern?: string;
  readonly format?: 'date-time' | 'time-zone';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** `false` refuses unknown fields by name; a schema holds for each of them. */
  readonly additionalProperties?: false | Schema;
  readonly propertyNames?: Schema;
  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly readOnly?: boolean;
  readonly examples?: readonly JsonValue[];
}

/**
 * Checks a value and answers it unchanged.
 *
 * @throws GatewayError 400 that names the first field at fault
 */
export function validate(schema: Schema, value: JsonValue | undefined, path = ''): void {
  if (value === undefined) throw invalidRequest(path || undefined, `${path || 'the request body'} is required.`, 'missing_field');
  checkType(schema, value, path);
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    throw at(path, `must be one of ${schema.enum.map((item) => JSON.stringify(item)).join(', ')}`);
  }
  if (typeof value === 'string') checkString(schema, value, path);
  if (typeof value === 'number') checkNumber(schema, value, path);
  if (Array.isArray(value)) checkArray(schema, value, path);
  else if (typeof value === 'object' && value !== null) checkObject(schema, value, path);
}

function at(path: string, problem: string, code?: InvalidCode) {
  return invalidRequest(path || undefined, `${path || 'The request body'} ${problem}.`, code);
}

function typeOf(value: JsonValue): SchemaType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as SchemaType;
}

function checkType(schema: Schema, value: JsonValue, path: string): void {
  if (schema.type === undefined) return;
  const wanted: readonly SchemaType[] = typeof schema.type === 'string' ? [schema.type] : schema.type;
  const actual = typeOf(value);
  if (wanted.includes(actual) || (actual === 'integer' && wanted.includes('number'))) return;
  throw at(path, `must be of type ${wanted.join(' or ')}, not ${actual}`, 'invalid_type');
}

function checkString(schema: Schema, value: string, path: string): void {
  if (schema.minLength !== undefined && value.length < schema.minLength) {
    throw at(path, `must have at least ${schema.minLength} ${schema.minLength === 1 ? 'character' : 'characters'}`);
  }
  if (schema.maxLength !== undefined && value.length > schema.maxLength) throw at(path, `must have at most ${schema.maxLength} characters`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    const [example] = schema.examples ?? [];
    throw at(
      path,
      example === undefined ? `must match ${schema.pattern}` : `must be of the form ${JSON.stringify(example)}, so match ${schema.pattern}`,
    );
  }
  if (schema.format === 'date-time' && !isDateTime(value))
    throw at(path, 'must be an ISO 8601 time with its zone, such as "2027-01-31T00:00:00Z"');
  if (schema.format === 'time-zone' && !isTimeZone(value)) throw at(path, 'must be an IANA time zone, such as "Europe/Berlin"');
}

function checkNumber(schema: Schema, value: number, path: string): void {
  if (schema.minimum !== undefined && value < schema.minimum) throw at(path, `must be at least ${schema.minimum}`);
  if (schema.maximum !== undefined && value > schema.maximum) throw at(path, `must be at most ${schema.maximum}`);
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum)
    throw at(path, `must be greater than ${schema.exclusiveMinimum}`);
}

function checkArray(schema: Schema, value: readonly JsonValue[], path: string): void {
  if (schema.minItems !== undefined && value.length < schema.minItems) throw at(path, `must have at least ${schema.minItems} items`);
  if (schema.maxItems !== undefined && value.length > schema.maxItems) throw at(path, `must have at most ${schema.maxItems} items`);
  const items = schema.items;
  if (items === undefined) return;
  for (const [index, item] of value.entries()) validate(items, item, `${path}[${index}]`);
}

function checkObject(schema: Schema, value: JsonObject, path: string): void {
  const names = Object.keys(value);
  if (schema.maxProperties !== undefined && names.length > schema.maxProperties)
    throw at(path, `must have at most ${schema.maxProperties} fields`);
  if (schema.minProperties !== undefined && names.length < schema.minProperties) {
    throw at(path, `must have at least one field${schema.required === undefined ? '' : ` besides ${schema.required.join(', ')}`}`);
  }
  for (const name of names) {
    const inner = path === '' ? name : `${path}.${name}`;
    const property = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property !== undefined) {
      validate(property, value[name], inner);
      continue;
    }
    if (schema.propertyNames !== undefined) validate(schema.propertyNames, name, inner);
    if (schema.additionalProperties === false) throw at(inner, unknownField(schema), 'unknown_field');
    if (schema.additionalProperties !== undefined) validate(schema.additionalProperties, value[name], inner);
  }
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) throw at(path === '' ? name : `${path}.${name}`, 'is required', 'missing_field');
  }
}

function unknownField({ properties = {} }: Schema): string {
  const known = Object.keys(properties);
  return known.length === 0 ? 'is not a known field' : `is not a known field; known are ${known.join(', ')}`;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

function isDateTime(value: string): boolean {
  return DATE_TIME.test(value) && !Number.isNaN(Date.parse(value));
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

import type { Body } from '../upstreams/turn';

/** What a vendor answers to a call that it does not take. */
export class Refusal extends Error {
  public constructor(
    message: string,
    /** Where the vendor says it: a field, where it names one. */
    public readonly field?: string,
    public readonly status = 400,
    /** Where the vendor has a code or a kind of its own for it. */
    public readonly code?: string,
  ) {
    super(message);
  }
}

/** @throws Refusal unless it holds */
export function must(holds: boolean, message: string | (() => string), field?: string): asserts holds {
  if (!holds) throw new Refusal(typeof message === 'string' ? message : message(), field);
}

/** Names of an object's fields that are none of those. */
export function unknownFields(value: Body, known: string): string[] {
  const names = new Set(known.split(/\s+/));
  return Object.keys(value ?? {}).filter((name) => !names.has(name));
}

export function isObject(value: unknown): value is Record<string, Body> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Items that stand twice in a list. */
export function doubled<T>(items: readonly T[]): T[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}

/** Every schema in a JSON Schema, the root first, with its place. */
export function eachSchema(schema: Body, visit: (schema: Body, path: string) => void, path = ''): void {
  if (!isObject(schema)) return;
  visit(schema, path);
  for (const keyword of ['properties', '$defs', 'definitions', 'patternProperties']) {
    for (const [name, inner] of Object.entries(schema[keyword] ?? {})) eachSchema(inner, visit, `${path}.${keyword}.${name}`);
  }
  for (const keyword of ['items', 'additionalProperties', 'not', 'contains', 'propertyNames']) {
    if (isObject(schema[keyword])) eachSchema(schema[keyword], visit, `${path}.${keyword}`);
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    (schema[keyword] ?? []).forEach((inner: Body, index: number) => {
      eachSchema(inner, visit, `${path}.${keyword}.${index}`);
    });
  }
}

/** Marks of what is to be cached, wherever they stand below a value; tools' schemas are none of a vendor's business here. */
export function countMarks(value: Body, name: string): number {
  if (Array.isArray(value)) return value.reduce((sum, inner) => sum + countMarks(inner, name), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce((sum, [field, inner]) => {
    if (field === 'input_schema' || field === 'inputSchema' || field === 'input') return sum;
    return sum + (field === name && inner !== null ? 1 : countMarks(inner, name));
  }, 0);
}

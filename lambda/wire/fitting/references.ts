import { unsupported } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';

const DEFINITIONS = /^#\/(\$defs|definitions)\/([^/]+)$/;
/** Definitions that name others twice each double with every step. */
const MOST_NODES = 20_000;

/**
 * A schema in which what it refers to stands in place, for hosts that leave definitions out. Where it refers to itself, nothing is said.
 *
 * @param field of the caller's that holds the schema
 * @throws GatewayError 400 for one that grows beyond what any host takes
 */
export function withoutReferences(schema: JsonObject, field: string, dropped: Set<string>): JsonObject {
  if (!refersIn(schema)) return schema;
  let nodes = 0;
  const resolve = (value: JsonValue, within: readonly string[]): JsonValue => {
    nodes += 1;
    if (nodes > MOST_NODES)
      throw unsupported(field, `${field} refers to so much of itself that the chosen model's provider cannot take it.`);
    if (Array.isArray(value)) return value.map((item) => resolve(item, within));
    if (typeof value !== 'object' || value === null) return value;
    const { $ref: reference } = value;
    // A property may be called so.
    const own = Object.entries(value).filter(([name]) => name !== '$ref' || typeof reference !== 'string');
    const beside = Object.fromEntries(own.map(([name, inner]) => [name, resolve(inner as JsonValue, within)]));
    if (typeof reference !== 'string') return beside;
    const found = within.includes(reference) ? undefined : definitionOf(schema, reference);
    if (found !== undefined) return { ...(resolve(found, [...within, reference]) as JsonObject), ...beside };
    dropped.add(`${field}.$ref`);
    return beside;
  };
  const { $defs: _, definitions: __, ...root } = schema;
  return resolve(root, []) as JsonObject;
}

/** Whether a schema refers to a part that it is in, so that what it describes has no end. */
export function isRecursive(schema: JsonObject): boolean {
  const ended = new Set<string>();
  const visit = (value: JsonValue | undefined, within: readonly string[]): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return value.some((item) => visit(item, within));
    const { $ref: reference } = value;
    if (typeof reference === 'string' && !ended.has(reference)) {
      if (reference === '#' || within.includes(reference)) return true;
      if (visit(definitionOf(schema, reference), [...within, reference])) return true;
      ended.add(reference);
    }
    return Object.entries(value).some(([name, inner]) => name !== '$ref' && visit(inner, within));
  };
  const { $defs: _, definitions: __, ...root } = schema;
  return refersIn(schema) && visit(root, []);
}

function refersIn(value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return '$ref' in value || Object.values(value).some(refersIn);
}

/** What a schema refers to by `#/$defs/Name` or `#/definitions/Name`. */
export function definitionOf(root: JsonObject, reference: string): JsonObject | undefined {
  const [, where, name] = DEFINITIONS.exec(reference) ?? [];
  const definitions = where === undefined ? undefined : root[where];
  if (typeof definitions !== 'object' || definitions === null || Array.isArray(definitions) || name === undefined) return undefined;
  const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : undefined;
}

import type { JsonObject } from '../../platform/json';
import { changedSchema } from './schema-walk';

/**
 * A schema in which each list says what is in it, as OpenAI demands ("array schema missing items"): anything where nothing is said, and any member of what was
 * a tuple. A schema that says it already is given back as it is.
 */
export function withListItems(schema: JsonObject): JsonObject {
  return changedSchema(schema, (part) => {
    const { type, items, prefixItems } = part;
    const isList = type === 'array' || (Array.isArray(type) && type.includes('array'));
    const places = Array.isArray(items) ? items : items === undefined && isList ? (prefixItems ?? []) : undefined;
    if (!Array.isArray(places)) return part;
    return { ...part, items: places.length === 0 ? {} : { anyOf: places } };
  });
}

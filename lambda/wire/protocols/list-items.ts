import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { DATA, MAPS } from './schema-keywords';

/**
 * A schema in which each list says what is in it, as OpenAI demands ("array schema missing items"): anything where nothing is said, and any member of what was
 * a tuple. A schema that says it already is given back as it is.
 */
export function withListItems(schema: JsonObject): JsonObject {
  const inner = withInner(schema, false);
  const { type, items, prefixItems } = inner;
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'));
  const places = Array.isArray(items) ? items : items === undefined && isList ? (prefixItems ?? []) : undefined;
  if (!Array.isArray(places)) return inner;
  return { ...inner, items: places.length === 0 ? {} : { anyOf: places } };
}

function withInner(schema: JsonObject, isMap: boolean): JsonObject {
  const changed = Object.entries(schema).flatMap(([name, value]): [string, JsonValue][] => {
    if (value === undefined) return [];
    const mended = isMap || !DATA.has(name) ? mend(value, !isMap && (MAPS.has(name) || name === 'patternProperties')) : value;
    return mended === value ? [] : [[name, mended]];
  });
  return changed.length === 0 ? schema : { ...schema, ...Object.fromEntries(changed) };
}

function mend(value: JsonValue, isMap: boolean): JsonValue {
  if (Array.isArray(value)) {
    const members = value.map((member) => mend(member, false));
    return members.every((member, index) => member === value[index]) ? value : members;
  }
  if (!isJsonObject(value)) return value;
  return isMap ? withInner(value, true) : withListItems(value);
}

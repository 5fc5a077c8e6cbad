import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { DATA, MAPS } from './schema-keywords';

type Change = (part: JsonObject) => JsonObject;

/**
 * A schema in which each part is what `change` makes of it, the inner ones first. Where nothing is changed it is given back as it is, and nothing is
 * copied on the way: most schemas need nothing, and every tool of a call has one.
 *
 * @param change gives back what it is given where it has nothing to change
 */
export function changedSchema(schema: JsonObject, change: Change): JsonObject {
  return change(withInner(schema, false, change));
}

function withInner(schema: JsonObject, isMap: boolean, change: Change): JsonObject {
  let changed: JsonObject | undefined;
  for (const name in schema) {
    const value = schema[name];
    if (typeof value !== 'object' || value === null || (!isMap && DATA.has(name))) continue;
    const mended = mend(value, !isMap && (MAPS.has(name) || name === 'patternProperties'), change);
    if (mended === value) continue;
    changed ??= { ...schema };
    changed[name] = mended;
  }
  return changed ?? schema;
}

function mend(value: JsonValue, isMap: boolean, change: Change): JsonValue {
  if (Array.isArray(value)) {
    const members = value.map((member) => mend(member, false, change));
    return members.every((member, index) => member === value[index]) ? value : members;
  }
  if (!isJsonObject(value)) return value;
  return isMap ? withInner(value, true, change) : changedSchema(value, change);
}

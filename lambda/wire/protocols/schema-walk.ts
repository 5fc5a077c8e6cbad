import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { DATA, MAPS } from './schema-keywords';

/**
 * A schema in which each part is what `change` makes of it, the inner ones first. Where nothing is changed it is given back as it is.
 *
 * @param change gives back what it is given where it has nothing to change
 */
export function changedSchema(schema: JsonObject, change: (part: JsonObject) => JsonObject): JsonObject {
  return change(withInner(schema, false, change));
}

function withInner(schema: JsonObject, isMap: boolean, change: (part: JsonObject) => JsonObject): JsonObject {
  const changed = Object.entries(schema).flatMap(([name, value]): [string, JsonValue][] => {
    if (value === undefined || (!isMap && DATA.has(name))) return [];
    const mended = mend(value, !isMap && (MAPS.has(name) || name === 'patternProperties'), change);
    return mended === value ? [] : [[name, mended]];
  });
  return changed.length === 0 ? schema : { ...schema, ...Object.fromEntries(changed) };
}

function mend(value: JsonValue, isMap: boolean, change: (part: JsonObject) => JsonObject): JsonValue {
  if (Array.isArray(value)) {
    const members = value.map((member) => mend(member, false, change));
    return members.every((member, index) => member === value[index]) ? value : members;
  }
  if (!isJsonObject(value)) return value;
  return isMap ? withInner(value, true, change) : changedSchema(value, change);
}

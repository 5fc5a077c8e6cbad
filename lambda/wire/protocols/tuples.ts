import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { changedSchema } from './schema-walk';

/**
 * Lists whose places have schemas of their own, in the words of JSON Schema 2020-12, which Anthropic and Google read: `items` held them before, and
 * `additionalItems` what follows.
 *
 * @see https://json-schema.org/draft/2020-12/release-notes#changes-to-items-and-additionalitems
 */
export function withNewerTuples(schema: JsonObject): JsonObject {
  return changedSchema(schema, (part) => {
    const { items, additionalItems, ...rest } = part;
    if (!Array.isArray(items)) return part;
    const more = additionalItems === undefined ? {} : { items: additionalItems };
    return items.length === 0 ? { ...rest, ...more } : { ...rest, prefixItems: items, ...more };
  });
}

/**
 * The same for hosts that know one schema for all that is in a list: whatever may stand in any place may stand in each. How many there are stays, where
 * nothing may follow.
 *
 * @param field of the caller's that holds the schema, for what is reported
 */
export function withoutTuples(schema: JsonObject, field: string, dropped: Set<string>): JsonObject {
  return changedSchema(withNewerTuples(schema), (part) => {
    const { prefixItems: places, items: more, ...rest } = part;
    if (!Array.isArray(places)) return part;
    dropped.add(`${field}.prefixItems`);
    const isClosed = more === false;
    const length = isClosed && rest['maxItems'] === undefined ? { maxItems: places.length } : {};
    return { ...rest, ...length, items: anyOf(isJsonObject(more) ? [...places, more] : places) };
  });
}

/** Any of several schemas, each named once; anything where one of them takes anything. */
function anyOf(schemas: readonly JsonValue[]): JsonObject {
  const kinds = new Map(schemas.map((schema) => [JSON.stringify(schema), schema]));
  const [only, ...others] = kinds.values();
  if (schemas.some((schema) => !isJsonObject(schema) || Object.keys(schema).length === 0)) return {};
  return others.length === 0 ? (only as JsonObject) : { anyOf: [...kinds.values()] };
}

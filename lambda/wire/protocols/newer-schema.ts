import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { changedSchema } from './schema-walk';

/**
 * A schema of an older draft in the words of JSON Schema 2020-12, which Anthropic and Google read. Lists whose places have schemas of their own: `items` held
 * them before, and `additionalItems` what follows. Limits that are not reached themselves: they were marks beside the limit. A property said itself that it is
 * required.
 *
 * @see https://json-schema.org/draft/2020-12/release-notes#changes-to-items-and-additionalitems
 * @see https://json-schema.org/draft-06/json-schema-release-notes
 */
export function inNewerWords(schema: JsonObject): JsonObject {
  return changedSchema(schema, (part) => withPlaces(withLimits(part)));
}

function withPlaces(part: JsonObject): JsonObject {
  if (!Array.isArray(part['items'])) return part;
  const { items, additionalItems, ...rest } = part;
  const places = items as JsonValue[];
  const more = additionalItems === undefined ? {} : { items: additionalItems };
  return places.length === 0 ? { ...rest, ...more } : { ...rest, prefixItems: places, ...more };
}

function withLimits(part: JsonObject): JsonObject {
  const older = [...LIMITS.values(), 'required'].some((mark) => typeof part[mark] === 'boolean');
  if (!older) return part;
  const changed = { ...part };
  if (typeof part['required'] === 'boolean') delete changed['required'];
  for (const [limit, mark] of LIMITS) {
    if (typeof part[mark] !== 'boolean') continue;
    delete changed[mark];
    if (part[mark] !== true || part[limit] === undefined) continue;
    delete changed[limit];
    changed[mark] = part[limit];
  }
  return changed;
}

const LIMITS: ReadonlyMap<string, string> = new Map([
  ['minimum', 'exclusiveMinimum'],
  ['maximum', 'exclusiveMaximum'],
]);

/**
 * The same for hosts that know one schema for all that is in a list: whatever may stand in any place may stand in each. How many there are stays, where
 * nothing may follow.
 *
 * @param field of the caller's that holds the schema, for what is reported
 */
export function withoutTuples(schema: JsonObject, field: string, dropped: Set<string>): JsonObject {
  return changedSchema(inNewerWords(schema), (part) => {
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

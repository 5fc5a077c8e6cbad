import type { JsonObject, JsonValue } from '../../platform/json';

/** Keywords that Anthropic refuses in a schema; the model is not held to them, so leaving them out is reported. */
const UNSUPPORTED = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);

/** Keywords whose values are maps from names to schemas. */
const MAPS = new Set(['properties', '$defs', 'definitions', 'patternProperties']);
/** Keywords whose values are data, not schemas. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'required']);

/**
 * The schema as Anthropic accepts it: objects closed, no keyword it does not know.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations
 */
export function closedSchema(schema: JsonObject, dropped: Set<string>): JsonObject {
  const closed: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (UNSUPPORTED.has(keyword)) dropped.add(`response_format.${keyword}`);
    else closed[keyword] = closeValue(keyword, value, dropped);
  }
  const isObject = schema['type'] === 'object' || schema['properties'] !== undefined;
  if (isObject && closed['additionalProperties'] === undefined) closed['additionalProperties'] = false;
  return closed;
}

function closeValue(keyword: string, value: JsonValue | undefined, dropped: Set<string>): JsonValue | undefined {
  if (DATA.has(keyword) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => closeValue('', item, dropped) ?? null);
  if (!MAPS.has(keyword)) return closedSchema(value, dropped);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closeValue('', inner, dropped)]));
}

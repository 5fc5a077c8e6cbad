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
  'patternProperties',
  'propertyNames',
  'contains',
  'not',
  'if',
  'then',
  'else',
]);

/** Keywords whose values are maps from names to schemas. */
const MAPS = new Set(['properties', '$defs', 'definitions']);
/** Keywords whose values are data, not schemas. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'required']);

/**
 * The schema as Anthropic accepts it: objects closed, no keyword it does not know.
 *
 * @param field of the caller's that holds the schema, for what is reported
 * @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations
 */
export function closedSchema(schema: JsonObject, field: string, dropped: Set<string>): JsonObject {
  const closed: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    // One of them holds where any of them may.
    const name = keyword === 'oneOf' ? 'anyOf' : keyword;
    if (UNSUPPORTED.has(keyword) || (keyword === 'minItems' && value !== 0 && value !== 1)) dropped.add(`${field}.${keyword}`);
    else if (keyword !== 'additionalProperties') closed[name] = closeValue(keyword, value, field, dropped);
  }
  const { additionalProperties: open } = schema;
  if (schema['type'] === 'object' || schema['properties'] !== undefined || open !== undefined) closed['additionalProperties'] = false;
  if (open !== undefined && open !== false) dropped.add(`${field}.additionalProperties`);
  return closed;
}

function closeValue(keyword: string, value: JsonValue | undefined, field: string, dropped: Set<string>): JsonValue | undefined {
  if (DATA.has(keyword) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => closeValue('', item, field, dropped) ?? null);
  if (!MAPS.has(keyword)) return closedSchema(value, field, dropped);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closeValue('', inner, field, dropped)]));
}

import { isJsonObject, type JsonObject, type JsonValue } from '../platform/json';

const DEEPEST = 8;

/**
 * The smallest plausible value for a JSON Schema: required properties only, the first of each `enum` or alternative.
 * For tool arguments and structured output of the simulated provider; not a validator.
 */
export function sampleValue(schema: JsonObject, depth = 0): JsonValue {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  const alternative = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray)?.[0];
  if (isJsonObject(alternative)) return sampleValue(alternative, depth + 1);

  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return 'simulated';
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return isJsonObject(schema.items) && depth < DEEPEST ? [sampleValue(schema.items, depth + 1)] : [];
    default:
      return sampleObject(schema, depth);
  }
}

function sampleObject(schema: JsonObject, depth: number): JsonObject {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const sample: JsonObject = {};
  if (depth >= DEEPEST) return sample;
  for (const name of required) {
    const property = typeof name === 'string' ? properties[name] : undefined;
    if (isJsonObject(property)) sample[name as string] = sampleValue(property, depth + 1);
  }
  return sample;
}

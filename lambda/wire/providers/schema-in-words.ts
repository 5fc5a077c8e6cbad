import type { JsonObject } from '../../platform/json';
import { toldOfSchema } from '../fitting';
import { objectOf, objectsOf } from '../protocols/lenient';

/** A call for an answer by a schema, for a host that holds an answer to being JSON and no more: the model is told of the schema. */
export function withSchemaInWords(body: JsonObject): { readonly body: JsonObject; readonly dropped: readonly string[] } | undefined {
  const { response_format: format, ...rest } = body;
  const { type, json_schema } = objectOf(format) ?? {};
  if (type !== 'json_schema') return undefined;
  const schema = objectOf(objectOf(json_schema)?.['schema']) ?? {};
  const messages = [{ role: 'system', content: toldOfSchema(schema) }, ...objectsOf(body['messages'])];
  // What is held is an object.
  const isObject = schema['type'] === 'object' || 'properties' in schema;
  return { body: { ...rest, messages, ...(isObject ? { response_format: { type: 'json_object' } } : {}) }, dropped: ['response_format'] };
}

import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { namedAtRoot, objectAtRoot } from '../fitting/root-object';
import type { Tool } from '../model/request';
import type { Capabilities } from '../models';
import { withListItems } from './list-items';
import { DATA, MAPS } from './schema-keywords';
import { typedParameters, typedSchema } from './typed-schema';

/** Keywords that no schema may hold which OpenAI holds a model to. */
const LOOSE = ['oneOf', 'allOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'patternProperties'] as const;
/** What tells what a schema is for. */
const ROOTS = ['type', 'anyOf', 'oneOf', 'allOf', '$ref'] as const;

/**
 * Parameters of a function as OpenAI takes them: an object that names its properties, and no union at the root where it is known that the host takes
 * none.
 */
export function parametersOf({ parameters }: Tool, { schemaSubset }: Capabilities, dropped: Set<string>): JsonObject | undefined {
  if (parameters === undefined) return undefined;
  if (schemaSubset?.includes('kimi') === true) return typedParameters(parameters, dropped);
  const ofOpenAi = schemaSubset?.includes('openai') === true;
  const schema = ofOpenAi ? withListItems(objectAtRoot(parameters, dropped)) : typedRoot(namedAtRoot(parameters));
  return schema['type'] === 'object' && schema['properties'] === undefined ? { ...schema, properties: {} } : schema;
}

/** Arguments are an object, whether that is said or not; what says it in another way is left as it is. */
function typedRoot(parameters: JsonObject): JsonObject {
  return ROOTS.some((keyword) => keyword in parameters) ? parameters : { type: 'object', ...parameters };
}

/** The schema of an answer, in the subset of its model's host. */
export function answerSchema(schema: JsonObject, { schemaSubset }: Capabilities, dropped: Set<string>): JsonObject {
  return schemaSubset?.includes('kimi') === true ? typedSchema(schema, 'response_format', dropped) : schema;
}

/**
 * Whether a model is held to a schema, as the caller asked. Other vendors hold it to schemas with properties that may be missing, where OpenAI refuses
 * the call: there the model is told of the schema only.
 *
 * @param field takes its place among what is dropped where the schema is not enforced
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function heldTo(
  schema: JsonObject | undefined,
  strict: boolean | undefined,
  { schemaSubset }: Capabilities,
  field: string,
  dropped: Set<string>,
): boolean | undefined {
  if (strict !== true || schema === undefined || schemaSubset?.includes('openai') !== true || isClosed(schema)) return strict;
  dropped.add(field);
  return false;
}

/** Every object in it is closed and requires all that it names. */
function isClosed(schema: JsonObject): boolean {
  if (LOOSE.some((keyword) => keyword in schema)) return false;
  const { properties, additionalProperties, required } = schema;
  if (schema['type'] === 'object' || properties !== undefined) {
    if (additionalProperties !== false) return false;
    const needed = Array.isArray(required) ? required : [];
    if (isJsonObject(properties) && !Object.keys(properties).every((name) => needed.includes(name))) return false;
  }
  return Object.entries(schema).every(([keyword, value]) => DATA.has(keyword) || isClosedInside(value, MAPS.has(keyword)));
}

function isClosedInside(value: JsonValue | undefined, isMap: boolean): boolean {
  if (Array.isArray(value)) return value.every((item) => isClosedInside(item, false));
  if (!isJsonObject(value)) return true;
  return isMap ? Object.values(value).every((inner) => isClosedInside(inner, false)) : isClosed(value);
}

import type { Body } from '../upstreams/turn';
import { doubled, eachSchema, isObject, must } from './refusal';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** One function as both APIs define it. @see https://platform.openai.com/docs/guides/function-calling */
export function checkFunction({ name, parameters, strict }: Body, at: string): void {
  must(typeof name === 'string', `Missing required parameter: '${at}.name'.`, `${at}.name`);
  must(
    NAME.test(name),
    `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    `${at}.name`,
  );
  if (parameters === undefined || parameters === null) return;
  const invalid = (what: string): string => `Invalid schema for function '${name}': ${what}`;
  const field = `${at}.parameters`;
  must(isObject(parameters), invalid('schema must be an object'), field);
  must(
    parameters.type === 'object',
    invalid(`schema must be a JSON Schema of 'type: "object"', got 'type: "${parameters.type ?? 'None'}"'.`),
    field,
  );
  must(parameters.properties !== undefined, invalid('In context=(), object schema missing properties.'), field);
  must(
    !['oneOf', 'anyOf', 'allOf', 'enum', 'not'].some((keyword) => keyword in parameters),
    invalid("schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."),
    field,
  );
  eachSchema(parameters, (schema, path) => {
    must(
      schema.type !== 'array' || schema.items !== undefined || schema.prefixItems !== undefined,
      invalid(`In context=(${path}), array schema missing items.`),
      field,
    );
  });
  if (strict === true) checkHeldSchema(parameters, invalid, field);
}

/** @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
export function checkHeldSchema(root: Body, invalid: (what: string) => string, field: string): void {
  eachSchema(root, (schema, path) => {
    const context = `In context=(${path})`;
    const refused = ['oneOf', 'allOf', 'not', 'dependentRequired', 'if', 'then', 'else', 'patternProperties'].find(
      (keyword) => keyword in schema,
    );
    must(refused === undefined, invalid(`${context}, '${refused}' is not permitted.`), field);
    if (schema.type !== 'object' && schema.properties === undefined) return;
    must(
      schema.additionalProperties === false,
      invalid(`${context}, 'additionalProperties' is required to be supplied and to be false.`),
      field,
    );
    const names = Object.keys(schema.properties ?? {});
    const missing = names.filter((name) => !(schema.required ?? []).includes(name));
    must(
      missing.length === 0,
      invalid(
        `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing[0]}'.`,
      ),
      field,
    );
  });
}

export function checkToolList(names: readonly string[], most = 128): void {
  must(names.length > 0, "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.", 'tools');
  must(
    names.length <= most,
    `Invalid 'tools': array too long. Expected an array with maximum length ${most}, but got an array with length ${names.length} instead.`,
    'tools',
  );
  must(doubled(names).length === 0, `Duplicate tool names: ${doubled(names).join(', ')}`, 'tools');
}

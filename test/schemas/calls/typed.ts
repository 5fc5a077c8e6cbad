import fc from 'fast-check';
import { readSchema, type SchemaName } from '../schemas';
import { BYTES } from './conversation';

/** Random bodies of whatever the SDK's types allow, fields included that nobody has heard of; they need make no sense. */

// biome-ignore lint/suspicious/noExplicitAny: schemas are looked into
type Any = any;

/** What texts and numbers are by the names of their fields, so that most calls come further than the first check. */
const TEXTS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  arguments: fc.constantFrom('{}', '{"a":1}', 'no json'),
  data: fc.constant(BYTES.png),
  file_data: fc.constant(`data:application/pdf;base64,${BYTES.pdf}`),
  image_url: fc.constant(`data:image/png;base64,${BYTES.png}`),
  url: fc.constantFrom(`data:image/png;base64,${BYTES.png}`, 'https://example.com/a.png'),
  file_url: fc.constant('https://example.com/a.pdf'),
  name: fc.constantFrom('get_weather', 'search'),
  namespace: fc.constant('space'),
  tool_use_id: fc.constant('call_1'),
  call_id: fc.constant('call_1'),
  tool_call_id: fc.constant('call_1'),
  id: fc.constant('call_1'),
};
const NUMBERS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  temperature: fc.constantFrom(0, 1),
  top_p: fc.constantFrom(0.5, 1),
  top_logprobs: fc.constantFrom(0, 2),
  n: fc.constantFrom(1, 2),
  seed: fc.nat(1_000),
  frequency_penalty: fc.constantFrom(0, 1),
  presence_penalty: fc.constantFrom(0, 1),
};
/** What a call leaves at its provider is refused elsewhere, and nothing else would be tried. */
const SELDOM = new Set([
  'background',
  'conversation',
  'previous_response_id',
  'prompt',
  'container',
  'functions',
  'function_call',
  'logit_bias',
  'moderation',
  'web_search_options',
  'context_management',
  'access_programs',
  'image',
]);
const DEEPEST = 12;

/** @param required fields that are always given */
export function typedBodies(name: SchemaName, required: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const { $ref, definitions } = readSchema(name) as Any;
  const known = new Map<string, fc.Arbitrary<unknown>>();

  function ofReference(reference: string, depth: number): fc.Arbitrary<unknown> {
    const key = `${reference} ${Math.min(depth, DEEPEST)}`;
    let found = known.get(key);
    if (found === undefined) {
      // Of types that hold themselves.
      known.set(
        key,
        fc.constant(null).chain(() => known.get(key) as fc.Arbitrary<unknown>),
      );
      found = of(definitions[decodeURIComponent(reference.replace('#/definitions/', ''))], depth, '');
      known.set(key, found);
    }
    return found;
  }

  function of(schema: Any, depth: number, field: string): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return ofReference(schema.$ref, depth);
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one: Any) => of(one, depth + 1, field)));
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    switch (type) {
      case 'string':
        return TEXTS[field] ?? fc.constantFrom('Hi', 'x', ' ');
      case 'number':
      case 'integer':
        return NUMBERS[field] ?? fc.constantFrom(1, 16, 2_000);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return depth > DEEPEST
          ? fc.constant([])
          : fc.array(of(schema.items ?? {}, depth + 1, field), { minLength: depth < 4 ? 1 : 0, maxLength: 2 });
      case 'object':
        return objectOf(schema, depth);
      default:
        return fc.constantFrom<unknown>({}, 'any');
    }
  }

  function objectOf({ properties, required: needed = [], additionalProperties }: Any, depth: number): fc.Arbitrary<unknown> {
    if (properties === undefined) {
      const value = typeof additionalProperties === 'object' ? of(additionalProperties, depth + 1, '') : fc.constant('x');
      return fc.dictionary(fc.constantFrom('a', 'type', 'properties'), value, { maxKeys: 1 });
    }
    const always = depth < 3 ? [...needed, ...required] : needed;
    const fields = Object.entries(properties).map(([field, schema]) => {
      const value = of(schema, depth + 1, field);
      if (always.includes(field)) return [field, value.map((one) => [one])] as const;
      const weight = SELDOM.has(field) ? 80 : depth < 3 ? 10 : 4;
      const none = { arbitrary: fc.constant([]), weight };
      return [field, depth > DEEPEST ? fc.constant([]) : fc.oneof(none, { arbitrary: value.map((one) => [one]), weight: 1 })] as const;
    });
    return fc
      .record(Object.fromEntries(fields))
      .map((given) => Object.fromEntries(Object.entries(given).flatMap(([field, [...value]]) => value.map((one) => [field, one]))));
  }

  return ofReference($ref, 0) as fc.Arbitrary<Record<string, unknown>>;
}

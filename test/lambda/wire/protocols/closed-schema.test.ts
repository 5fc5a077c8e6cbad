import fc from 'fast-check';
import type { JsonObject } from '../../../../lambda/platform/json/value';
import { closedParameters, closedSchema } from '../../../../lambda/wire/protocols/closed-schema';

/** Schemas as Claude's hosts take them. @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations */

function closed(schema: JsonObject): { readonly schema: JsonObject; readonly dropped: readonly string[] } {
  const dropped = new Set<string>();
  return { schema: closedSchema(schema, 'f', dropped), dropped: [...dropped] };
}

const property = (schema: JsonObject): JsonObject => ({ type: 'object', properties: { p: schema }, additionalProperties: false });

test.each([
  ['a format that no host checks', { type: 'string', format: 'byte' }, { type: 'string' }, 'f.format'],
  ['a format that is checked', { type: 'string', format: 'date-time' }, { type: 'string', format: 'date-time' }, undefined],
  ['a pattern that looks around', { type: 'string', pattern: '^(?!x)' }, { type: 'string' }, 'f.pattern'],
  ['a pattern that does not', { type: 'string', pattern: '^[a-z]+$' }, { type: 'string', pattern: '^[a-z]+$' }, undefined],
  [
    'members by their place',
    { type: 'array', prefixItems: [{ type: 'string' }] },
    { type: 'array', items: { type: 'string' } },
    'f.prefixItems',
  ],
  ['one of several things', { oneOf: [{ type: 'string' }] }, { anyOf: [{ type: 'string' }] }, undefined],
  ['two unions at once', { anyOf: [{ type: 'string' }], oneOf: [{ type: 'null' }] }, { anyOf: [{ type: 'string' }] }, 'f.oneOf'],
  ['values that are objects', { enum: [{ a: 1 }] }, {}, 'f.enum'],
  ['plain values', { enum: ['a', null] }, { enum: ['a', null] }, undefined],
  [
    'an object or nothing',
    { type: ['object', 'null'], properties: {} },
    { type: ['object', 'null'], properties: {}, additionalProperties: false },
    undefined,
  ],
] as const)('%s', (_name, schema, expected, dropped) => {
  expect(closed(property(schema as unknown as JsonObject))).toEqual({
    schema: property(expected as unknown as JsonObject),
    dropped: dropped === undefined ? [] : [dropped],
  });
});

test('all of references is said without them', () => {
  const $defs = { A: { type: 'object', properties: { a: { type: 'string' } } }, B: { type: 'object', properties: {} } };
  const one = closed({ type: 'object', properties: { p: { allOf: [{ $ref: '#/$defs/A' }], title: 'P' } }, $defs });
  const two = closed({ type: 'object', properties: { p: { allOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }] } }, $defs });

  expect(one.schema['properties']).toEqual({ p: { $ref: '#/$defs/A', title: 'P' } });
  expect(JSON.stringify(two.schema['properties'])).not.toContain('$ref');
});

test.each([
  ['names that it leaves open', { type: 'object', properties: { m: { type: 'object', additionalProperties: { type: 'string' } } } }],
  ['names by a pattern', { type: 'object', properties: { m: { type: 'object', patternProperties: { '^x': { type: 'string' } } } } }],
  [
    'itself',
    {
      type: 'object',
      properties: { n: { $ref: '#/$defs/N' } },
      $defs: { N: { type: 'object', properties: { n: { $ref: '#/$defs/N' } } } },
    },
  ],
] as const)('a tool whose schema holds %s is told of it, and not held to it', (_name, schema) => {
  const dropped = new Set<string>();

  expect([closedParameters(schema as unknown as JsonObject, dropped), [...dropped]]).toEqual([undefined, ['tools.strict']]);
});

test('a property may bear the name of a keyword', () => {
  const properties = {
    oneOf: { type: 'string' },
    additionalProperties: { type: 'string' },
    $ref: { type: 'string' },
    format: { type: 'string' },
  };

  expect(closed({ type: 'object', properties, additionalProperties: false })).toEqual({
    schema: { type: 'object', properties, additionalProperties: false },
    dropped: [],
  });
  expect(closedParameters({ type: 'object', properties }, new Set())).toBeDefined();
});

test('what is closed is closed already, and says no more of it', () => {
  const schema = fc.letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<JsonObject>({ type: 'string' }, { type: 'integer', minimum: 1 }, { enum: ['a'] }, { type: 'string', format: 'x' }),
      fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
      fc.record({ type: fc.constant('object'), properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('schema')) }),
      fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    ) as fc.Arbitrary<JsonObject>,
  })).schema;
  fc.assert(
    fc.property(schema, (one) => {
      const first = closed(one).schema;
      expect(closed(first)).toEqual({ schema: first, dropped: [] });
    }),
  );
});

import fc from 'fast-check';
import type { JsonObject } from '../../../../lambda/platform/json';
import { withListItems } from '../../../../lambda/wire/protocols/list-items';

test.each<[string, JsonObject, JsonObject]>([
  ['a list of which nothing is said', { type: 'array' }, { type: 'array', items: {} }],
  ['a list that may be missing', { type: ['array', 'null'] }, { type: ['array', 'null'], items: {} }],
  [
    'a tuple',
    { type: 'array', prefixItems: [{ type: 'string' }] },
    { type: 'array', prefixItems: [{ type: 'string' }], items: { anyOf: [{ type: 'string' }] } },
  ],
  [
    'a tuple of an older kind',
    { type: 'array', items: [{ type: 'string' }, {}] },
    { type: 'array', items: { anyOf: [{ type: 'string' }, {}] } },
  ],
  [
    'lists inside',
    { type: 'object', properties: { items: { type: 'array' }, type: { anyOf: [{ type: 'array' }] } }, $defs: { a: { type: 'array' } } },
    {
      type: 'object',
      properties: { items: { type: 'array', items: {} }, type: { anyOf: [{ type: 'array', items: {} }] } },
      $defs: { a: { type: 'array', items: {} } },
    },
  ],
])('%s says what is in it', (_what, schema, expected) => {
  expect(withListItems(schema)).toEqual(expected);
});

test.each<JsonObject>([
  { type: 'array', items: false },
  { type: 'array', items: { type: 'string' }, prefixItems: [{}] },
  { type: 'object', default: { type: 'array' }, enum: [{ type: 'array' }], properties: { default: { type: 'array', items: {} } } },
  {},
])('%j is given back as it is', (schema) => {
  expect(withListItems(schema)).toBe(schema);
});

test('what says it already never changes, and what is mended once needs no more', () => {
  const { schema } = fc.letrec<{ schema: JsonObject; list: JsonObject }>((tie) => ({
    list: fc
      .record({ type: fc.constant('array'), items: fc.option(tie('schema'), { nil: undefined }) })
      .map((value) => JSON.parse(JSON.stringify(value))),
    schema: fc.oneof(
      { depthSize: 'small' },
      fc.record({ type: fc.constantFrom('string', 'number') }),
      tie('list'),
      fc.dictionary(fc.string(), tie('schema')).map((properties) => ({ type: 'object', properties })),
      fc.array(tie('schema')).map((anyOf) => ({ anyOf })),
    ) as fc.Arbitrary<JsonObject>,
  }));

  fc.assert(
    fc.property(schema, (given) => {
      const before = JSON.stringify(given);
      const once = withListItems(given);

      expect(withListItems(once)).toBe(once);
      expect(JSON.stringify(given)).toBe(before);
      if (once !== given) expect(JSON.stringify(once)).not.toBe(before);
    }),
  );
});

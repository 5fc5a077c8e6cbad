import fc from 'fast-check';
import type { JsonObject } from '../../../../lambda/platform/json';
import { inNewerWords, withoutTuples } from '../../../../lambda/wire/protocols/newer-schema';

const text = { type: 'string' };
const number = { type: 'number' };

test.each<[string, JsonObject, JsonObject, JsonObject]>([
  ['of now', { prefixItems: [text, number] }, { prefixItems: [text, number] }, { items: { anyOf: [text, number] } }],
  ['of an older draft', { items: [text, number] }, { prefixItems: [text, number] }, { items: { anyOf: [text, number] } }],
  ['of one kind', { items: [text, text] }, { prefixItems: [text, text] }, { items: text }],
  [
    'that nothing may follow',
    { items: [text, number], additionalItems: false },
    { prefixItems: [text, number], items: false },
    { maxItems: 2, items: { anyOf: [text, number] } },
  ],
  [
    'that others may follow',
    { prefixItems: [text], items: number, minItems: 1 },
    { prefixItems: [text], items: number, minItems: 1 },
    { minItems: 1, items: { anyOf: [text, number] } },
  ],
  ['with a place for anything', { prefixItems: [text, {}] }, { prefixItems: [text, {}] }, { items: {} }],
  ['of nothing', { items: [] }, {}, {}],
])('a tuple %s', (_what, given, newer, plain) => {
  const inside = (schema: JsonObject): JsonObject => ({
    type: 'object',
    properties: { items: { type: 'array', ...schema } },
    $defs: { a: { anyOf: [{ type: 'array', ...schema }] } },
  });

  expect(inNewerWords(inside(given))).toEqual(inside(newer));
  expect(withoutTuples(inside(given), 'tools.parameters', new Set())).toEqual(inside(plain));
});

test('what is lost is told', () => {
  const dropped = new Set<string>();
  withoutTuples({ type: 'array', items: [text] }, 'response_format', dropped);
  expect([...dropped]).toEqual(['response_format.prefixItems']);
});

test('a schema without tuples is given back as it is, whatever its properties are called', () => {
  const schema = { type: 'object', properties: { prefixItems: { type: 'array', items: text } }, default: { items: [1] } };
  expect(inNewerWords(schema)).toBe(schema);
  expect(withoutTuples(schema, 'x', new Set())).toBe(schema);
});

test('no list of schemas is left where one is taken, and nothing changes that is plain', () => {
  const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small' },
      fc.constant<JsonObject>(text),
      fc.record({ type: fc.constant('array'), items: fc.oneof(tie('schema'), fc.array(tie('schema'))) }),
      fc.record({ type: fc.constant('array'), prefixItems: fc.array(tie('schema')), items: fc.oneof(tie('schema'), fc.boolean()) }),
    ) as fc.Arbitrary<JsonObject>,
  }));

  fc.assert(
    fc.property(schema, (given) => {
      const once = withoutTuples(given, 'x', new Set());
      expect(JSON.stringify(once)).not.toMatch(/"prefixItems"|"items":\[/);
      expect(withoutTuples(once, 'x', new Set())).toBe(once);
    }),
  );
});

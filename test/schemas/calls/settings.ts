import fc from 'fast-check';
import { seldom, toolName } from './conversation';

/** What calls of every dialect ask for, in no dialect. */

const property = fc.constantFrom<object>(
  { type: 'string' },
  { type: 'string', description: 'A city', minLength: 1 },
  { type: 'number', minimum: 0, maximum: 10 },
  { type: 'integer', multipleOf: 5 },
  { type: 'boolean' },
  { type: 'string', enum: ['a', 'b'] },
  { type: ['string', 'null'] },
  { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 9, uniqueItems: true },
  { anyOf: [{ type: 'string' }, { type: 'number' }] },
  { oneOf: [{ type: 'object', properties: { kind: { const: 'x' } } }, { type: 'null' }] },
  { type: 'object', additionalProperties: { type: 'string' } },
  { type: 'object', properties: { deep: { type: 'object', properties: { deeper: { type: 'string', format: 'date-time' } } } } },
  { $ref: '#/$defs/Node' },
  { type: 'string', pattern: '^[a-z]+$', default: 'x' },
);

/** JSON Schema of arguments or an answer, as people and their libraries write it. */
export const schema: fc.Arbitrary<object> = fc.oneof(
  {
    arbitrary: fc
      .record({
        properties: fc.dictionary(fc.constantFrom('city', 'count', 'tags', 'node'), property, { maxKeys: 3 }),
        additionalProperties: seldom(fc.boolean(), 2),
        root: fc.constantFrom({}, {}, { title: 'Args' }, { $schema: 'http://json-schema.org/draft-07/schema#' }, { minProperties: 1 }),
        allRequired: fc.boolean(),
      })
      .map(({ properties, additionalProperties, root, allRequired }) => ({
        type: 'object',
        ...root,
        properties,
        ...(allRequired ? { required: Object.keys(properties) } : {}),
        ...(additionalProperties === undefined ? {} : { additionalProperties }),
        ...(JSON.stringify(properties).includes('$defs')
          ? { $defs: { Node: { type: 'object', properties: { name: { type: 'string' } } } } }
          : {}),
      })),
    weight: 8,
  },
  { arbitrary: fc.constant({ type: 'object' }), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      {
        anyOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'number' } } },
        ],
      },
      { oneOf: [{ $ref: '#/$defs/A' }], $defs: { A: { type: 'object', properties: { a: { type: 'string' } } } } },
    ),
    weight: 1,
  },
);

export interface Tool {
  readonly name: string;
  readonly description: string | undefined;
  readonly schema: object | undefined;
  readonly strict: boolean | undefined;
  /** OpenAI's free-text tool, by a grammar or not. */
  readonly free: boolean;
  readonly grammar: boolean;
  readonly cached: boolean;
}

const tool: fc.Arbitrary<Tool> = fc.record({
  name: toolName,
  description: seldom(fc.constantFrom('Looks it up.', ''), 2),
  schema: fc.oneof({ arbitrary: schema, weight: 9 }, { arbitrary: fc.constant(undefined), weight: 1 }),
  strict: seldom(fc.boolean(), 3),
  free: fc.constantFrom(false, false, false, false, false, true),
  grammar: fc.boolean(),
  cached: fc.constantFrom(false, false, false, false, true),
});

/** Sometimes one twice, sometimes more strict ones than a host takes. */
export const tools: fc.Arbitrary<readonly Tool[] | undefined> = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 3 },
  { arbitrary: fc.array(tool, { minLength: 1, maxLength: 3 }), weight: 3 },
  { arbitrary: fc.constant([]), weight: 1 },
  {
    arbitrary: tool.map((one) => Array.from({ length: 25 }, (_, index) => ({ ...one, name: `tool_${index}`, strict: true, free: false }))),
    weight: 1,
  },
);

export const toolChoice = seldom(
  fc.constantFrom('auto' as const, 'none' as const, 'required' as const, 'named' as const, 'allowed' as const),
  2,
);

export const efforts = fc.constantFrom(
  'none' as const,
  'minimal' as const,
  'low' as const,
  'medium' as const,
  'high' as const,
  'xhigh' as const,
);

/** None that a body of a few hundred bytes could not ask for. */
export const outputCap = fc.constantFrom(1, 16, 1_024, 2_000, 8_192, 64_000, 1_000_000);

export const share = fc.constantFrom(0, 0.1, 0.5, 0.95, 1);
export const stopWords = fc.array(fc.constantFrom('END', '\n\n', 'User:', ' '), { minLength: 1, maxLength: 6 });
export const metadata = fc.constantFrom<Record<string, string>>({}, { team: 'a' }, { label: 'ü & ö', 'x/y': '' });
export const tag = fc.constantFrom('user-1', 'a'.repeat(70));

/** Schemas in the subset that Moonshot's own validator takes. @see https://github.com/MoonshotAI/walle/blob/main/docs/walle.md */
import { typedParameters, typedSchema } from '../../../../lambda/wire/protocols/typed-schema';

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was made
type Schema = any;

const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'];
const BESIDE = ['description', 'title', '$defs'];

/** What the validator says of a schema, by the place; nothing where it takes it. */
function refusals(schema: Schema, root: Schema = schema, at = 'root'): string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return [`${at}: no object`];
  const found: string[] = [];
  const say = (broken: boolean, what: string) => broken && found.push(`${at}: ${what}`);
  const others = Object.keys(schema).filter((keyword) => !BESIDE.includes(keyword));
  if ('$ref' in schema) {
    say(others.length > 1, `beside $ref: ${others}`);
    const name = /^#\/\$defs\/([^/]+)$/.exec(schema.$ref)?.[1];
    say(schema.$ref !== '#' && root.$defs?.[name ?? ''] === undefined, 'references must start with #/$defs/');
    for (const note of ['description', 'title']) say(note in schema && note in (root.$defs?.[name ?? ''] ?? {}), `twice: ${note}`);
  } else if ('anyOf' in schema) {
    say(others.length > 1, `beside anyOf: ${others}`);
    say(schema.anyOf.length === 0, 'anyOf must have items');
  } else {
    const types = [schema.type].flat();
    say(
      types.some((type) => !TYPES.includes(type)),
      'type is not defined',
    );
    say(types.length > 1 && others.length > 1, `several types with ${others}`);
    for (const name of schema.required ?? []) say(schema.properties?.[name] === undefined, `required ${name} is not declared`);
    for (const choice of schema.enum ?? []) {
      const type = Number.isInteger(choice) && types[0] === 'integer' ? 'integer' : typeof choice;
      say(!['string', 'number', 'integer'].includes(type) || !types.includes(type), `enum with ${choice}`);
    }
    say('items' in schema && Object.keys(schema.items).length === 0, 'items must not be empty');
  }
  for (const keyword of ['oneOf', 'allOf', 'const', 'definitions']) say(keyword in schema, keyword);
  say('$defs' in schema && at !== 'root', '$defs inside');
  for (const [keyword, held] of [
    ['properties', schema.properties],
    ['$defs', schema.$defs],
    ['anyOf', schema.anyOf],
  ])
    for (const [name, part] of Object.entries(held ?? {})) found.push(...refusals(part, root, `${at}.${keyword}.${name}`));
  if ('items' in schema) found.push(...refusals(schema.items, root, `${at}.items`));
  const { additionalProperties: open } = schema;
  if (typeof open === 'object' && Object.keys(open).length > 0) found.push(...refusals(open, root, `${at}.additionalProperties`));
  return found;
}

const made = (parameters: Schema): { readonly schema: Schema; readonly dropped: string[] } => {
  const dropped = new Set<string>();
  return { schema: typedParameters(parameters, dropped), dropped: [...dropped] };
};
const property = (part: Schema, more: Schema = {}): Schema =>
  made({ type: 'object', properties: { p: part }, ...more }).schema.properties.p;

/** What people's tools had when they were refused. */
const REPORTED: Readonly<Record<string, Schema>> = {
  nothing: {},
  'a union beside the type of the root': {
    type: 'object',
    description: 'One of the variants.',
    anyOf: [
      { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      { properties: { url: { type: 'string' } }, required: ['url'] },
    ],
  },
  'a root that is a definition': {
    $ref: '#/definitions/Args',
    definitions: { Args: { type: 'object', properties: { q: { type: 'string' } } } },
  },
  'a type beside a union': { type: 'object', properties: { p: { type: 'string', anyOf: [{ minLength: 1 }, { maxLength: 9 }] } } },
  'items beside a union': {
    type: 'object',
    properties: { p: { items: { type: 'string' }, anyOf: [{ type: 'array' }, { type: 'null' }], default: null } },
  },
  'a type and a note beside a reference': {
    type: 'object',
    properties: { p: { $ref: '#/$defs/Icon', type: 'object', description: 'Of the page' } },
    $defs: { Icon: { type: 'object', description: 'An icon', properties: { color: {} } } },
  },
  'a reference to another property': {
    type: 'object',
    properties: { a: { type: 'string' }, b: { $ref: '#/properties/a', description: 'Like a' } },
  },
  'no type': { type: 'object', properties: { a: { enum: ['x', 'y'] }, b: {}, c: { properties: { d: true } }, e: { items: {} } } },
  'several types': {
    type: 'object',
    properties: { a: { type: ['string', 'null'], minLength: 1 }, b: { type: ['array', 'object'], items: { type: 'string' } } },
  },
  'choices of several types': {
    type: 'object',
    properties: { a: { enum: ['x', 1, null] }, b: { type: ['string', 'null'], enum: ['x', null] }, c: { type: 'boolean', enum: [true] } },
  },
  'a constant, a choice of one, and all of some': {
    type: 'object',
    properties: {
      a: { const: 'x' },
      b: { oneOf: [{ const: 1 }, { const: 'y', title: 'Y' }] },
      c: { allOf: [{ $ref: '#/$defs/A' }, { properties: { z: { type: 'string' } }, required: ['z'] }] },
    },
    $defs: { A: { type: 'object', properties: { y: { type: 'string' } }, required: ['y'] } },
  },
  'required and undeclared': { type: 'object', properties: { a: { type: 'object', required: ['b'] } }, required: ['c'] },
  'itself within itself': {
    type: 'object',
    properties: { tree: { $ref: '#/$defs/Node', minProperties: 1, description: 'The tree' } },
    $defs: {
      Node: { type: 'object', description: 'A node', properties: { children: { type: 'array', items: { $ref: '#/$defs/Node' } } } },
    },
  },
  'a map and a tuple': {
    type: 'object',
    properties: { m: { type: 'object', additionalProperties: { enum: ['x'] } }, t: { type: 'array', items: [{ type: 'string' }, {}] } },
  },
};

describe('parameters for Moonshot', () => {
  test.each(Object.entries(REPORTED))('are taken where they had %s', (_, parameters) => {
    const { schema } = made(parameters);

    expect(refusals(schema)).toEqual([]);
    expect(schema.type).toBe('object');
  });

  test.each([
    [{ anyOf: [{ type: 'string' }, { $ref: '#/$defs/A' }] }, { anyOf: [{ type: 'string' }, { $ref: '#/$defs/A' }] }],
    [
      { type: 'string', description: 'd', anyOf: [{ minLength: 1 }, { type: 'integer' }] },
      { description: 'd', anyOf: [{ type: 'string', minLength: 1 }, { type: 'integer' }] },
    ],
    [
      { $ref: '#/$defs/A', description: 'd' },
      { $ref: '#/$defs/A', description: 'd' },
    ],
    [
      { $ref: '#/$defs/A', default: 'q' },
      { type: 'string', minLength: 2, default: 'q' },
    ],
    [
      { type: ['integer', 'null'], minimum: 1, description: 'd' },
      { description: 'd', anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] },
    ],
    [{ type: ['string', 'null'] }, { type: ['string', 'null'] }],
    [
      { enum: ['a', 2] },
      {
        anyOf: [
          { type: 'string', enum: ['a'] },
          { type: 'number', enum: [2] },
        ],
      },
    ],
    [
      { type: 'array', items: {}, default: [] },
      { type: 'array', default: [] },
    ],
  ])('%j mean what they meant', (part, expected) => {
    expect(property(part, { $defs: { A: { type: 'string', minLength: 2 } } })).toEqual(expected);
  });

  test('are left as they are where nothing is in the way, and told of where something was lost', () => {
    const plain = { type: 'object', properties: { q: { type: 'string', description: 'd' } }, required: ['q'], additionalProperties: false };

    expect(made(plain)).toEqual({ schema: plain, dropped: [] });
    expect(made(REPORTED['a union beside the type of the root']).dropped).toEqual(['tools.parameters']);
    expect(made(REPORTED['itself within itself']).dropped).toEqual(['tools.parameters.minProperties']);
    expect(made(REPORTED['a reference to another property']).dropped).toEqual(['tools.parameters.$ref']);
  });

  test('do not grow without end', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => {
        const next = { $ref: `#/$defs/D${index + 1}`, minProperties: 1 };
        return [`D${index}`, { type: 'object', properties: { a: next, b: next } }];
      }),
    );
    const { schema } = made({ type: 'object', properties: { p: { $ref: '#/$defs/D0' } }, $defs: { ...$defs, D60: { type: 'string' } } });

    expect(JSON.stringify(schema).length).toBeLessThan(5_000_000);
    expect(refusals(schema)).toEqual([]);
  });

  test('of an answer keep their union at the root', () => {
    expect(typedSchema({ anyOf: [{ const: 'a' }, { const: 'b' }] }, 'response_format', new Set())).toEqual({
      anyOf: [
        { type: 'string', enum: ['a'] },
        { type: 'string', enum: ['b'] },
      ],
    });
  });
});

import { call, called, FIND, HI, type Kind, LOOP, result } from './kind';
import type { Said, SaidTurn } from './said';

const turns = [HI];
const tools = [FIND];
const TEXT = { type: 'string' };
const PLACE = { type: 'object', properties: { city: TEXT }, required: ['city'], additionalProperties: false };
const ID = { type: 'object', properties: { id: TEXT }, required: ['id'] };
const NAME = { type: 'object', properties: { name: TEXT } };
const LONG_NAME = `mcp__github__${'create_'.repeat(9)}file`;
const cached = (text: string): SaidTurn => ({ role: 'user', texts: [{ text, cached: true }] });

/** A tool whose arguments are by a schema. */
const tool = (schema: object, strict?: boolean): Said => ({
  turns,
  tools: [{ name: 'pick', schema, ...(strict === undefined ? {} : { strict }) }],
});
const answer = (schema: object, strict = true): Said => ({ turns, answer: { schema, strict }, cap: 300 });

/** Claude and Bedrock take an object at the root, and no union. */
const unionAtRoot: Kind['wrong'] = ({ tools: all, format }) =>
  ['messages', 'converse'].includes(format)
    ? all.flatMap(({ schema }) => Object.keys(schema).filter((key) => ['anyOf', 'oneOf', 'allOf', '$ref'].includes(key)))
    : [];
const kept: Kind['wrong'] = ({ marks }, target, warnings) =>
  marks > 0 || warnings.includes('cache_control') || !/claude|nova/.test(target) ? [] : ['a mark is gone without a word'];
const held: Kind['wrong'] = ({ settings, tools: all, system, turns: said }) =>
  settings['answer'] !== undefined || all.some(({ name }) => name === 'json_answer') || JSON.stringify([system, said]).includes('JSON')
    ? []
    : ['nobody is told of the schema'];

/** Tools, schemas and marks of caches as callers' libraries write them. */
export const TOOLS_AND_SCHEMAS: Readonly<Record<string, Kind>> = {
  'one tool twice': {
    said: { turns, tools: [FIND, { ...FIND, description: 'Again.' }] },
    wrong: ({ tools: all }) => (all.length === 1 ? [] : [`${all.length} tools`]),
  },
  'a union at the root': { said: tool({ anyOf: [ID, NAME] }), wrong: unionAtRoot },
  'a oneOf beside properties': { said: tool({ type: 'object', oneOf: [ID, NAME] }), wrong: unionAtRoot },
  'an allOf with a reference': { said: tool({ allOf: [ID, { $ref: '#/$defs/N' }], $defs: { N: NAME } }), wrong: unionAtRoot },
  'a reference at the root': { said: tool({ $ref: '#/$defs/N', $defs: { N: NAME } }), wrong: unionAtRoot },
  'a union in a strict tool': { said: tool({ anyOf: [ID, NAME] }, true), wrong: unionAtRoot },
  'keywords as libraries write them': {
    said: tool({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Args',
      type: 'object',
      properties: {
        link: { type: 'string', format: 'uri', default: 'x', enum: ['x', ''] },
        none: { type: ['string', 'null'] },
        map: { type: 'object', additionalProperties: TEXT },
        fixed: { const: 'a' },
        list: { type: 'array', items: { anyOf: [TEXT, { type: 'number', exclusiveMinimum: 0 }] }, minItems: 1 },
      },
      required: ['link'],
      additionalProperties: false,
    }),
  },
  'a name that begins with a digit': {
    said: { turns: [HI, called(call('call_a', '3d_render')), result('call_a')], tools: [{ name: '3d_render' }] },
  },
  'a name with dots and slashes': {
    said: { turns: [HI, called(call('call_a', 'files.read/all')), result('call_a')], tools: [{ name: 'files.read/all' }] },
  },
  'a name that is too long': { said: { turns, tools: [{ name: LONG_NAME }], choice: { name: LONG_NAME } }, refusable: /tool_choice/ },
  'a strict tool with bounds': {
    said: tool(
      {
        type: 'object',
        properties: { a: { type: 'integer', minimum: 1, maximum: 5 }, b: { type: 'array', items: TEXT, minItems: 2 } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
      true,
    ),
  },
  'twenty-five strict tools': {
    said: { turns, tools: Array.from({ length: 25 }, (_, index) => ({ name: `t${index}`, strict: true, schema: PLACE })) },
  },
  'a tool without parameters': { said: tool({ type: 'object' }) },
  'a tool of an empty schema': {
    said: tool({}),
    wrong: ({ tools: all }) => all.flatMap(({ schema }) => (schema?.type === 'object' ? [] : ['no object'])),
  },
  'a tool of a blank description': { said: { turns, tools: [{ ...FIND, description: '' }] } },
  'a tool that must be used': { said: { turns, tools, choice: { name: 'find' }, cap: 300 }, refusable: /tool_choice/ },
  'some tool that must be used': { said: { turns, tools, choice: 'required', cap: 300 }, refusable: /tool_choice/ },
  'a list of no tools': { said: { turns, tools: [], choice: 'none', cap: 300 } },
  'an answer by a schema': { said: answer(PLACE), wrong: held },
  'an answer by a schema beside tools': { said: { ...answer(PLACE), tools }, wrong: held },
  'an answer by a schema in a loop': { said: { ...answer(PLACE), turns: LOOP, tools }, wrong: held },
  'an answer by a schema behind a loop': { said: { ...answer(PLACE), turns: LOOP }, wrong: held },
  'an answer by a schema beside thinking': { said: { ...answer(PLACE), effort: 'high', cap: 20_000 }, wrong: held },
  'an answer by maps and bounds': {
    said: answer({
      type: 'object',
      properties: {
        list: { type: 'array', items: TEXT, minItems: 3, maxItems: 5 },
        map: { type: 'object', additionalProperties: TEXT },
        either: { oneOf: [{ type: 'string', minLength: 2 }, { type: 'null' }] },
        above: { type: 'number', exclusiveMinimum: 0 },
      },
      required: ['list', 'map', 'either', 'above'],
    }),
    wrong: held,
  },
  'an answer by an open object': { said: answer({ ...PLACE, additionalProperties: true }, false), wrong: held },
  'an answer by a list': { said: answer({ type: 'array', items: PLACE }, false), wrong: held },
  'an answer by a union': { said: answer({ anyOf: [ID, NAME] }, false), wrong: held },
  'an answer by references': {
    said: answer({
      type: 'object',
      properties: { to: { $ref: '#/$defs/City' } },
      required: ['to'],
      additionalProperties: false,
      $defs: { City: PLACE },
    }),
    wrong: held,
  },
  'an answer by a reference at the root': { said: answer({ $ref: '#/$defs/City', $defs: { City: PLACE } }), wrong: held },
  'an answer by a schema of itself': {
    said: answer({ type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false }, false),
    wrong: held,
  },
  'a mark inside a result': {
    said: {
      turns: [HI, called(call('call_a')), { role: 'tool', results: [{ id: 'call_a', texts: [{ text: 'big', cached: true }] }] }],
      tools,
    },
    wrong: kept,
  },
  'a mark on a tool': { said: { turns, tools: [{ ...FIND, cached: true }] }, wrong: kept },
  'marks on texts': { said: { turns: [{ role: 'system', texts: [{ text: 'You are.', cached: true }] }, cached('Long')] }, wrong: kept },
  'more marks than are taken': {
    said: {
      turns: [
        {
          role: 'system',
          texts: [
            { text: 'S1', cached: true },
            { text: 'S2', cached: true },
          ],
        },
        ...[1, 2, 3, 4].flatMap((turn): SaidTurn[] => [cached(`u${turn}`), { role: 'assistant', texts: [`a${turn}`] }]),
        HI,
      ],
      tools: [{ ...FIND, cached: true }],
    },
    wrong: ({ marks }) => (marks > 4 ? [`${marks} marks`] : []),
  },
};

/** Two parsers that read one body differently: what is admitted and priced must be what a provider reads, whichever field its parser lets win. */
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { GatewayError } from '../../lambda/platform/error';
import { spliceFields } from '../../lambda/platform/http/splice';
import { parseJsonDocument } from '../../lambda/platform/json/json';
import type { JsonValue } from '../../lambda/platform/json/value';

/** A JSON text as somebody may write it: fields in any order, any number of times, any character escaped. */
type Node = { readonly leaf: JsonValue } | { readonly items: readonly Node[] } | { readonly fields: readonly Field[] };
interface Field {
  readonly name: string;
  /** Which characters of the name are written as escapes, bit by bit. */
  readonly escaped: number;
  readonly space: string;
  readonly value: Node;
}

const NAMES = ['model', 'Model', 'max_tokens', 'n', 'tools', 'type', 'a', '', 'mod\u00e9l', '"', '\\', '\ud83d\ude00', 'model\u0000'];
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n');
const leaf = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, false, 0, -0, 1e21, 1.5, -7, '', '"', '\\', '\\"', '"model":"x"', '}', ',', '\u2028'),
  fc.string(),
  fc.integer(),
);
const { object } = fc.letrec<{ node: Node; object: { readonly fields: readonly Field[] } }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf.map((value) => ({ leaf: value })),
    fc.array(tie('node'), { maxLength: 3 }).map((items) => ({ items })),
    tie('object'),
  ),
  object: fc.record({
    fields: fc.array(fc.record({ name: fc.constantFrom(...NAMES), escaped: fc.nat(255), space, value: tie('node') }), { maxLength: 5 }),
  }),
}));

function write(node: Node): string {
  if ('leaf' in node) return JSON.stringify(node.leaf);
  if ('items' in node) return `[${node.items.map(write).join(' ,')}]`;
  return `{${node.fields.map(({ name, escaped, space: gap, value }) => `${gap}"${spell(name, escaped)}"${gap}:${gap}${write(value)}${gap}`).join(',')}}`;
}

function spell(name: string, escaped: number): string {
  return [...Array(name.length).keys()]
    .map((at) => {
      const unit = name[at] as string;
      const code = unit.charCodeAt(0);
      const must = code < 0x20 || unit === '"' || unit === '\\' || (code >= 0xd800 && code <= 0xdfff);
      return must || ((escaped >> (at % 8)) & 1) === 1 ? `\\u${code.toString(16).padStart(4, '0')}` : unit;
    })
    .join('');
}

function repeats(node: Node): boolean {
  if ('leaf' in node) return false;
  if ('items' in node) return node.items.some(repeats);
  return new Set(node.fields.map(({ name }) => name)).size < node.fields.length || node.fields.some(({ value }) => repeats(value));
}

test('D03 a body is accepted exactly when no object in it has a field twice, however it is spelled', () => {
  fc.assert(
    fc.property(object, space, (node, around) => {
      const text = `${around}${write(node)}${around}`;
      const accepted = accepts(text);
      expect([text, accepted]).toEqual([text, !repeats(node)]);
    }),
    { numRuns: 500 },
  );
});

test('what is forwarded reads as what was admitted, with the changes and nothing else', () => {
  const changes = { model: 'target', max_tokens: 7, stream_options: { include_usage: true } };
  fc.assert(
    fc.property(object, (node) => {
      fc.pre(!repeats(node));
      const document = parseJsonDocument(Buffer.from(write(node)));
      const forwarded = spliceFields(document, changes);
      expect(accepts(forwarded.toString())).toBe(true);
      expect(otherParser(forwarded.toString())).toEqual({ ...document.value, ...changes });
    }),
    { numRuns: 500 },
  );
});

test('an escaped name is read as it is, whatever names an earlier body had in its place', () => {
  // V8 13.6 alone reads the second one as a field named by a backslash.
  parseJsonDocument(Buffer.from('{"model":"x","\\u005c":0}'));

  expect(parseJsonDocument(Buffer.from('{"model":"x","\\u006e":128}')).value).toEqual({ model: 'x', n: 128 });
  expect(parseJsonDocument(Buffer.from('{"model":"x","\\"":1,"a":[{"\\u0061\\n":" \\" "},[],{}]}')).value).toEqual({
    model: 'x',
    '"': 1,
    a: [{ 'a\n': ' " ' }, [], {}],
  });
});

test.each([
  ['a byte order mark', '\ufeff{"model":"x"}'],
  ['a text after the object', '{"model":"x"}{"model":"y"}'],
  ['a comment', '{"model":"x"/*,*/}'],
  ['a comma too many', '{"model":"x",}'],
  ['single quotes', "{'model':'x'}"],
  ['a bare name', '{model:"x"}'],
  ['not a number', '{"n":NaN}'],
  ['an infinite number', '{"n":1e999}'],
  ['a number with zeros in front', '{"n":007}'],
  ['a hexadecimal number', '{"n":0x10}'],
  ['a control character in a string', '{"model":"a\nb"}'],
  ['NUL after the object', '{"model":"x"}\0'],
  ['an escape that is none', '{"mod\\xel":"x"}'],
  ['a field twice deep inside', '{"model":"x","tools":[{"type":"function","\\u0074ype":"web_search"}]}'],
  ['a prototype', '{"model":"x","a":{"\\u005f_proto__":{"n":1}}}'],
])('%s is refused', (_what, text) => {
  expect(accepts(text)).toBe(false);
});

/** JSON is JavaScript, whose own parser shares no code with `JSON.parse`. */
function otherParser(text: string): unknown {
  return runInThisContext(`(${text})`);
}

function accepts(text: string): boolean {
  try {
    parseJsonDocument(Buffer.from(text));
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.status === 400) return false;
    throw error;
  }
}

import fc from 'fast-check';
import { parseJsonDocument, parseJsonObject } from '../../../../lambda/platform/json/json';

const limits = { maxBytes: 1_000_000, maxDepth: 100, maxKeys: 1_000 };
const parse = (text: string | Buffer) => parseJsonObject(Buffer.from(text as string), limits);

test('parses what JSON.parse parses, and finds every top-level value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      fc.pre(!/"__proto__"/.test(text));
      const document = parseJsonDocument(Buffer.from(text), limits);

      expect(document.value).toEqual(JSON.parse(text));
      expect([...document.spans.keys()].sort()).toEqual(Object.keys(JSON.parse(text)).sort());
      for (const [name, span] of document.spans) {
        const slice = document.bytes.toString('utf8', span.start, span.end);
        expect(JSON.parse(slice)).toEqual(document.value[name]);
      }
    }),
  );
});

test('text that is not JSON is refused, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (noise) => {
      const text = `{"a":1${noise}}`;
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(() => parse(text)).toThrow(expect.objectContaining({ status: 400 }));
        return;
      }
      expect(parse(text)).toEqual(expected);
    }),
  );
});

test.each([
  '',
  ' ',
  '[]',
  '"x"',
  'null',
  '{',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1}}',
  '{"a":1} x',
  '{"a":[1}',
  '{]',
  '{a:1}',
  "{'a':1}",
  '{"a":1,}',
])('fails on %j', (text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ status: 400, code: 'invalid_json' }));
});

test('D02 depth, number of keys and size are bounded', () => {
  expect(() => parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)).toThrow(/deeper than 100 levels/);
  expect(() => parse(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)).toThrow(/deeper than 100 levels/);
  const many = Array.from({ length: 1_001 }, (_, index) => `"k${index}":1`).join();
  expect(() => parse(`{${many}}`)).toThrow(/more than 1000 fields/);
  expect(() => parse(`{"a":"${'x'.repeat(1_000_000)}"}`)).toThrow(expect.objectContaining({ status: 413, code: 'request_too_large' }));
});

test('D03 duplicate fields and keys that reach a prototype are refused', () => {
  expect(() => parse('{"model":"a","model":"b"}')).toThrow(expect.objectContaining({ status: 400, param: 'model' }));
  expect(() => parse('{"model":"a","mod\\u0065l":"b"}')).toThrow(expect.objectContaining({ code: 'duplicate_field' }));
  expect(() => parse('{"a":{"__proto__":{"polluted":1}}}')).toThrow(expect.objectContaining({ code: 'forbidden_field' }));
  expect(() => parse('{"a":[{"\\u005f_proto__":1}]}')).toThrow(expect.objectContaining({ code: 'forbidden_field' }));
  expect(() => parse('{"constructor":{"prototype":{"polluted":1}}}')).toThrow(expect.objectContaining({ code: 'forbidden_field' }));
  expect(parse('{"properties":{"constructor":{"type":"string"}},"prototype":1}')).toBeDefined();
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('D05 bad UTF-8, a byte order mark and numbers out of range are refused; lone surrogates and -0 keep their bytes', () => {
  expect(() => parse(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]))).toThrow(/not valid UTF-8/);
  expect(() => parse(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{}')]))).toThrow(/byte order mark/);
  expect(() => parse('{"temperature":1e400}')).toThrow(/out of range/);
  expect(() => parse(`{"a":[-${'9'.repeat(400)}]}`)).toThrow(/out of range/);
  const kept = parseJsonDocument(Buffer.from('{"a":"\\ud800","b":-0}'), limits);
  expect(kept.bytes.toString()).toBe('{"a":"\\ud800","b":-0}');
});

test('strings with many escapes and quotes end where they end', () => {
  const text = JSON.stringify({ a: `${'\\'.repeat(41)}"${'x'.repeat(50)}\\"`, model: 'm' });

  expect(parseJsonDocument(Buffer.from(text), limits).spans.get('model')).toEqual({ start: text.length - 4, end: text.length - 1 });
});

test('every byte in every place of an object ends as JSON.parse ends', () => {
  const text = ' {"a" : [1, -2.5e3, true, {"b": null}] , "c\\u0064" :"x"} ';
  for (let at = 0; at <= text.length; at += 1) {
    for (let byte = 0; byte < 0x80; byte += 1) {
      const damaged = text.slice(0, at) + String.fromCharCode(byte) + text.slice(at);
      expect(outcome(() => parse(damaged))).toEqual(outcome(() => JSON.parse(damaged)));
    }
  }
});

/** What comes out: the value, or that nothing does. Names given twice are ours alone to refuse, and no place here makes one. */
function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch {
    return 'refused';
  }
}

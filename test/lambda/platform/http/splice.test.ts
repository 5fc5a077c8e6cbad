import fc from 'fast-check';
import { spliceFields } from '../../../../lambda/platform/http/splice';
import { parseJsonDocument } from '../../../../lambda/platform/json/json';

const document = (text: string) => parseJsonDocument(Buffer.from(text));

test('changes only the named values and leaves every other byte', () => {
  const text = '{ "x_unknown" : 1.50e1,\n "model":"smart", "héllo":"☃\\u0000", "messages":[{"model":"inner"}] }';

  const spliced = spliceFields(document(text), { model: 'gpt-x', max_tokens: 7 });

  expect(spliced.toString()).toBe(
    '{"max_tokens":7, "x_unknown" : 1.50e1,\n "model":"gpt-x", "héllo":"☃\\u0000", "messages":[{"model":"inner"}] }',
  );
});

test('returns the very same bytes when nothing changes', () => {
  const given = document('{"model":"m"}');

  expect(spliceFields(given, { model: 'm', other: undefined })).toBe(given.bytes);
  expect(spliceFields(document('{}'), { a: [1] }).toString()).toBe('{"a":[1]}');
});

test('equals a change of the parsed object', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 })),
      fc.dictionary(fc.constantFrom('a', 'b', 'model', ''), fc.jsonValue({ maxDepth: 2 })),
      (original, changes) => {
        const text = JSON.stringify(original);
        fc.pre(!text.includes('"__proto__"'));

        expect(JSON.parse(spliceFields(document(text), changes as never).toString())).toEqual({
          ...JSON.parse(text),
          ...JSON.parse(JSON.stringify(changes)),
        });
      },
    ),
  );
});

/** What stands in place of parts of JSON, so that it stays JSON. */
import fc from 'fast-check';
import { type JsonPlace, placeAfter, readJson, replacedInJson } from '../../../lambda/guardrails/json-text';
import { replacedIn, withReplaced } from '../../../lambda/guardrails/services/spans';

const replaced = (raw: string, start: number, end: number, by: string, from?: JsonPlace): string =>
  withReplaced(raw, replacedInJson(readJson(raw, from), [{ start, end, by }]));
/** A service answers with this for what it was shown. */
const answered = (raw: string, mask: (shown: string) => string): string => {
  const json = readJson(raw);
  return withReplaced(raw, replacedInJson(json, replacedIn(json.shown, mask(json.shown))));
};

test('what is escaped is shown as what it stands for, and a mask is escaped in its place', () => {
  const raw = '{"to":"Ann \\"A\\" <bob\\u0040example.com>\\nx"}';
  expect(readJson(raw).shown).toBe('{"to":"Ann "A" <bob@example.com>\nx"}');
  expect(answered(raw, (shown) => shown.replace('bob@example.com', '"B"\\'))).toBe('{"to":"Ann \\"A\\" <\\"B\\"\\\\>\\nx"}');
});

test('a number is replaced as a whole, by a string', () => {
  expect(answered('{"n":12345,"b":true}', (shown) => shown.replace('234', 'X'))).toBe('{"n":"X","b":true}');
  expect(answered('[4111,{"card":-4111.5e1}]', (shown) => shown.replace('-4111.5e1', '[CARD]'))).toBe('[4111,{"card":"[CARD]"}]');
});

test('what reaches over several values leaves the quotes, commas and names between them', () => {
  const raw = '{"a":"bob@example.com","b":"eve@example.com"}';
  expect(answered(raw, (shown) => shown.replaceAll(/\w+@example.com/g, '{EMAIL}'))).toBe('{"a":"{EMAIL}","b":"{EMAIL}"}');
  expect(replaced('["bob","eve"]', 2, 11, 'A","B')).toBe('["A","B"]');
  expect(replaced('["bob","eve"]', 2, 11, 'gone')).toBe('["gone",""]');
  expect(replaced('["bob",12]', 0, 10, 'gone')).toBe('["gone",""]');
});

test('a number that has gone on in part goes on as one', () => {
  expect(replaced('2345,"x"]', 0, 4, '[CARD]', 'bare')).toBe('0000,"x"]');
  expect(replaced('ob","x"]', 0, 2, '[NAME]', 'string')).toBe('[NAME]","x"]');
});

test('whatever a service puts in place of whatever, what was JSON is JSON of the same shape', () => {
  const shape = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(shape) : typeof value === 'object' && value !== null ? Object.values(value).length > 0 : 'value';
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { minLength: 1 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.string()), { minLength: 1, maxLength: 3 }),
      (value, edits) => {
        const raw = JSON.stringify(value);
        const masked = edits.reduce((text, [at, length, by]) => {
          const start = at % (text.length + 1);
          return text.slice(0, start) + by + text.slice(start + length);
        }, readJson(raw).shown);
        expect(shape(JSON.parse(answered(raw, () => masked)))).toEqual(shape(value));
      },
    ),
    { numRuns: 500 },
  );
});

test('a part begins where the one before has ended', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, at) => {
      const raw = JSON.stringify({ value });
      const { starts, shown } = readJson(raw);
      const cut = starts[at % (shown.length + 1)] as number;
      const from = placeAfter(raw.slice(0, cut), 'between');
      expect(readJson(raw.slice(0, cut)).shown + readJson(raw.slice(cut), from).shown).toBe(shown);
    }),
    { numRuns: 500 },
  );
});

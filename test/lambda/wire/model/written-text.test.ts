import fc from 'fast-check';
import { encode as cl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as o200k } from 'gpt-tokenizer/encoding/o200k_base';
import { mostTokens, WrittenText } from '../../../../lambda/wire/model/written-text';
import { TEXTS } from '../../../support/texts';

const names = Object.keys(TEXTS);
const real = (text: string): number => Math.max(o200k(text).length, cl100k(text).length);
/** As a server writes it that escapes whatever is not ASCII. */
const asciiJson = (text: string): string =>
  JSON.stringify({ text }).replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

test.each(names)('R11 money-10-cjk-cut: no tokenizer counts more than the estimate of %s, nor far less', (name) => {
  const text = TEXTS[name] as string;

  expect(mostTokens(text)).toBeGreaterThanOrEqual(real(text));
  expect(mostTokens(text)).toBeLessThanOrEqual(real(text) * 3);
});

test('R11 money-10-cjk-cut: mixed texts are no less than the tokenizers count', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 8 }), (chosen) => {
      const text = chosen.map((name) => TEXTS[name]).join('\n');
      expect(mostTokens(text)).toBeGreaterThanOrEqual(real(text));
    }),
  );
});

test('R11 money-10-cjk-cut: pieces count as their whole, escaped or not', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(fc.nat(200), { maxLength: 6 }), (name, cuts) => {
      const text = TEXTS[name] as string;
      const ends = [...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort((left, right) => left - right);
      const pieces = new WrittenText();
      const escaped = new WrittenText();
      let from = 0;
      for (const end of ends) {
        const json = asciiJson(text.slice(from, end));
        pieces.add(text.slice(from, end));
        escaped.addEscaped(json, '{"text":"'.length, json.length - '"}'.length);
        from = end;
      }

      expect([pieces.tokens, escaped.tokens]).toEqual([mostTokens(text), mostTokens(text)]);
      expect(pieces.characters).toBe(text.length);
    }),
  );
});

test('R11 a text of plain letters is three characters a token', () => {
  expect(mostTokens('z'.repeat(90))).toBe(30);
  expect(mostTokens('')).toBe(0);
});

test.each(['\\u-d80', '\\u-001', '\\u', '\\u0', '\\uzzzz', 'a\\', '\\u 1f3'])(
  'R01 the damaged escape %j is counted as some character',
  (text) => {
    const written = new WrittenText();

    written.add('ab ');
    written.addEscaped(text, 0, text.length);
    written.add('cd');

    expect(Number.isSafeInteger(written.tokens)).toBe(true);
  },
);

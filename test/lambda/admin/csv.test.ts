import fc from 'fast-check';
import { csvText } from '../../../lambda/admin/csv';

const written = (text: string) => csvText([[text]]).slice(0, -2);

test.each([
  ...['=1+1', '+1', '-1', '-5', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '\tx', '\rx'],
  ...[' =1', '  +1', '\u00a0=1', '\u3000=1', '\u200b=1', '\ufeff=1', '"=1', '""=1', "'=1", ' "\' =1', '\u201c=1'],
  ...['\uff1d1', '\uff0b1', '\uff0d1', '\uff20x', ' \uff1d1', '\u207c1', '\ufe661', '\u22121'],
])('R07 the text %j, which a spreadsheet may take for a formula, is led by an apostrophe', (text) => {
  expect(written(text).replace(/^"/, '')[0]).toBe("'");
});

test.each(['openai/gpt-5', 'a=b', 'x-y', 'team@red', '2026-11-24', '', 'a b', 'caf\u00e9'])('R07 the text %j stays as it is', (text) => {
  expect(written(text).replace(/^"(.*)"$/, '$1')).toBe(text);
});

test('R07 numbers of ours stay numbers, negative ones too', () => {
  expect(csvText([['a', -5n, { decimal: '-0.25' }, 12n]])).toBe('a,-5,-0.25,12\r\n');
});

test('R07 a text stays in its cell, whatever separates cells elsewhere', () => {
  expect(written('a;=1')).toBe('"a;=1"');
  expect(written('a\t=1')).toBe('"a\t=1"');
  expect(written('a\r\n=1')).toBe('"a\r\n=1"');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const line = written(text);
      expect(line.startsWith('"') ? /^"(?:[^"]|"")*"$/.test(line) : !/[",;\t\r\n]/.test(line)).toBe(true);
    }),
  );
});

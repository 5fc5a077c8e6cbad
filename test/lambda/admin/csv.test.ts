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
  expect(written('a;b')).toBe('"a;b"');
  expect(written('a\tb')).toBe('"a\tb"');
  expect(written('a\r\nb')).toBe('"a\r\nb"');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const line = written(text);
      expect(line.startsWith('"') ? /^"(?:[^"]|"")*"$/.test(line) : !/[",;\t\r\n]/.test(line)).toBe(true);
    }),
  );
});

test.each([
  ['x;=cmd|1', `"x;'=cmd|1"`],
  ['x,=1', `"x,'=1"`],
  ['x\t@y', `"x\t'@y"`],
  ['x\r\n-1', `"x\r\n'-1"`],
  ['x;"+1"', `"x;'""+1"""`],
  ['x; \uff1d1;;=2', `"x;' \uff1d1;;'=2"`],
])('R07 no part of %j begins a formula where another separator splits it', (text, line) => {
  expect(written(text)).toBe(line);
});

test('R07 no cell begins a formula, whatever a reader splits at and whether or not it minds quotes', () => {
  const unit = fc.constantFrom(...'=+-@;,|\t\r\n "\'ab1\u00a0\uff1d'.split(''));
  const text = fc.string({ unit, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), fc.constantFrom(',', ';', '\t', '|'), (cells, separator) => {
      const line = csvText([cells]);
      for (const cell of line.split(/\r\n|[\r\n]/).flatMap((row) => row.split(separator))) {
        const begin = cell.normalize('NFKC').replace(/^[\s"]+/, '')[0];
        expect([cells, separator, '=+-@'.includes(begin ?? ' ')]).toEqual([cells, separator, false]);
      }
    }),
    { numRuns: 5_000 },
  );
});

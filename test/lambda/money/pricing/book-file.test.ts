import {
  bookInForce,
  changesBetween,
  checkBook,
  modelsByKind,
  type PriceBookData,
  readCheckedBook,
} from '../../../../lambda/money/pricing';
import { bookOf } from '../../../support/prices';

const NOW = Date.parse('2026-12-01');
const fileOf = (fields: object = {}) =>
  JSON.stringify({ version: 'v.1-a_b', date: '2026-12-01', lists: { openai: ['m | window=1000 | input=1 output=2'] }, ...fields });
const lines = (...openai: unknown[]) => fileOf({ lists: { openai } });
const NAMES = Array.from({ length: 999 }, (_, index) => `m${String(index).padStart(18, '0')}`).join(' ');
/** A line of 20,000 characters. */
const LONGEST = `${NAMES.padEnd(19_989)} || input=1`;

test('R14 a line says by a word of its own that its models cost nothing', () => {
  const text = lines('m | free=yes | input=0 output=0');

  expect(checkBook(text, NOW)).toEqual(JSON.parse(text));
});

test('R14 a book is read as it was written', () => {
  const text = fileOf({ sources: { list: '1 of 2026-11-30' } });

  expect(checkBook(text, NOW)).toEqual(JSON.parse(text));
  expect(checkBook(fileOf(), NOW)).toEqual(JSON.parse(fileOf()));
  expect(readCheckedBook(text)).toEqual(JSON.parse(text));
});

test.each<[string, string]>([
  [fileOf({ more: 1 }), 'book.more is not a field of a price book'],
  [fileOf({ version: undefined }), 'book.version must be'],
  [fileOf({ version: '' }), 'book.version must be'],
  [fileOf({ version: 'a b' }), 'book.version must be'],
  [fileOf({ version: 'v'.repeat(65) }), 'book.version must be'],
  [fileOf({ date: undefined }), 'book.date must be a day'],
  [fileOf({ date: '2026-12-01T00:00:00Z' }), 'book.date must be a day'],
  [fileOf({ date: '2026-02-30' }), 'book.date must be a day'],
  [fileOf({ date: '2026-13-01' }), 'book.date must be a day'],
  [fileOf({ date: ['2026-12-01'] }), 'book.date must be a day'],
  [fileOf({ sources: [] }), 'book.sources must be an object'],
  [fileOf({ sources: null }), 'book.sources must be an object'],
  [fileOf({ sources: { list: 1 } }), 'book.sources.list must be a string'],
  [fileOf({ lists: undefined }), 'book.lists must be an object'],
  [fileOf({ lists: [] }), 'book.lists must be an object'],
  [fileOf({ lists: {} }), 'book.lists must be an object'],
  [fileOf({ lists: { acme: [] } }), 'book.lists.acme must be one of anthropic, '],
  [fileOf({ lists: { simulated: [] } }), 'book.lists.simulated must be one of'],
  [fileOf({ lists: { openai: 'm' } }), 'book.lists.openai must be a list of lines'],
  [lines('m || input=1', 7), 'book.lists.openai[1] must be a line'],
  [lines(`m || ${'input=1 '.repeat(3_000)}`), 'book.lists.openai[0] must be a line of at most 20000 characters'],
  [lines('m || input=1', 'n || input'), 'book.lists.openai[1] is not a line of a price book: "input" must be name=value'],
  [lines('m || input=1', 'n m || input=2'), 'book.lists.openai[1] names "m" again'],
  [lines('m m || input=1'), 'book.lists.openai[0] names "m" again'],
  [lines('m || input=0'), 'must not both be 0'],
  [lines('m | free=no | input=0'), 'is no fact of a model'],
  [lines('m | free=yes | input=0 output=1'), 'free=yes must stand with prices of 0'],
  [lines('m || output=0.000'), 'must not both be 0'],
  [lines('m || input=0 output=0 call:web_search=1'), 'must not both be 0'],
  [lines('m || image=0 call=0'), 'must not both be 0'],
  [fileOf({ date: '2026-12-03' }), 'book.date must not be in the future'],
  [fileOf({ date: '9999-12-31' }), 'book.date must not be in the future'],
  [fileOf({ lists: { openai: [] } }), 'book.lists.openai must have lines'],
  [lines('m || input=1 output=2 | from=2020-01-01 input=0 output=0'), 'must not both be 0'],
  [lines('m || input=1 output=2 | hours=0-1439 input=0 output=0'), 'must not both be 0'],
  [lines('m || input=1,1:0 output=2,1:0'), 'must not both be 0'],
  [lines('m | window=1 maxOutput=1 | input=1'), 'window must be at least 128, not 1'],
  [lines('m | maxOutput=127 | input=1'), 'maxOutput must be at least 128'],
  [lines('m || input=1 call:default=0 call:web_search=0'), 'call:default must not be 0'],
  [lines('m | window=1000 window=2000 | input=1'), '"window" is said twice'],
  [lines('m || input=2.5 input=0.1'), 'book.lists.openai[0] is not a line of a price book: "input" is said twice'],
  [lines('m || input=1 call:a=1 call:a=2'), '"call:a" is said twice'],
  [lines('m || input=1 call:__proto__=1'), '"call:__proto__" is no class'],
  [lines('m || input=1 call:constructor=1'), '"call:constructor" is no class'],
  [lines('m | tier:constructor=50 | input=1'), '"tier:constructor" is no fact'],
  [lines('constructor || input=1'), 'the name "constructor" must be'],
  [lines('m | tier:default=1 | input=1'), 'tier:default must be one of flex, batch'],
  [lines('m | tier:acme=50 | input=1'), 'tier:acme must be one of'],
  [lines('m | tier:flex=9 | input=1'), 'tier:flex must be 10 to 1000 percent'],
  [lines('m | tier:flex=9.9 | input=1'), 'tier:flex must be 10 to 1000 percent'],
  [lines('m | tier:flex=1000.1 | input=1'), 'tier:flex must be 10 to 1000 percent'],
  [lines('m | regional=1 | input=1'), 'regional must be 100 to 200 percent'],
  [lines('m | regional=99 | input=1'), 'regional must be 100 to 200 percent'],
  [lines('m | regional=201 | input=1'), 'regional must be 100 to 200 percent'],
  [lines('m | window=127 | input=1'), 'window must be at least 128, not 127'],
  [lines('m | speed=9 | input=1'), 'speed must be at least 10, not 9'],
  [lines('m | speed=1 | input=1'), 'speed must be at least 10'],
  [lines('m || input=1 | hours=60-60 input=2'), 'must not begin and end at the same minute'],
  [lines('m || input=1 | days=12 input=2'), 'days must stand with hours'],
  [lines('m || input=1 | hours=0-60 days=11 input=2'), '"days" is no class'],
  [fileOf({ lists: { openai: Array.from({ length: 50_001 }, (_, index) => `m${index} || input=1`) } }), 'at most 50000 lines'],
])('R14 a book with a fault is refused with its place: %#', (text, message) => {
  expect(() => checkBook(text, NOW)).toThrow(message);
});

test.each([
  lines('m || input=0 output=1'),
  lines('m || input=1 output=0'),
  lines('m || input=0 call:request=0.01'),
  fileOf({ lists: { openai: ['m || input=1'], groq: ['m || input=1'] } }),
  lines('m | window=128 maxOutput=128 speed=10 regional=100 tier:flex=10 tier:priority=1000 | input=1'),
  lines('m | regional=200 | input=1'),
  lines('m || image=0.04'),
  lines(LONGEST),
  fileOf({ date: '2026-12-02' }),
  fileOf({ lists: { openai: Array.from({ length: 50_000 }, (_, index) => `m${index} || input=1`) } }),
])('R14 a book without a fault is taken: %#', (text) => {
  expect(checkBook(text, NOW)).toEqual(JSON.parse(text));
});

test('R14 what a fault is about is told in no more than two hundred characters', () => {
  const name = 'x'.repeat(500);
  expect(() => checkBook(fileOf({ [name]: 1 }), NOW)).toThrow(
    expect.objectContaining({
      param: `book.${name}`.slice(0, 200),
      message: `book.${'x'.repeat(100)} is not a field of a price book.`,
    }),
  );
});

test('R14 kinds of provider change in the order of their names, wherever they stand', () => {
  const of = (kind: 'xai' | 'groq'): PriceBookData => bookOf([kind], 'm || input=1');
  expect(changesBetween(of('xai'), of('groq')).map(({ kind }) => kind)).toEqual(['groq', 'xai']);
});

test('R14 changes tell what each book says of a model, by kind and name', () => {
  const before = bookOf(['openai', 'groq'], 'a b | window=1 | input=1', 'c || input=2');
  const after: PriceBookData = {
    ...before,
    lists: {
      openai: ['c || input=3', 'a || input=1', 'd b | window=1 | input=1'],
      groq: ['c || input=2', 'b a | window=1 | input=1'],
      xai: ['x || input=1'],
    },
  };

  expect(changesBetween(before, after)).toEqual([
    { kind: 'openai', model: 'a', before: 'window=1 | input=1', after: '| input=1' },
    { kind: 'openai', model: 'c', before: '| input=2', after: '| input=3' },
    { kind: 'openai', model: 'd', after: 'window=1 | input=1' },
    { kind: 'xai', model: 'x', after: '| input=1' },
  ]);
  expect(changesBetween(after, before).map(({ model, after: gone }) => [model, gone])).toEqual([
    ['a', 'window=1 | input=1'],
    ['c', '| input=2'],
    ['d', undefined],
    ['x', undefined],
  ]);
  expect(changesBetween(before, before)).toEqual([]);
  expect(Object.entries(modelsByKind(after))).toEqual([
    ['groq', 3],
    ['openai', 4],
    ['xai', 1],
  ]);
});

test('R14 the younger book holds, the one that was brought in where both are of one day, and any that was insisted on', () => {
  const [old, deployed, young] = ['2026-11-28', '2026-11-29', '2026-11-30'].map((date) => ({ date })) as [
    { date: string },
    { date: string },
    { date: string },
  ];
  const sameDay = { ...deployed };

  expect(bookInForce(deployed, undefined)).toBe(deployed);
  expect(bookInForce(deployed, { book: young, forced: false })).toBe(young);
  expect(bookInForce(deployed, { book: sameDay, forced: false })).toBe(sameDay);
  expect(bookInForce(deployed, { book: old, forced: false })).toBe(deployed);
  expect(bookInForce(deployed, { book: old, forced: true })).toBe(old);
});

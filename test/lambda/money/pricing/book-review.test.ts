import fc from 'fast-check';
import { checkBook, createPriceBook, type PriceBookData, reviewBook } from '../../../../lambda/money/pricing';
import data from '../../../../lambda/money/pricing/price-book.json';
import type { ProviderKind } from '../../../../lib/private/contract';
import { bookOf } from '../../../support/prices';

const NOW = Date.parse('2026-11-30');
const DEPLOYED: PriceBookData = data;

test('R14 the deployed book is taken beside itself', () => {
  expect(checkBook(JSON.stringify(DEPLOYED), NOW)).toEqual(DEPLOYED);
  expect(reviewBook(DEPLOYED, DEPLOYED)).toEqual({ removed: 0, lowered: 0, concerns: [] });
});

test('R14 many names at less than half and many that are gone are doubts, few are told alone', () => {
  const names = Array.from({ length: 100 }, (_, index) => `m${index}`);
  const before = bookOf(['openai'], ...names.map((name) => `${name} || input=1 output=2`));
  const lowered = (count: number) =>
    reviewBook(bookOf(['openai'], ...names.map((name, index) => `${name} || input=${index < count ? '0.4' : '1'} output=2`)), before);
  const without = (count: number) =>
    reviewBook(bookOf(['openai'], ...names.slice(count).map((name) => `${name} || input=1 output=2`)), before);

  expect(lowered(2)).toEqual({ removed: 0, lowered: 2, concerns: [] });
  expect(lowered(3).concerns).toEqual(['lists: 3 of 100 names cost less than half']);
  expect(without(10)).toEqual({ removed: 10, lowered: 0, concerns: [] });
  expect(without(11).concerns).toEqual(['lists: 11 of 100 names are gone']);
});

test('R14 a unit that is free, far cheaper or gone is a doubt, as a class of tokens is', () => {
  const before = bookOf(['openai'], 'm || image=0.04 call=0.002', 'n || input=1 image=0.04');
  const concerns = (...lines: string[]) => reviewBook(bookOf(['openai'], ...lines), before).concerns;
  expect(concerns('m || image=0.04 call=0', 'n || input=1 image=0.02')).toEqual([
    'lists.openai[0] call is 0',
    'lists.openai[0] call is 0.00 in place of 0.002, less than a tenth, "m"',
    'lists: 1 of 2 names cost less than half',
  ]);
  expect(concerns('m || image=0.003 call=0.002', 'n || input=1')).toEqual([
    'lists.openai[0] image is 0.003 in place of 0.04, less than a tenth, "m"',
    'lists.openai[1] image is 0.00 in place of 0.04, less than a tenth, "n"',
    'lists: 2 of 2 names cost less than half',
  ]);
});

const lines = Object.entries(DEPLOYED.lists).flatMap(([kind, list]) =>
  list.map((line, index) => ({ kind: kind as ProviderKind, line, index })),
);
/** Ways to damage a line. */
const damage = fc.oneof(
  fc.tuple(fc.nat(200), fc.constantFrom('0', '.', '-', '=', '|', ' ', ',', ':', '9', '\u0000', 'input=0', 'hours=0-1440')).map(
    ([at, text]) =>
      (line: string) =>
        line.slice(0, at % line.length) + text + line.slice(at % line.length),
  ),
  fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 9 })).map(([at, count]) => (line: string) => {
    const from = at % line.length;
    return line.slice(0, from) + line.slice(from + count);
  }),
  fc.constantFrom<(line: string) => string>(
    (line) => line.replace(/(input|output)=[\d.]+/, '$1=0'),
    (line) => line.replace(/(input|output)=[\d.]+/g, '$1=0'),
    (line) => line.replace(/(input|output)=([\d.]+)/g, '$1=$2,1:0'),
    (line) => line.replace(/=([\d.]+)/g, '=0.000000001'),
    (line) => `${line} | from=2020-01-01 input=0 output=0`,
    (line) => `${line} | hours=0-1440 input=0.000001 output=0.000001`,
  ),
);

test('R14 a damaged book is refused, doubtful, or costs no model less than a tenth at any time', () => {
  const trusted = createPriceBook(DEPLOYED);
  const seen = { refused: 0, doubtful: 0, taken: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...lines), damage, ({ kind, line }, harm) => {
      // One line beside itself: the whole book would only be slower.
      const only = (text: string): PriceBookData => ({ ...DEPLOYED, lists: { [kind]: [text] } });
      let book: PriceBookData;
      try {
        book = checkBook(JSON.stringify(only(harm(line))), NOW);
      } catch (error) {
        expect((error as Error).message).toMatch(/^book\.lists\.|JSON/);
        seen.refused++;
        return;
      }
      const { concerns } = reviewBook(book, only(line));
      if (concerns.length > 0) {
        for (const concern of concerns) expect(concern).toMatch(/^lists(\.[a-z-]+\[\d+\] [\w:]+ is|: \d+ of)/);
        seen.doubtful++;
        return;
      }
      seen.taken++;
      const now = createPriceBook(book);
      for (const name of line.slice(0, line.indexOf('|')).trim().split(' ')) {
        for (const atMs of [NOW, NOW + 3 * 3_600_000, NOW + 15 * 3_600_000, NOW + 400 * 86_400_000]) {
          const [was, is] = [trusted, now].map((one) => one.lookup({ provider: 'p', kind, model: name }, atMs));
          if (was === undefined || is === undefined) continue;
          for (const part of ['input', 'output', 'cacheRead', 'reasoning'] as const) {
            expect(is.rates[part].base * 20n >= was.rates[part].base).toBe(true);
          }
          expect((is.contextWindow ?? 1e12) * 2).toBeGreaterThanOrEqual(was.contextWindow ?? 0);
        }
      }
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(seen.refused, seen.doubtful, seen.taken)).toBeGreaterThan(10);
});

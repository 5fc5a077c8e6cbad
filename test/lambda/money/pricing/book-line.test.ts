import { BookLineError, namesOf, readLine } from '../../../../lambda/money/pricing/book-line';

const DAY_MS = 86_400_000;

test('R14 a line is read whole: names, facts, and sets of prices with their times', () => {
  const line =
    'm m-2026-01-01 | window=1000 maxOutput=100 regional=110 speed=400 tier:priority=166.6667 tier:flex=50 | input=1.25,200000:2.5,400000:3 cacheRead=0.000000001 output=10 call:web_search=0.01 call:image_generation:high=0.2 | from=2027-01-01 input=2 | hours=60-1440 days=17 input=3 | hours=1439-0 input=4';

  expect(namesOf(line)).toEqual(['m', 'm-2026-01-01']);
  expect(readLine(line)).toEqual({
    window: 1_000,
    maxOutput: 100,
    regional: 110,
    speed: 400,
    tiers: { priority: 166.6667, flex: 50 },
    prices: [
      {
        rates: {
          input: {
            base: 1_250_000_000n,
            tiers: [
              { above: 200_000, price: 2_500_000_000n },
              { above: 400_000, price: 3_000_000_000n },
            ],
          },
          cacheRead: { base: 1n, tiers: [] },
          output: { base: 10_000_000_000n, tiers: [] },
        },
        calls: { web_search: 10_000_000n, 'image_generation:high': 200_000_000n },
      },
      { from: Date.UTC(2027, 0, 1), rates: { input: { base: 2_000_000_000n, tiers: [] } }, calls: {} },
      { hours: [60, 1_440], days: [1, 7], rates: { input: { base: 3_000_000_000n, tiers: [] } }, calls: {} },
      { hours: [1_439, 0], rates: { input: { base: 4_000_000_000n, tiers: [] } }, calls: {} },
    ],
  });
  expect(Date.UTC(2027, 0, 1) % DAY_MS).toBe(0);
});

test('R14 a line that says nothing of tiers leaves them open, one that says none closes them', () => {
  expect(readLine('m || input=1')).toEqual({ prices: [{ rates: { input: { base: 1_000_000_000n, tiers: [] } }, calls: {} }] });
  expect(readLine('m | tiers=none | output=1').tiers).toEqual({});
  expect(readLine('m | tiers=none tier:flex=50 | output=1').tiers).toEqual({ flex: 50 });
  expect(namesOf('m')).toEqual(['m']);
});

test.each([
  `${'m'.repeat(200)} || input=1`,
  '0/a_b.c:d@e+f~g-h || input=1',
  `m | tier:${'t'.repeat(32)}=1 | input=1`,
  'm | tier:fast-us_2=99999.9999 | input=1',
  `m || input=1 call:${'A'.repeat(64)}=1`,
  'm | window=9999999999 | input=1',
  'm || input=100000',
  'm || input=1,9999999999:2',
  'm || image=1000',
  'm || second=0.000000000000001 call:web_search=0.01',
  'm || input=1 | days=1234567 hours=0-1 input=2',
])('R14 at its limits a line is taken: %#', (line) => {
  expect(() => readLine(line)).not.toThrow();
});

test.each<[string, string]>([
  ['m', 'must be names | facts | prices'],
  ['m | window=1', 'must be names | facts | prices'],
  ['M || input=1', 'the name "M" must be the name of a model in small letters'],
  ['-m || input=1', 'the name "-m" must'],
  ['m  n || input=1', 'the name "" must'],
  [' || input=1', 'the name "" must'],
  ['m*n || input=1', 'the name "m*n" must'],
  ['m n? || input=1', 'the name "n?" must'],
  [`${'m'.repeat(201)} || input=1`, `the name "${'m'.repeat(80)}" must`],
  ['m | windows=1 | input=1', '"windows" is no fact of a model'],
  ['m | tiers=some | input=1', '"tiers" is no fact of a model'],
  ['m | tier=50 | input=1', '"tier" is no fact of a model'],
  ['m | some=none | input=1', '"some" is no fact of a model'],
  ['m | a=1 | input=1', '"a" is no fact of a model'],
  ['m | tier:=50 | input=1', '"tier:" is no fact of a model'],
  ['m | tier:Fast=50 | input=1', '"tier:Fast" is no fact of a model'],
  ['m | tier:a.b=50 | input=1', '"tier:a.b" is no fact of a model'],
  [`m | tier:${'t'.repeat(33)}=1 | input=1`, 'is no fact of a model'],
  ['m | xtier:a=50 | input=1', '"xtier:a" is no fact of a model'],
  ['m | tier:a=0 | input=1', 'tier:a must be percent'],
  ['m | tier:a=1.23456 | input=1', 'tier:a must be percent'],
  ['m | tier:a=100000 | input=1', 'tier:a must be percent'],
  ['m | tier:a=x5 | input=1', 'tier:a must be percent'],
  ['m | tier:a=5x | input=1', 'tier:a must be percent'],
  ['m | window=0 | input=1', 'window must be a whole number, not "0"'],
  ['m | window=1.5 | input=1', 'window must be a whole number'],
  ['m | window= | input=1', 'window must be a whole number, not ""'],
  ['m | window=12345678901 | input=1', 'window must be a whole number'],
  ['m | maxOutput=-1 | input=1', 'maxOutput must be a whole number'],
  ['m | speed=x1 | input=1', 'speed must be a whole number'],
  ['m | regional=1x | input=1', 'regional must be a whole number'],
  ['m | =1 | input=1', '"=1" must be name=value'],
  ['m | window | input=1', '"window" must be name=value'],
  ['m || input=', 'input must be US dollars'],
  ['m || input=-1', 'input must be US dollars as a decimal with at most 9 digits after the point, not "-1"'],
  ['m || input=0.0000000001', 'input must be US dollars'],
  ['m || input=100000.000000001', 'input must be US dollars'],
  ['m || input=1,5', 'input must be US dollars as a decimal with at most 9 digits after the point, not ""'],
  ['m || input=1,x:2', 'input must be a whole number, not "x"'],
  ['m || input=1,:2', 'input must be a whole number, not ""'],
  ['m || input=1,5:2,5:3', 'input must have its lengths in rising order'],
  ['m || input=1,5:2,4:3', 'input must have its lengths in rising order'],
  ['m || tokens=1', '"tokens" is no class of tokens, no call and no time'],
  ['m || input=1 call:=1', '"call:" is no class of tokens'],
  ['m || input=1 call:a/b=1', '"call:a/b" is no class of tokens'],
  [`m || input=1 call:${'a'.repeat(65)}=1`, 'is no class of tokens'],
  ['m || input=1 xcall:a=1', '"xcall:a" is no class of tokens'],
  ['m || input=1 call:a=-1', 'call:a must be US dollars'],
  ['m || cacheRead=1 image=1', 'prices of tokens must have input or output'],
  ['m || image=-1', 'image must be US dollars as a decimal with at most 15 digits after the point, not "-1"'],
  ['m || image=0.0000000000000001', 'image must be US dollars'],
  ['m || image=1001', 'image must be US dollars'],
  ['m || image=1,5:2', 'image must be US dollars'],
  ['m || call:a=1', 'prices must have input or output'],
  ['m ||', 'prices must have input or output'],
  ['m || input=1 |', 'prices must have input or output'],
  ['m || from=2026-01-01 input=1', 'the first prices must hold always'],
  ['m || hours=1-2 input=1', 'the first prices must hold always'],
  ['m || input=1 | from=2026-1-01 input=1', 'from must be a day such as 2026-11-29, not "2026-1-01"'],
  ['m || input=1 | from=x2026-01-01 input=1', 'from must be a day'],
  ['m || input=1 | from=2026-01-01T00:00 input=1', 'from must be a day'],
  ['m || input=1 | from=2026-13-01 input=1', 'from must be a day'],
  ['m || input=1 | hours=1440-1 input=1', 'hours must be minutes of the day such as 60-240, not "1440-1"'],
  ['m || input=1 | hours=1-1441 input=1', 'hours must be minutes of the day'],
  ['m || input=1 | hours=1 input=1', 'hours must be minutes of the day'],
  ['m || input=1 | hours=x1-2 input=1', 'hours must be minutes of the day'],
  ['m || input=1 | hours=1-2x input=1', 'hours must be minutes of the day'],
  ['m || input=1 | hours=1-2 days=0 input=1', '"days" is no class of tokens'],
  ['m || input=1 | hours=1-2 days=8 input=1', '"days" is no class of tokens'],
  ['m || input=1 | hours=1-2 days= input=1', '"days" is no class of tokens'],
  ['m || input=1 | hours=1-2 days=x12 input=1', '"days" is no class of tokens'],
  ['m || input=1 | hours=1-2 days=12x input=1', '"days" is no class of tokens'],
  ['m || input=1 | hours=1-2 days=12345671 input=1', '"days" is no class of tokens'],
])('R14 a line with a fault is refused with its field: %s', (line, message) => {
  expect(() => readLine(line)).toThrow(BookLineError);
  expect(() => readLine(line)).toThrow(message);
});

test('R14 what is billed beside tokens has a price each, with or without prices of tokens', () => {
  expect(readLine('m || image=0.04 second=0.0000001 character=0.000015 page=0.001 call=0.002').prices).toEqual([
    {
      rates: {},
      units: { image: 4n * 10n ** 13n, second: 10n ** 8n, character: 15n * 10n ** 9n, page: 10n ** 12n, call: 2n * 10n ** 12n },
      calls: {},
    },
  ]);
  expect(readLine('m || input=1 image=0.04').prices[0]).toMatchObject({
    rates: { input: { base: 10n ** 9n } },
    units: { image: 4n * 10n ** 13n },
  });
});

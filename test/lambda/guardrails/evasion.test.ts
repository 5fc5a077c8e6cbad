import { type CheckedPiece, createScanner, type LocalRule, Masks } from '../../../lambda/guardrails';
import { type JsonPlace, placeAfter } from '../../../lambda/guardrails/json-text';
import { Random } from '../../fuzz/random';
import { corpus } from '../../support/guard-corpus/measure';

const ALL: LocalRule = { id: 'all', name: 'all', action: 'mask', detect: ['personal', 'network', 'credentials'] };
const RULES: readonly LocalRule[] = [
  ALL,
  { id: 'own', name: 'ACME_ID', action: 'block', pattern: 'ACME-[0-9]{6}' },
  { id: 'words', name: 'codename', action: 'flag', deny: ['project titan'] },
];
const scanner = createScanner(RULES);
const found = (text: string): string[] => scanner.scan(text).map(({ type, start, end }) => `${type}: ${text.slice(start, end)}`);
const FORBIDDEN = [
  'bob@example.com',
  '4111111111111111',
  'DE89370400440532013000',
  'AKIAIOSFODNN7EXAMPLE',
  '536-22-1234',
  'ACME-123456',
  'project titan',
];

describe('J02 characters that are others to the eye or none at all hide nothing', () => {
  const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
    'zero-width spaces': (text) => [...text].join('\u200b'),
    'soft hyphens and joiners': (text) => [...text].join('\u00ad\u200d\u2060'),
    'marks of direction': (text) => `\u202b${[...text].join('\u200f')}\u202c`,
    isolates: (text) => `\u2067${text}\u2069`,
    'combining marks': (text) => [...text].map((sign) => (/[a-z0-9]/i.test(sign) ? `${sign}\u0301\u0323` : sign)).join(''),
    'variation selectors and tags': (text) => [...text].join('\ufe0f\u{e0041}'),
    'full width': (text) => text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
    'mathematical letters': (text) =>
      text.replace(/[A-Za-z0-9]/g, (sign) => {
        const code = sign.charCodeAt(0);
        return String.fromCodePoint(code >= 97 ? 0x1d41a + code - 97 : code >= 65 ? 0x1d400 + code - 65 : 0x1d7ce + code - 48);
      }),
    'Cyrillic and Greek look-alikes': (text) =>
      text.replace(/[aeocAEKO]/g, (sign) => ({ a: 'а', e: 'е', o: 'ο', c: 'с', A: 'Α', E: 'Е', K: 'Κ', O: 'О' })[sign] as string),
    'Arabic digits': (text) => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
    'Devanagari digits': (text) => text.replace(/\d/g, (digit) => String.fromCharCode(0x966 + Number(digit))),
    'other dashes, spaces and signs': (text) =>
      text.replace(/-/g, '\u2011').replace(/ /g, '\u00a0').replace('@', '＠').replace(/\./g, '。'),
  };

  test.each(Object.entries(DISGUISES))('%s', (_, disguise) => {
    for (const text of FORBIDDEN) {
      const disguised = `see ${disguise(text)} there`;
      const [finding, another] = scanner.scan(disguised);
      expect([text, finding === undefined, another]).toEqual([text, false, undefined]);
      const masked = new Masks().apply({ text: disguised, findings: scanner.scan(disguised) }, { form: 'text', reversible: new Set() });
      expect(masked.replace(/\p{Cf}|\p{Mn}/gu, '')).toMatch(/^see \[[A-Z_]+_1\] there$/);
    }
  });

  test('what is known to pass: a text from right to left, letters for digits, numbers over lines or in words', () => {
    for (const text of ['1111111111111114', '4111 1111\n1111 1111', 'four one one one', '41I1 1111 1111 1111', 'bob at example dot com']) {
      expect(found(`see \u202e${text}\u202c there`)).toEqual([]);
    }
  });
});

test('J03 what is encoded is not looked into: base64, hexadecimal digits and percent signs are read as they stand', () => {
  for (const text of FORBIDDEN) {
    expect(found(Buffer.from(`${text} is here`).toString('base64'))).toEqual([]);
    expect(found(Buffer.from(text).toString('hex'))).toEqual([]);
  }
  expect(found('bob%40example.com')).toEqual([]);
});

test('J04 the verdict is the same at every size, at every place', () => {
  for (const size of [0, 1, 63, 64, 65, 191, 192, 193, 1_023, 1_024, 1_025, 20_000, 300_000]) {
    const filler = 'lorem ipsum '.repeat(Math.ceil(size / 12)).slice(0, size);
    for (const text of FORBIDDEN) {
      const around = [`${filler} ${text} ${filler}`, `${filler} ${text}`, `${text} ${filler}`];
      for (const each of around.slice(0, size > 10_000 ? 1 : 3))
        expect(found(each).map((one) => one.slice(one.indexOf(': ') + 2))).toEqual([text]);
    }
  }
}, 60_000);

test('J01 ten thousand random chunkings of the corpus give the findings and masks of the whole', () => {
  const texts = corpus(1_000).map(({ text }) => `${text} ACME-123456 of project  titan`);
  let leaks = 0;
  for (let round = 0; round < 10_000; round++) {
    const random = new Random('chunks', round);
    const text = texts[round % texts.length] as string;
    const form = random.oneIn(3) ? 'json' : 'text';
    const given = form === 'json' ? JSON.stringify({ text }) : text;
    const [whole, pieces, held] = [new Masks(), new Masks(), scanner.open(form)];
    const masking = { form, reversible: new Set<string>() } as const;
    const masked = whole.apply({ text: given, findings: scanner.scan(given, form) }, masking);
    const cuts = Array.from({ length: 1 + random.below(4) }, () => random.below(given.length + 1)).sort((one, other) => one - other);
    const bounds = [0, ...cuts, given.length];
    let streamed = '';
    let place: JsonPlace = 'between';
    const write = (piece: CheckedPiece): void => {
      streamed += pieces.apply(piece, { ...masking, place });
      place = placeAfter(piece.text, place);
    };
    for (let piece = 1; piece < bounds.length; piece++) write(held.write(given.slice(bounds[piece - 1], bounds[piece])));
    write(held.end());
    if (streamed !== masked) leaks++;
    if (form === 'json') JSON.parse(streamed);
  }
  expect(leaks).toBe(0);
}, 120_000);

describe('one finding a place', () => {
  const rules = (...actions: readonly LocalRule['action'][]): readonly LocalRule[] =>
    actions.map((action, index) => ({ id: `${index}`, name: `N${index}`, action, pattern: ['bc{2}', 'cd', 'abccdd'][index] as string }));

  test('the dearest action wins its place, and what is left of others stays found', () => {
    const text = 'abccdd';
    const of = (given: readonly LocalRule[]) =>
      createScanner(given)
        .scan(text)
        .map(({ rule, start, end }) => `${rule}: ${text.slice(start, end)}`);

    expect(of(rules('mask', 'mask', 'mask'))).toEqual(['2: abccdd']);
    expect(of(rules('mask', 'block', 'mask'))).toEqual(['2: abc', '1: cd', '2: d']);
    expect(of(rules('block', 'route', 'flag'))).toEqual(['2: a', '0: bcc', '1: d', '2: d']);
    expect(of([...rules('mask', 'mask')].reverse())).toEqual(['0: bcc', '1: d']);
  });

  test('a national number goes before a telephone number of its length', () => {
    expect(found('NHS 943 476 5919')).toEqual(['uk_nhs: 943 476 5919']);
  });
});

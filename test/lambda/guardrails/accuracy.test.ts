import { createScanner } from '../../../lambda/guardrails';
import { GUARD_TYPES, type GuardType } from '../../../lib/private/contract';
import { Random } from '../../fuzz/random';
import { corpus, measure } from '../../support/guard-corpus/measure';
import { CORPUS_LOCALES } from '../../support/guard-corpus/texts';
import { VALUES } from '../../support/guard-corpus/values';

/** What the types are at least, of all that is found and of all there is. One check digit lets a tenth of other countries' numbers pass. */
const LEAST: Readonly<Record<string, readonly [precision: number, recall: number]>> = {
  phone: [0.75, 0.99],
  nl_bsn: [0.8, 1],
  in_aadhaar: [0.85, 1],
  au_tfn: [0.75, 1],
  pl_pesel: [0.9, 1],
  br_cpf: [0.95, 1],
  payment_card: [0.97, 1],
};
const OTHERS = [0.99, 0.99] as const;

test('every type is found where it is written, in the forms of a dozen countries, and hardly elsewhere', () => {
  const figures = measure(corpus(2_000));

  const short = [...figures].filter(([type, { found, wrong, missed }]) => {
    const [precision, recall] = LEAST[type] ?? OTHERS;
    return found < 15 || found / (found + wrong) < precision || found / (found + missed) < recall;
  });
  expect(short).toEqual([]);
});

/** What values stand in beside sentences. */
const FORMS = [
  '{"value": "#"}',
  'a;#;b',
  '<td>#</td>',
  '| x | # |',
  'level=info value="#" ok',
  '- **#**',
  '[#]',
  '(#)',
  'value: #',
  '#',
  '> #\n',
  'ok\t#\tok',
];
/** They are told by a word in front of them, or by what they stand in. */
const NEED_WORDS: readonly GuardType[] = ['phone', 'us_ssn', 'url_credentials'];

test.each(CORPUS_LOCALES)('values of %s are found in fields, cells, tags and lists as in sentences', (locale) => {
  const types = (Object.keys(GUARD_TYPES) as GuardType[]).filter((type) => {
    const facts = GUARD_TYPES[type];
    return !NEED_WORDS.includes(type) && (!('locale' in facts) || facts.locale === locale);
  });
  const missed = types.flatMap((type) => {
    const scanner = createScanner([{ id: 'one', name: 'one', action: 'mask', detect: [type] }]);
    return FORMS.flatMap((form, at) =>
      Array.from({ length: 20 }, (_, seed) => {
        const value = VALUES[type](new Random(`${locale} ${type}`, seed * FORMS.length + at), locale);
        const text = form.replace('#', () => value);
        const start = text.indexOf(value);
        const covers = scanner.scan(text).some((finding) => finding.start <= start && finding.end >= start + value.length);
        return covers ? [] : [`${type}: ${text}`];
      }).flat(),
    );
  });
  expect(missed).toEqual([]);
});

import { corpus, measure } from '../../support/guard-corpus/measure';

/** What the types are at least, of all that is found and of all there is. One check digit lets a tenth of other countries' numbers pass. */
const LEAST: Readonly<Record<string, readonly [precision: number, recall: number]>> = {
  phone: [0.75, 0.99],
  nl_bsn: [0.8, 1],
  in_aadhaar: [0.88, 1],
  au_tfn: [0.85, 1],
  pl_pesel: [0.95, 1],
  br_cpf: [0.95, 1],
  payment_card: [0.98, 1],
};
const OTHERS = [0.99, 0.99] as const;

test('every type is found where it is written, in the forms of a dozen countries, and hardly elsewhere', () => {
  const figures = measure(corpus(2_000));

  const short = [...figures].filter(([type, { found, wrong, missed }]) => {
    const [precision, recall] = LEAST[type] ?? OTHERS;
    return found < 20 || found / (found + wrong) < precision || found / (found + missed) < recall;
  });
  expect(short).toEqual([]);
});

import fc from 'fast-check';
import { combinations } from '../../../../lambda/aws/dynamodb/combinations';

const FIELDS = Array.from({ length: 70 }, (_unused, index) => ({ name: `field${index}` }));

test('what is made for one combination of seventy fields is never given for another', () => {
  const of = combinations(FIELDS, (present, kind) => JSON.stringify([kind, present.map(({ name }) => name)]));

  fc.assert(
    fc.property(fc.subarray(FIELDS), fc.nat(5), (present, kind) => {
      const source = Object.fromEntries(present.map(({ name }) => [name, 0]));
      const found = of({ ...source, other: 1 }, kind);
      expect(found.present).toEqual(present);
      expect(found.made).toBe(JSON.stringify([kind, present.map(({ name }) => name)]));
    }),
    { numRuns: 2_000 },
  );
});

test('two fields that are thirty-two apart are two combinations', () => {
  const of = combinations(FIELDS, (present) => present.map(({ name }) => name).join());

  expect([of({ field3: 1 }).made, of({ field35: 1 }).made, of({ field67: 1 }).made]).toEqual(['field3', 'field35', 'field67']);
});

test('the same combination is made once, and a field without a value is absent', () => {
  let made = 0;
  const of = combinations(FIELDS, () => ++made);

  expect([of({ field1: 'a', field2: undefined }).made, of({ field1: 'b' }).made, of({ field1: 'c' }, 1).made]).toEqual([1, 1, 2]);
});

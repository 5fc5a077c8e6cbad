import fc from 'fast-check';
import { type Asked, candidatesOf, type Target, withoutUnfit } from '../../../lambda/routing';
import { targetsOf } from '../../support/routed-targets';

const ASKED = {} as Asked;

test('what is left of a list is what its conditions leave, however often and with whatever answers it was asked before', () => {
  const answer = fc.constantFrom(undefined, 'tools', 'keys');
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: fc.constantFrom('a/m', 'b/m', 'c/m'), asks: fc.boolean() }), { maxLength: 60 }),
      fc.array(fc.array(answer, { minLength: 60, maxLength: 60 }), { minLength: 1, maxLength: 6 }),
      (named, calls) => {
        let answers: readonly (string | undefined)[] = [];
        const targets = targetsOf(...named.map(({ name, asks }, index) => ({ name, ...(asks ? { when: () => answers[index] } : {}) })));
        for (answers of [...calls, ...calls]) {
          const fits = (_target: Target, index: number): boolean => named[index]?.asks !== true || answers[index] === undefined;
          const first = (target: Target, index: number, all: readonly Target[]): boolean =>
            all.findIndex(({ key }) => key === target.key) === index;
          const expected = targets.filter(fits).filter(first);

          const found = candidatesOf(targets, ASKED);

          expect(found.targets).toEqual(expected);
          const left = targets.filter((target, index) => !fits(target, index) && expected.every(({ key }) => key !== target.key));
          expect(found.skipped.map(({ target }) => target)).toEqual(left);
          expect(candidatesOf(targets, ASKED)).toBe(found);
        }
      },
    ),
  );
});

test('who asks for another tier of a model is another target, and follows it', () => {
  const [flex, standard, again] = targetsOf(
    { name: 'a/m', key: 'a/m#flex' },
    { name: 'a/m', key: 'a/m' },
    { name: 'a/m', key: 'a/m#flex' },
  );

  expect(candidatesOf([flex, standard, again] as never, ASKED).targets).toEqual([flex, standard]);
});

test('of a target that is named for several kinds of calls the first that fits counts', () => {
  const [cheap, dear, other] = targetsOf(
    { name: 'a/m', when: () => 'tools', weight: 3 },
    { name: 'a/m', when: () => undefined, weight: 2 },
    'b/m',
  );

  const { targets, skipped } = candidatesOf([cheap, dear, other] as never, ASKED);

  expect(targets).toEqual([dear, other]);
  expect(skipped).toEqual([]);
});

test('targets that are known not to carry a call are left out, but not all of them', () => {
  const candidates = candidatesOf(targetsOf('a/m', 'b/m'), ASKED);

  const left = withoutUnfit(candidates, new Map([[candidates.targets[0] as Target, 'pictures']]));

  expect(left.targets.map(({ name }) => name)).toEqual(['b/m']);
  expect(left.skipped.map(({ target, why }) => `${target.name}:${why}`)).toEqual(['a/m:pictures']);
  expect(withoutUnfit(candidates, new Map(candidates.targets.map((target) => [target, 'pictures']))).targets).toHaveLength(2);
});

import fc from 'fast-check';
import { type Asked, type CandidateFilter, candidatesOf, withoutUnfit } from '../../../lambda/routing';
import { targetsOf } from '../../support/routed-targets';

const ASKED = {} as Asked;

test('what a filter leaves out is no candidate, whatever the other filters and conditions say', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[ab]\/[a-z]{1,3}$/), { maxLength: 8 }),
      fc.array(fc.stringMatching(/^[ab]\/[a-z]{1,3}$/), { maxLength: 8 }),
      fc.boolean(),
      (names, fenced, first) => {
        const fence: CandidateFilter = ({ name }) => (fenced.includes(name) ? 'residency' : undefined);
        const other: CandidateFilter = ({ name }) => (name.endsWith('a') ? 'other' : undefined);

        const { targets, skipped } = candidatesOf(targetsOf(...names), ASKED, first ? [fence, other] : [other, fence]);
        const left = withoutUnfit({ targets, skipped }, () => 'tools');

        for (const { name } of left.targets) expect(fenced).not.toContain(name);
        expect([...targets.map(({ name }) => name), ...skipped.map(({ target }) => target.name)].sort()).toEqual([...names].sort());
      },
    ),
  );
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

  const left = withoutUnfit(candidates, ({ name }) => (name === 'a/m' ? 'pictures' : undefined));

  expect(left.targets.map(({ name }) => name)).toEqual(['b/m']);
  expect(left.skipped.map(({ target, why }) => `${target.name}:${why}`)).toEqual(['a/m:pictures']);
  expect(withoutUnfit(candidates, () => 'pictures').targets).toHaveLength(2);
});

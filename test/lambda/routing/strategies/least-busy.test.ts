import { orderOf } from '../../../../lambda/routing';
import { factsWith, targetsOf } from '../../../support/routed-targets';

const first = (inFlight: readonly number[], weights: readonly number[], conversation?: number) =>
  orderOf(
    'least_busy',
    targetsOf(...weights.map((weight, index) => ({ name: `a/${index}`, weight }))),
    factsWith({
      conversation,
      targets: Object.fromEntries(inFlight.map((count, index) => [`a/${index}`, { inFlight: count }])),
    }),
  )[0]?.name;

test('the one with the fewest calls is asked, by its weight', () => {
  expect(first([5, 3, 4], [1, 1, 1])).toBe('a/1');
  expect(first([5, 3, 4], [4, 1, 1])).toBe('a/0');
});

test('a conversation keeps its target while that is not much busier than the others', () => {
  const own = first([0, 0, 0], [1, 1, 1], 42) as string;
  const index = Number(own.slice(2));
  const load = (mine: number) => [0, 1, 2].map((each) => (each === index ? mine : 4));

  expect(first(load(6), [1, 1, 1], 42)).toBe(own);
  expect(first(load(12), [1, 1, 1], 42)).not.toBe(own);
});

test('a standby takes nothing from the others, however idle it is', () => {
  expect(first([9, 9, 0], [1, 1, 0])).not.toBe('a/2');
});

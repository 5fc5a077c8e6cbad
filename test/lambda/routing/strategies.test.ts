import fc from 'fast-check';
import type { Target } from '../../../lambda/routing';
import { orderOf, STRATEGIES, type StrategyName } from '../../../lambda/routing/strategies';

const NAMES = Object.keys(STRATEGIES) as StrategyName[];

function targetsOf(names: readonly string[]): readonly Target[] {
  return names.map(
    (name) => ({ name, model: name.slice(name.indexOf('/') + 1), provider: { id: name.slice(0, name.indexOf('/')) } }) as Target,
  );
}

test.each(NAMES)('%s asks every place that a call was admitted for once, and no other', (strategy) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[ab]\/[a-z]{1,4}$/), { maxLength: 6 }),
      fc.double({ min: 0, max: 0.999 }),
      (names, dice) => {
        const targets = targetsOf(names);
        const ordered = orderOf(strategy, targets, { operation: 'chat', prices: new Map(), random: () => dice });

        expect(ordered.map(({ name }) => name).sort()).toEqual([...names].sort());
      },
    ),
  );
});

test('ordered asks them as the route names them', () => {
  const targets = targetsOf(['b/one', 'a/two', 'b/three']);

  expect(orderOf('ordered', targets, { operation: 'chat', prices: new Map(), random: () => 0.5 })).toEqual(targets);
});

import fc from 'fast-check';
import { FREE_PRICE } from '../../../../lambda/money/pricing';
import { orderOf, STRATEGIES, type TargetFacts } from '../../../../lambda/routing';
import { STRATEGY_NAMES } from '../../../../lib/private/contract';
import { factsWith, targetsOf } from '../../../support/routed-targets';

const targetName = fc.stringMatching(/^[ab]\/[a-z]{1,4}$/);
const speeds: fc.Arbitrary<Partial<TargetFacts>> = fc.record(
  {
    healthy: fc.boolean(),
    inFlight: fc.nat(50),
    timeToFirstTokenMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    tokensPerSecond: fc.double({ min: 0, max: 1e4, noNaN: true }),
    measuredAgoMs: fc.nat(1e6),
    hasQuota: fc.boolean(),
  },
  { requiredKeys: [] },
);

test.each(STRATEGY_NAMES)('%s asks every place that a call was admitted for once, and no other, whatever is known of them', (strategy) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(targetName, fc.option(fc.constantFrom(0, 0.5, 1, 7)), speeds), { maxLength: 6, selector: ([name]) => name }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      fc.option(fc.nat(2 ** 32 - 1)),
      (named, dice, conversation) => {
        const targets = targetsOf(...named.map(([name, weight]) => (weight === null ? { name } : { name, weight })));
        const facts = factsWith({
          targets: Object.fromEntries(named.map(([name, , known]) => [name, known])),
          prices: Object.fromEntries(named.map(([name]) => [name, FREE_PRICE])),
          random: () => dice,
          conversation: conversation ?? undefined,
        });

        const ordered = orderOf(strategy, targets, facts);

        expect(ordered.map(({ name }) => name).sort()).toEqual(named.map(([name]) => name).sort());
        for (const target of ordered) expect(STRATEGIES[strategy].say(target, facts) ?? '').not.toMatch(/NaN|undefined/);
      },
    ),
  );
});

test.each(STRATEGY_NAMES)('%s asks standbys behind all others', (strategy) => {
  const targets = targetsOf({ name: 'a/spare', weight: 0 }, 'a/one', { name: 'a/other', weight: 0 }, 'a/two');

  const names = orderOf(strategy, targets, factsWith()).map(({ name }) => name);

  expect(names.slice(0, 2).sort()).toEqual(['a/one', 'a/two']);
  expect(names.slice(2).sort()).toEqual(['a/other', 'a/spare']);
});

test('ordered asks them as the route names them', () => {
  const targets = targetsOf('b/one', 'a/two', 'b/three');

  expect(orderOf('ordered', targets, factsWith())).toEqual(targets);
});

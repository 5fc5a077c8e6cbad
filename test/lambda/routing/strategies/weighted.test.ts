import fc from 'fast-check';
import { conversationOf, orderOf, type Target } from '../../../../lambda/routing';
import { factsWith, targetsOf } from '../../../support/routed-targets';

const CONVERSATIONS = 100_000;

/** The share of the conversations for which each target is the first. */
function shares(targets: readonly Target[], factsOf: (index: number) => ReturnType<typeof factsWith>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < CONVERSATIONS; index += 1) {
    const name = orderOf('weighted', targets, factsOf(index))[0]?.name ?? '';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / CONVERSATIONS]));
}

const ROUTES: readonly (readonly number[])[] = [
  [1, 1],
  [9, 1],
  [99, 1],
  [5, 3, 2],
  [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  [0.5, 0.25, 0.25],
];

test.each(ROUTES.map((weights) => [weights]))(
  'targets of the weights %j are asked within 1 %% of them over 100,000 conversations',
  (weights) => {
    const targets = targetsOf(...weights.map((weight, index) => ({ name: `account-${index}/model`, weight })));
    const sum = weights.reduce((total, weight) => total + weight, 0);

    const found = shares(targets, (index) => factsWith({ conversation: conversationOf([`conversation ${index}`]) }));

    for (const [index, weight] of weights.entries()) {
      expect(Math.abs((found[`account-${index}/model`] ?? 0) - weight / sum)).toBeLessThan(0.01);
    }
  },
);

test('without affinity the same holds by chance', () => {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };

  const found = shares(targetsOf({ name: 'a/m', weight: 3 }, { name: 'b/m', weight: 1 }), () => factsWith({ random }));

  expect(Math.abs((found['a/m'] ?? 0) - 0.75)).toBeLessThan(0.01);
});

test('a conversation keeps its target whatever chance says, and whichever other targets come and go', () => {
  fc.assert(
    fc.property(
      fc.nat(2 ** 32 - 1),
      fc.uniqueArray(fc.nat(1_000), { minLength: 2, maxLength: 8 }),
      fc.nat(7),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (conversation, ids, lost, dice) => {
        const targets = targetsOf(...ids.map((id) => ({ name: `account-${id}/model`, weight: 1 + (id % 3) })));
        const [first, ...others] = orderOf('weighted', targets, factsWith({ conversation, random: () => dice }));
        const without = targets.filter((target) => target !== others[lost % others.length]);

        expect(orderOf('weighted', targets, factsWith({ conversation }))).toEqual([first, ...others]);
        expect(orderOf('weighted', without, factsWith({ conversation }))[0]).toBe(first);
      },
    ),
  );
});

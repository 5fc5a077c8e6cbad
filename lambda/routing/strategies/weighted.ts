import { sortedBy } from './draw';
import type { Strategy } from './strategy';

/** By lot, each as often as its weight says; a conversation always draws alike. */
export const weighted: Strategy = {
  order: (candidates, facts) => sortedBy(candidates, facts, () => 0),
  say: ({ weight = 1 }) => `weight=${weight}`,
};

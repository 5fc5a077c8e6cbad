import { drawn } from './draw';
import type { Strategy } from './strategy';

/** By lot, each as often as its weight says; a conversation always draws alike. */
export const weighted: Strategy = {
  order: drawn,
  say: ({ weight = 1 }) => `weight=${weight}`,
};

import type { CallFacts } from '../../wire/protocols';
import type { Price } from './price';

/**
 * The most that a model takes in one reading of this call, in tokens; undefined where nobody knows. What is reserved and what is believed
 * are held to the same figure.
 */
export function windowOf({ asksWindow = 0 }: Pick<CallFacts, 'asksWindow'>, { contextWindow, place }: Price): number | undefined {
  if (contextWindow === undefined) return undefined;
  return place === undefined || /claude/.test(place.model) ? Math.max(contextWindow, asksWindow) : contextWindow;
}

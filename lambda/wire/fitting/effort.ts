import { EFFORTS, type Effort } from '../../../lib/private/contract';

/**
 * The effort that a model knows and that is nearest to the one asked for; of two that are as near the lower one. Undefined: the model takes
 * none.
 *
 * @param known those that the model takes; undefined when nobody knows, then it is asked for what the caller asked for
 */
export function nearestEffort(effort: Effort, known: readonly Effort[] | undefined): Effort | undefined {
  if (known === undefined || known.includes(effort)) return effort;
  const distance = (one: Effort): number => Math.abs(EFFORTS.indexOf(one) - EFFORTS.indexOf(effort));
  const [first, ...rest] = known.filter((one) => one !== 'none');
  return first === undefined ? undefined : rest.reduce((nearest, one) => (distance(one) < distance(nearest) ? one : nearest), first);
}

/** Efforts by the budget of tokens that a caller gave in their place. */
export function effortOfBudget(budgetTokens: number): Effort {
  if (budgetTokens <= 4_096) return 'low';
  return budgetTokens <= 16_384 ? 'medium' : 'high';
}

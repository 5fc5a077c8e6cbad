import type { ModelRequest, Reasoning } from '../model/request';

/** What Chat Completions and Responses write alike. */

/** Longest `safety_identifier` that OpenAI takes, in characters. */
const MAX_USER_LENGTH = 64;

/** Efforts that callers of either may ask for. */
export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** The caller's end user, unless the name is longer than OpenAI takes; that is noted. */
export function writeUser({ user }: ModelRequest, dropped: Set<string>): string | undefined {
  if (user === undefined || user.length <= MAX_USER_LENGTH) return user;
  dropped.add('user');
  return undefined;
}

/**
 * Budgets become the nearest effort. A model that decides for itself is the default here; so is no thinking for the models
 * that do not know the field, which is why a budget of zero writes nothing.
 */
export function writeEffort(reasoning: Reasoning | undefined, dropped: Set<string>): string | undefined {
  if (reasoning === undefined) return undefined;
  if (reasoning.effort !== undefined) return reasoning.effort === 'max' ? 'xhigh' : reasoning.effort;
  const budget = reasoning.budgetTokens;
  if (budget === undefined || budget === 0) return undefined;
  dropped.add('thinking.budget_tokens');
  if (budget <= 4_096) return 'low';
  return budget <= 16_384 ? 'medium' : 'high';
}

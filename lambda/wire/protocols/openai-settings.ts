import { effortOfBudget, nearestEffort } from '../fitting/effort';
import type { ModelRequest, Reasoning } from '../model/request';
import type { Capabilities, Effort } from '../models';

/** What Chat Completions and Responses write alike. */

/** Longest `safety_identifier` that OpenAI takes, in characters. */
const MAX_USER_LENGTH = 64;

/** The tier of service, where the API knows it; Anthropic's name for the usual one too. */
export function writeTier({ serviceTier }: ModelRequest, known: readonly string[], dropped: Set<string>): string | undefined {
  const tier = serviceTier === 'standard_only' ? 'default' : serviceTier;
  if (tier === undefined || known.includes(tier)) return tier;
  dropped.add('service_tier');
  return undefined;
}

/** The caller's end user, unless the name is longer than OpenAI takes; that is noted. */
export function writeUser({ user }: ModelRequest, dropped: Set<string>): string | undefined {
  if (user === undefined || user.length <= MAX_USER_LENGTH) return user;
  dropped.add('user');
  return undefined;
}

/**
 * The effort that the model knows and that is nearest to what was asked for, budgets too. Undefined: nothing was asked for, or nothing that
 * a word to the model would change.
 */
export function writeEffort(reasoning: Reasoning | undefined, can: Capabilities, dropped: Set<string>): Effort | undefined {
  if (reasoning === undefined) return undefined;
  const { budgetTokens } = reasoning;
  if (reasoning.effort === undefined && (budgetTokens === undefined || budgetTokens === 0)) return undefined;
  // Whom the caller switched off by another dialect's name, and who is off unless told, need not be told.
  if (reasoning.effort === 'none' && can.efforts?.includes('none') !== true) {
    if (can.efforts === undefined && budgetTokens === undefined) return 'none';
    const least = can.thinkingOff === false ? nearestEffort('none', can.efforts) : undefined;
    if (least !== undefined) dropped.add('reasoning.effort');
    return least;
  }
  if ((budgetTokens ?? 0) !== 0) dropped.add('thinking.budget_tokens');
  const asked = reasoning.effort ?? effortOfBudget(budgetTokens as number);
  const nearest = nearestEffort(asked, can.efforts);
  if (nearest !== asked) dropped.add(nearest === undefined ? 'reasoning' : 'reasoning.effort');
  return nearest;
}

import type { JsonObject } from '../../../platform/json';
import type { Reasoning } from '../../model/request';

/** Budgets for efforts in tokens, as Google's own OpenAI endpoint chooses them. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576, xhigh: 24_576, max: 24_576 };
/** `gemini-2.5-pro` always thinks; this is the least it takes. */
const LEAST_PRO_BUDGET = 128;
/** The model decides. */
const DYNAMIC = -1;

/**
 * `thinkingConfig` for a model; undefined when the caller said nothing of reasoning or the model does not think.
 *
 * @see https://ai.google.dev/gemini-api/docs/thinking
 * @see https://ai.google.dev/gemini-api/docs/openai#thinking
 */
export function thinkingConfig(reasoning: Reasoning | undefined, model: string, dropped: Set<string>): JsonObject | undefined {
  if (reasoning === undefined || Object.values(reasoning).every((value) => value === undefined)) return undefined;
  const generation = geminiGeneration(model);
  if (generation < 2.5) {
    if (reasoning.effort !== 'none') dropped.add('reasoning');
    return undefined;
  }
  const amount = generation >= 3 ? level(reasoning, model, generation) : budget(reasoning, model);
  const off = reasoning.effort === 'none' || reasoning.budgetTokens === 0;
  const shown = !off && reasoning.summary !== 'hidden' && reasoning.summary !== 'omitted' && reasoning.summary !== 'none';
  return { ...amount, ...(shown ? { includeThoughts: true } : {}) };
}

/** `gemini-2.5-flash` is 2.5; names without a number are newer than this table; other families do not think. */
export function geminiGeneration(model: string): number {
  if (!model.startsWith('gemini-')) return 0;
  const digits = /^gemini-(\d{1,2}(?:\.\d{1,2})?)/.exec(model);
  return digits === null ? Number.POSITIVE_INFINITY : Number(digits[1]);
}

function budget(reasoning: Reasoning, model: string): JsonObject {
  const isPro = model.includes('pro');
  if (reasoning.effort === 'none') return { thinkingBudget: isPro ? LEAST_PRO_BUDGET : 0 };
  if (reasoning.budgetTokens !== undefined) return { thinkingBudget: reasoning.budgetTokens };
  if (reasoning.effort === undefined) return reasoning.adaptive === true ? { thinkingBudget: DYNAMIC } : {};
  return { thinkingBudget: BUDGETS[reasoning.effort] ?? DYNAMIC };
}

/** From the third generation on models take a level; the first Pro of it knows two. */
function level(reasoning: Reasoning, model: string, generation: number): JsonObject {
  const isPro = model.includes('pro');
  if (reasoning.budgetTokens !== undefined && reasoning.effort === undefined) return { thinkingBudget: reasoning.budgetTokens };
  switch (reasoning.effort) {
    case undefined:
      return {};
    case 'none':
    case 'minimal':
      return { thinkingLevel: isPro ? 'low' : 'minimal' };
    case 'low':
      return { thinkingLevel: 'low' };
    case 'medium':
      return { thinkingLevel: isPro && generation < 3.1 ? 'high' : 'medium' };
    default:
      return { thinkingLevel: 'high' };
  }
}

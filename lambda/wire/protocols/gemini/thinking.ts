import type { JsonObject } from '../../../platform/json';
import { nearestEffort, thinkingWithin } from '../../fitting';
import type { ModelRequest, Reasoning } from '../../model/request';
import type { Capabilities } from '../../models';

/** Budgets for efforts in tokens, as Google's own OpenAI endpoint chooses them. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576, xhigh: 24_576, max: 24_576 };
/** The model decides. */
const DYNAMIC = -1;

/**
 * `thinkingConfig` for a model; undefined when the caller said nothing of reasoning or the model does not think.
 *
 * @see https://ai.google.dev/gemini-api/docs/thinking
 * @see https://ai.google.dev/gemini-api/docs/openai#thinking
 */
export function thinkingConfig(
  { reasoning, maxOutputTokens }: Pick<ModelRequest, 'reasoning' | 'maxOutputTokens'>,
  can: Capabilities,
  dropped: Set<string>,
): JsonObject | undefined {
  if (reasoning === undefined || Object.values(reasoning).every((value) => value === undefined)) return undefined;
  const takes = can.thinking ?? [];
  if (takes.length === 0) {
    if (reasoning.effort !== 'none') dropped.add('reasoning');
    return undefined;
  }
  const amount = takes.includes('level') ? level(reasoning, can, dropped) : budget(reasoning, maxOutputTokens, can, dropped);
  const off = reasoning.effort === 'none' || reasoning.budgetTokens === 0;
  const shown = !off && reasoning.summary !== 'hidden' && reasoning.summary !== 'omitted' && reasoning.summary !== 'none';
  return { ...amount, ...(shown ? { includeThoughts: true } : {}) };
}

function budget(reasoning: Reasoning, cap: number | undefined, can: Capabilities, dropped: Set<string>): JsonObject {
  const { effort, budgetTokens, adaptive } = reasoning;
  const least = can.minThinkingBudget ?? 0;
  if (effort === 'none' || budgetTokens === 0) return { thinkingBudget: can.thinkingOff === false ? least : 0 };
  const asked = budgetTokens ?? (effort === undefined ? undefined : budgetOf(effort, cap));
  if (asked === undefined) return adaptive === true ? { thinkingBudget: DYNAMIC } : {};
  if (asked === DYNAMIC) return { thinkingBudget: DYNAMIC };
  const fitting = Math.min(Math.max(asked, least), can.maxThinkingBudget ?? asked);
  if (budgetTokens !== undefined && fitting !== budgetTokens) dropped.add('thinking.budget_tokens');
  return { thinkingBudget: fitting };
}

/** Thoughts count into the cap: what an effort stands for leaves room for the answer. */
function budgetOf(effort: string, cap: number | undefined): number {
  const wanted = BUDGETS[effort] ?? DYNAMIC;
  return cap === undefined || wanted === DYNAMIC ? wanted : (thinkingWithin(wanted, cap, undefined) ?? 0);
}

function level(reasoning: Reasoning, can: Capabilities, dropped: Set<string>): JsonObject {
  const { effort, budgetTokens } = reasoning;
  if (effort === undefined) {
    if (budgetTokens === undefined) return {};
    if (can.thinking?.includes('budget') !== true) dropped.add('thinking.budget_tokens');
    return can.thinking?.includes('budget') === true ? { thinkingBudget: budgetTokens } : {};
  }
  const asked = effort === 'none' ? 'minimal' : effort;
  const nearest = nearestEffort(asked, can.efforts ?? ['minimal', 'low', 'medium', 'high']);
  if (nearest !== asked && effort !== 'none') dropped.add('reasoning.effort');
  return nearest === undefined ? {} : { thinkingLevel: nearest.toUpperCase() };
}

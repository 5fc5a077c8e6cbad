import type { JsonObject } from '../../../platform/json';
import type { Message, ModelRequest, Reasoning } from '../../model/request';
import { claudeState } from '../../protocols/claude-state';
import { claudeVersion } from '../../protocols/model-family';

/** What thinking adds to a call. */
export interface ThinkingFields {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  /** We switched thinking on in place of an effort: sampling settings that Claude refuses beside it must go. */
  readonly translated: boolean;
}

/** Budgets for efforts, in tokens, for models that know budgets only. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1_024, low: 2_048, medium: 8_192, high: 16_384, xhigh: 24_576, max: 32_000 };
const LEAST_BUDGET = 1_024;

/** First versions that think at all, that decide themselves how long, and that take nothing else. Unknown names are newer. */
const FIRST_THINKING = 3.7;
const FIRST_ADAPTIVE = 4.6;
const FIRST_WITHOUT_BUDGET = 4.7;

/**
 * How a Claude model is told to think.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking
 * @see https://docs.claude.com/en/docs/build-with-claude/adaptive-thinking
 * @see https://docs.claude.com/en/docs/build-with-claude/effort
 */
export function thinkingFields(request: ModelRequest, model: string, maxTokens: number, dropped: Set<string>): ThinkingFields {
  const { reasoning } = request;
  if (reasoning === undefined) return { translated: false };
  if (reasoning.effort === 'none') {
    return reasoning.budgetTokens === 0 ? { thinking: { type: 'disabled' }, translated: false } : { translated: false };
  }
  const version = claudeVersion(model) ?? Number.POSITIVE_INFINITY;
  const effort = reasoning.effort === undefined ? {} : { effort: reasoning.effort === 'minimal' ? 'low' : reasoning.effort };
  if (reasoning.adaptive === true) {
    if (version < FIRST_ADAPTIVE)
      return fromEffort(request, { ...reasoning, effort: reasoning.effort ?? 'medium' }, version, maxTokens, dropped);
    return { thinking: { type: 'adaptive', ...display(reasoning) }, ...effort, translated: false };
  }
  if (reasoning.adaptive === false) return { ...effort, translated: false };
  if (reasoning.budgetTokens !== undefined) {
    if (version < FIRST_WITHOUT_BUDGET) {
      return { thinking: { type: 'enabled', budget_tokens: reasoning.budgetTokens, ...display(reasoning) }, ...effort, translated: false };
    }
    dropped.add('thinking.budget_tokens');
    return { thinking: { type: 'adaptive', ...display(reasoning) }, ...effort, translated: true };
  }
  return fromEffort(request, reasoning, version, maxTokens, dropped);
}

function fromEffort(request: ModelRequest, reasoning: Reasoning, version: number, maxTokens: number, dropped: Set<string>): ThinkingFields {
  const none: ThinkingFields = { translated: false };
  if (reasoning.effort === undefined) return none;
  const forced = request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool';
  if (version >= FIRST_ADAPTIVE && !forced) {
    const effort = reasoning.effort === 'minimal' ? 'low' : reasoning.effort;
    return { thinking: { type: 'adaptive', ...display(reasoning) }, effort, translated: true };
  }
  const budget = Math.min(BUDGETS[reasoning.effort] ?? LEAST_BUDGET, maxTokens - LEAST_BUDGET);
  if (version < FIRST_THINKING || forced || budget < LEAST_BUDGET || lacksSignedThinking(request.messages)) {
    dropped.add('reasoning');
    return none;
  }
  return { thinking: { type: 'enabled', budget_tokens: budget }, translated: true };
}

/** Shown as a summary or not at all. */
function display(reasoning: Reasoning): JsonObject {
  if (reasoning.summary === undefined) return {};
  return { display: reasoning.summary === 'hidden' || reasoning.summary === 'none' ? 'omitted' : 'summarized' };
}

/** In the midst of a tool loop, a model with a budget wants the thinking before the call back; not every client keeps it. */
function lacksSignedThinking(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  const answersTools = last?.role === 'tool' || (last?.role === 'user' && last.content.some((part) => part.type === 'tool-result'));
  if (!answersTools) return false;
  const assistant = messages.findLast((message) => message.role === 'assistant');
  return assistant === undefined || !assistant.content.some((part) => part.type === 'reasoning' && claudeState(part) !== undefined);
}

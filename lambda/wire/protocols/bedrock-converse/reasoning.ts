import type { JsonObject } from '../../../platform/json';
import type { Message, ModelRequest, Reasoning } from '../../model/request';
import { claudeState } from '../claude-state';
import type { ModelFamily } from '../model-family';
import { claudeVersion } from '../model-family';

/** What reasoning adds to a Converse call, and what it takes away. */
export interface ReasoningFields {
  /** For `additionalModelRequestFields`. */
  readonly model: JsonObject;
  /** For `outputConfig.effort`. */
  readonly effort?: string;
  readonly dropped: readonly string[];
  /** The model is told to think, which forbids some sampling settings. */
  readonly thinking: boolean;
}

const NOTHING: ReasoningFields = { model: {}, dropped: [], thinking: false };
const CANNOT: ReasoningFields = { ...NOTHING, dropped: ['reasoning'] };

/** Thinking budgets for efforts, in tokens, for Claude models that know budgets only. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1_024, low: 2_048, medium: 8_192, high: 16_384, xhigh: 24_576, max: 32_000 };
/** The least that Claude accepts, and a part of the output cap that is left for the answer. */
const LEAST_BUDGET = 1_024;
const ANSWER_SHARE = 1_024;

/** From here on Claude takes an effort and decides by itself how long to think; from 4.7 on it takes nothing else. */
const FIRST_ADAPTIVE = 4.6;
const FIRST_WITHOUT_BUDGET = 4.7;
const FIRST_THINKING = 3.7;

/**
 * How each family is told to think.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export function reasoningFields(request: ModelRequest, family: ModelFamily, model: string): ReasoningFields {
  const { reasoning } = request;
  if (reasoning === undefined || Object.values(reasoning).every((value) => value === undefined)) return NOTHING;
  switch (family) {
    case 'claude':
      return claude(request, reasoning, claudeVersion(model) ?? Number.POSITIVE_INFINITY);
    case 'nova-2':
      return nova(reasoning);
    case 'gpt-oss':
      return gptOss(reasoning);
    default:
      return reasoning.effort === 'none' ? NOTHING : CANNOT;
  }
}

function claude(request: ModelRequest, reasoning: Reasoning, version: number): ReasoningFields {
  if (reasoning.effort === 'none') {
    // Only who switched thinking off by its own name has it switched off by name.
    const switchedOff = reasoning.budgetTokens === 0 && version >= FIRST_THINKING;
    return switchedOff ? { ...NOTHING, model: { thinking: { type: 'disabled' } } } : NOTHING;
  }
  if (version < FIRST_THINKING) return CANNOT;
  const effort = effortField(reasoning);
  if (reasoning.adaptive === false) return version < FIRST_ADAPTIVE ? CANNOT : { ...NOTHING, ...effort };
  // Claude refuses to be forced to a tool while it thinks: https://docs.claude.com/en/docs/build-with-claude/extended-thinking
  const forced = request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool';
  if (forced && reasoning.adaptive !== true && reasoning.budgetTokens === undefined) return CANNOT;

  const wantsBudget = reasoning.budgetTokens !== undefined && reasoning.adaptive !== true;
  if (version >= FIRST_ADAPTIVE && (!wantsBudget || version >= FIRST_WITHOUT_BUDGET)) {
    return {
      model: { thinking: { type: 'adaptive', ...display(reasoning, version) } },
      ...effort,
      dropped: wantsBudget ? ['reasoning.budget_tokens'] : [],
      thinking: true,
    };
  }
  if (reasoning.budgetTokens === undefined && lacksSignedThinking(request.messages)) return CANNOT;
  const budget = reasoning.budgetTokens ?? effortBudget(reasoning.effort ?? 'medium', request.maxOutputTokens);
  if (budget < LEAST_BUDGET && reasoning.budgetTokens === undefined) return CANNOT;
  return { model: { thinking: { type: 'enabled', budget_tokens: budget } }, dropped: [], thinking: true };
}

function effortField({ effort }: Reasoning): { effort?: string } {
  return effort === undefined ? {} : { effort: effort === 'minimal' ? 'low' : effort };
}

/** In the midst of a tool loop, a model with a budget wants the thinking before the call back; not every client keeps it. */
function lacksSignedThinking(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  if (last === undefined || !last.content.some((part) => part.type === 'tool-result')) return false;
  const assistant = messages.findLast((message) => message.role === 'assistant');
  return assistant === undefined || !assistant.content.some((part) => part.type === 'reasoning' && claudeState(part) !== undefined);
}

/** The budget counts into the output cap and must stay below it. */
function effortBudget(effort: string, maxOutputTokens: number | undefined): number {
  const wanted = BUDGETS[effort] ?? LEAST_BUDGET;
  return maxOutputTokens === undefined ? wanted : Math.min(wanted, maxOutputTokens - ANSWER_SHARE);
}

/** The newest models hide their thoughts unless asked. */
function display(reasoning: Reasoning, version: number): JsonObject {
  if (reasoning.summary === undefined || version < FIRST_WITHOUT_BUDGET) return {};
  return { display: reasoning.summary === 'hidden' || reasoning.summary === 'omitted' ? 'omitted' : 'summarized' };
}

const THREE_LEVELS: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

function nova(reasoning: Reasoning): ReasoningFields {
  if (reasoning.effort === 'none') return { ...NOTHING, model: { reasoningConfig: { type: 'disabled' } } };
  const effort = THREE_LEVELS[reasoning.effort ?? 'medium'] ?? 'medium';
  return {
    model: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } },
    dropped: reasoning.budgetTokens === undefined ? [] : ['reasoning.budget_tokens'],
    thinking: false,
  };
}

function gptOss(reasoning: Reasoning): ReasoningFields {
  if (reasoning.effort === undefined || reasoning.effort === 'none') return CANNOT;
  return { ...NOTHING, model: { reasoning_effort: THREE_LEVELS[reasoning.effort] ?? 'medium' } };
}

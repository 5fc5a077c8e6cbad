import type { JsonObject } from '../../../platform/json';
import type { Thinking } from '../../fitting';
import { claudeThinking, effortOfBudget, nearestEffort } from '../../fitting';
import type { ModelRequest, Reasoning } from '../../model/request';
import type { Capabilities, Effort } from '../../models';
import type { ModelFamily } from '../model-family';

/** What reasoning adds to a Converse call, and what it takes away. */
export interface ReasoningFields {
  /** For `additionalModelRequestFields`. */
  readonly model: JsonObject;
  /** For `outputConfig.effort`. */
  readonly effort?: string;
  /** The model is told to think, which forbids some sampling settings. */
  readonly thinking: boolean;
}

const NOTHING: ReasoningFields = { model: {}, thinking: false };

/**
 * How each family is told to think.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export function reasoningFields(request: ModelRequest, family: ModelFamily, can: Capabilities, dropped: Set<string>): ReasoningFields {
  const { reasoning } = request;
  if (reasoning === undefined || Object.values(reasoning).every((value) => value === undefined)) return NOTHING;
  switch (family) {
    case 'claude':
      return claude(claudeThinking(request, can, request.maxOutputTokens, dropped), reasoning, can);
    case 'nova':
      return nova(request, reasoning, can, dropped);
    case 'gpt-oss':
      return gptOss(reasoning, can, dropped);
    case 'gpt':
      return gpt(reasoning, can, dropped);
    default:
      return unthinking(reasoning, dropped);
  }
}

function unthinking({ effort }: Reasoning, dropped: Set<string>): ReasoningFields {
  if (effort !== 'none') dropped.add('reasoning');
  return NOTHING;
}

function claude({ mode, budgetTokens, effort }: Thinking, reasoning: Reasoning, can: Capabilities): ReasoningFields {
  const effortField = effort === undefined ? {} : { effort };
  switch (mode) {
    case 'adaptive':
      return { model: { thinking: { type: 'adaptive', ...display(reasoning, can) } }, ...effortField, thinking: true };
    case 'budget':
      return { model: { thinking: { type: 'enabled', budget_tokens: budgetTokens as number } }, ...effortField, thinking: true };
    case 'off':
      return { model: { thinking: { type: 'disabled' } }, thinking: false };
    case undefined:
      return { ...NOTHING, ...effortField };
  }
}

/** The models that take no budget hide their thoughts unless asked. */
function display(reasoning: Reasoning, can: Capabilities): JsonObject {
  if (reasoning.summary === undefined || can.thinking?.includes('budget') === true) return {};
  return { display: reasoning.summary === 'hidden' || reasoning.summary === 'omitted' ? 'omitted' : 'summarized' };
}

/** The highest effort takes no cap, so beside one it gives way; and no sampling settings. */
function nova({ maxOutputTokens }: ModelRequest, reasoning: Reasoning, can: Capabilities, dropped: Set<string>): ReasoningFields {
  if (can.thinking?.length === 0) return unthinking(reasoning, dropped);
  if (reasoning.effort === 'none') return { ...NOTHING, model: { reasoningConfig: { type: 'disabled' } } };
  if (reasoning.budgetTokens !== undefined) dropped.add('reasoning.budget_tokens');
  const asked = effortFor(reasoning.effort ?? 'medium', can, dropped);
  if (asked === undefined) return NOTHING;
  const gives = asked === 'high' && maxOutputTokens !== undefined;
  if (gives) dropped.add('reasoning.effort');
  const effort = gives ? 'medium' : asked;
  return { model: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }, thinking: effort === 'high' };
}

function gptOss(reasoning: Reasoning, can: Capabilities, dropped: Set<string>): ReasoningFields {
  if (reasoning.effort === undefined || reasoning.effort === 'none') {
    dropped.add('reasoning');
    return NOTHING;
  }
  const effort = effortFor(reasoning.effort, can, dropped);
  return effort === undefined ? NOTHING : { ...NOTHING, model: { reasoning_effort: effort } };
}

/** `none` is an effort of theirs too, of those that have it. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards-openai.html */
function gpt({ effort, budgetTokens }: Reasoning, can: Capabilities, dropped: Set<string>): ReasoningFields {
  const asked = effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens));
  const nearest = asked === undefined ? undefined : effortFor(asked, can, dropped);
  return nearest === undefined ? NOTHING : { ...NOTHING, model: { reasoning: { effort: nearest } } };
}

function effortFor(asked: Effort, can: Capabilities, dropped: Set<string>): Effort | undefined {
  const nearest = nearestEffort(asked, can.efforts);
  if (nearest !== asked && !(asked === 'minimal' && nearest === 'low')) dropped.add('reasoning.effort');
  return nearest;
}

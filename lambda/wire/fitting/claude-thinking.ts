import type { Message, ModelRequest, Reasoning } from '../model/request';
import type { Capabilities, Effort } from '../models';
import { claudeState } from '../protocols/claude-state';
import { nearestEffort } from './effort';

/** How a model of Claude's kind is told to think, whichever API says it. */
export interface Thinking {
  readonly mode?: 'adaptive' | 'budget' | 'off';
  /** With `budget`, in tokens. */
  readonly budgetTokens?: number;
  readonly effort?: Effort;
}

const NOTHING: Thinking = {};
/** Budgets for efforts, in tokens, for models that know budgets only. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1_024, low: 2_048, medium: 8_192, high: 16_384, xhigh: 24_576, max: 32_000 };
const LEAST_BUDGET = 1_024;

/**
 * @param maxTokens the answer's cap, thinking included; undefined: none is written
 * @param dropped takes `reasoning`, where nothing of it can be said, or `thinking.budget_tokens`
 * @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking
 * @see https://docs.claude.com/en/docs/build-with-claude/adaptive-thinking
 * @see https://docs.claude.com/en/docs/build-with-claude/effort
 */
export function claudeThinking(request: ModelRequest, can: Capabilities, maxTokens: number | undefined, dropped: Set<string>): Thinking {
  const { reasoning } = request;
  if (reasoning === undefined || Object.values(reasoning).every((value) => value === undefined)) return NOTHING;
  const takes = kindsOf(can);
  if (reasoning.effort === 'none') return switchedOff(reasoning, can, dropped);
  const effort = () => effortOf(reasoning, can, dropped);
  if (isForced(request) && (reasoning.adaptive === true || reasoning.budgetTokens !== undefined)) {
    dropped.add('reasoning');
    return { ...effort() };
  }
  if (reasoning.adaptive === true) {
    if (takes.adaptive) return { mode: 'adaptive', ...effort() };
    return fromEffort(request, { ...reasoning, effort: reasoning.effort ?? 'medium' }, can, maxTokens, dropped);
  }
  if (reasoning.adaptive === false) return { ...effort() };
  if (reasoning.budgetTokens === undefined) return fromEffort(request, reasoning, can, maxTokens, dropped);
  // A model that nobody knows is asked for what its caller asks for.
  const mayThink = can.thinking === undefined || !lacksSignedThinking(request.messages);
  if (takes.budget && mayThink) return { mode: 'budget', budgetTokens: reasoning.budgetTokens, ...effort() };
  dropped.add(takes.adaptive ? 'thinking.budget_tokens' : 'reasoning');
  return takes.adaptive ? { mode: 'adaptive', ...effort() } : NOTHING;
}

/** Of a model that nobody knows, whatever the caller says is said. */
function kindsOf({ thinking }: Capabilities): { readonly adaptive: boolean; readonly budget: boolean } {
  return { adaptive: thinking?.includes('adaptive') ?? true, budget: thinking?.includes('budget') ?? true };
}

/** Only who switched thinking off by its own name has it switched off by name. */
function switchedOff(reasoning: Reasoning, can: Capabilities, dropped: Set<string>): Thinking {
  if (can.thinkingOff === false) {
    dropped.add('reasoning');
    return NOTHING;
  }
  return reasoning.budgetTokens === 0 && can.thinking?.length !== 0 ? { mode: 'off' } : NOTHING;
}

function effortOf({ effort }: Reasoning, can: Capabilities, dropped: Set<string>): { readonly effort?: Effort } {
  if (effort === undefined) return {};
  const asked = effort === 'minimal' ? 'low' : effort;
  const nearest = nearestEffort(asked, can.efforts);
  if (nearest !== asked) dropped.add('reasoning.effort');
  return nearest === undefined ? {} : { effort: nearest };
}

function fromEffort(
  request: ModelRequest,
  reasoning: Reasoning,
  can: Capabilities,
  maxTokens: number | undefined,
  dropped: Set<string>,
): Thinking {
  if (reasoning.effort === undefined) return NOTHING;
  const takes = kindsOf(can);
  const forced = isForced(request);
  if (takes.adaptive && !forced) return { mode: 'adaptive', ...effortOf(reasoning, can, dropped) };
  const wanted = BUDGETS[reasoning.effort] ?? LEAST_BUDGET;
  // The budget counts into the cap and must stay below it.
  const budgetTokens = maxTokens === undefined ? wanted : Math.min(wanted, maxTokens - LEAST_BUDGET);
  if (!takes.budget || forced || budgetTokens < LEAST_BUDGET || lacksSignedThinking(request.messages)) {
    dropped.add('reasoning');
    return NOTHING;
  }
  return { mode: 'budget', budgetTokens };
}

/** Claude refuses to be forced to a tool while it thinks. @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking */
function isForced({ toolChoice }: ModelRequest): boolean {
  return toolChoice?.type === 'required' || toolChoice?.type === 'tool';
}

/** In the midst of a tool loop, a model with a budget wants the thinking before the call back; not every client keeps it. */
function lacksSignedThinking(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  if (last === undefined || !last.content.some((part) => part.type === 'tool-result')) return false;
  const assistant = messages.findLast((message) => message.role === 'assistant');
  return assistant === undefined || !assistant.content.some((part) => part.type === 'reasoning' && claudeState(part) !== undefined);
}

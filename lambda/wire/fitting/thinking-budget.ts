import type { JsonObject } from '../../platform/json';
import type { ModelRequest } from '../model/request';
import { countOf, objectOf } from '../protocols/lenient';

/** Claude's own least. @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking */
const LEAST_BUDGET = 1_024;
/** What thinking may take of a cap that stands in for none: the answer needs the rest. */
const SHARE = 3 / 4;

/**
 * A thinking budget beside an output cap that was lowered, which it counts into and must stay below: both are lowered by the same part.
 * Undefined: the cap leaves no room for thinking.
 *
 * @param asked the cap that the caller named; undefined: none, and then the budget gives way only as far as it must
 */
export function thinkingWithin(budget: number, cap: number, asked: number | undefined): number | undefined {
  const scaled = asked === undefined ? Math.min(budget, Math.floor(cap * SHARE)) : Math.floor((budget * cap) / asked);
  const held = Math.max(Math.min(budget, LEAST_BUDGET), scaled);
  return held < cap ? held : undefined;
}

/** A call with its thinking budget below an output cap that was written into it, and what became of the budget, for people. */
export function withThinkingHeld(
  request: ModelRequest,
  cap: number,
  asked: number | undefined,
): { readonly request: ModelRequest; readonly written: readonly { readonly field: string; readonly value: string }[] } {
  const { reasoning, ...rest } = request;
  const budget = reasoning?.budgetTokens;
  if (budget === undefined || budget === 0) return { request, written: [] };
  const held = thinkingWithin(budget, cap, asked);
  if (held === budget) return { request, written: [] };
  return {
    request: held === undefined ? rest : { ...rest, reasoning: { ...reasoning, budgetTokens: held } },
    written: [{ field: 'thinking.budget_tokens', value: String(held ?? 'none') }],
  };
}

/** Where a body names its thinking budget: a top-level field and its member. */
type ThinkingPath = readonly [field: string, member: string];

interface HeldThinking {
  /** New values of top-level fields. */
  readonly changes: JsonObject;
  /** What became of the budgets, for people. */
  readonly written: readonly string[];
}

/** The same for a body that goes on as it came; undefined when nothing has to change. */
export function holdThinking(
  body: JsonObject,
  paths: readonly ThinkingPath[],
  cap: number,
  asked: number | undefined,
): HeldThinking | undefined {
  const changes: Record<string, JsonObject> = {};
  const written: string[] = [];
  for (const [field, member] of paths) {
    const settings = objectOf(body[field]);
    const budget = countOf(settings?.[member]);
    if (settings === undefined || budget === undefined || budget === 0) continue;
    const held = thinkingWithin(budget, cap, asked);
    if (held === budget) continue;
    const { [member]: _, ...rest } = settings;
    changes[field] = held !== undefined ? { ...settings, [member]: held } : field === 'thinking' ? { type: 'disabled' } : rest;
    written.push(`${field}.${member}=${held ?? 'none'}`);
  }
  return written.length === 0 ? undefined : { changes, written };
}

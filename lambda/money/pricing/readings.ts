import type { ToolUse } from '../../wire/model';

/** What one server-side tool call may put into the prompt. */
export const TOOL_RESULT_TOKENS = 30_000;
/** Calls of a server-side tool in one request, where it does not say how many it takes. */
export const SERVER_TOOL_CALLS = 20;
/**
 * Turns that they are spread over: after so many a provider ends the answer unless told otherwise.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons#pause-turn
 */
const SERVER_TOOL_TURNS = 10;

/** What a call reads before its answer is whole. */
export interface Readings {
  /** Of all readings together. */
  readonly tokens: number;
  /** How often the call's own model reads, the first time included. */
  readonly count: number;
  /** Answers that models beside its own write. */
  readonly others: number;
}

interface Turns {
  readonly count: number;
  /** What each puts into the prompt. */
  readonly tokens: number;
}

/**
 * After each use of a tool the model reads everything again, and what the tool brought. No reading is longer than the window. What brings
 * nothing is a part of another use, or of the price of the request.
 */
export function readingsOf(promptTokens: number, uses: readonly ToolUse[], windowTokens: number): Readings {
  if (uses.length === 0) return { tokens: promptTokens, count: 1, others: 0 };
  let length = promptTokens;
  let tokens = promptTokens;
  let count = 1;
  // The longest results first: what is read early is read most often.
  for (const turns of turnsOf(uses).sort((left, right) => right.tokens - left.tokens)) {
    tokens += grownSum(length, turns, windowTokens);
    length = Math.min(length + turns.count * turns.tokens, windowTokens);
    count += turns.count;
  }
  const others = uses.reduce((sum, { model, most = SERVER_TOOL_TURNS }) => (model === undefined ? sum : sum + most), 0);
  return { tokens: tokens + (others === 0 ? 0 : others * (Number.isFinite(windowTokens) ? windowTokens : length)), count, others };
}

function turnsOf(uses: readonly ToolUse[]): Turns[] {
  const rereading = uses.filter(({ tokens, readOnce }) => tokens !== 0 && readOnce !== true);
  const turns = rereading.flatMap(({ most, tokens = TOOL_RESULT_TOKENS }) => (most === undefined ? [] : [{ count: most, tokens }]));
  const unlimited = rereading.filter(({ most }) => most === undefined);
  if (unlimited.length === 0) return turns;
  const results = unlimited.reduce((sum, { tokens = TOOL_RESULT_TOKENS }) => sum + SERVER_TOOL_CALLS * tokens, 0);
  return [...turns, { count: SERVER_TOOL_TURNS, tokens: Math.ceil(results / SERVER_TOOL_TURNS) }];
}

/** The sum of `count` readings, each longer by `tokens` than the one before, the first after `length`. */
function grownSum(length: number, { count, tokens }: Turns, windowTokens: number): number {
  const within = Math.min(count, Math.max(0, Math.floor((windowTokens - length) / tokens)));
  const beyond = count - within;
  return within * length + (tokens * within * (within + 1)) / 2 + (beyond === 0 ? 0 : beyond * windowTokens);
}

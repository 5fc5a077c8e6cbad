import type { JsonObject } from '../../../platform/json';
import type { Usage } from '../../model/usage';
import { countOf, defined, hasBrokenCounts, nonEmptyText, objectOf, objectsOf } from '../../protocols/lenient';
import { pricedTier } from './priced-tier';

/**
 * Usage as Anthropic counts it: `input_tokens` excludes what the cache read and wrote, `output_tokens` includes thinking.
 * In a stream `message_start` gives the input and a first output count, and each `message_delta` the totals so far: of every
 * field the last value holds, nothing is summed.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/prompt-caching#tracking-cache-performance
 * @see https://docs.claude.com/en/docs/build-with-claude/streaming#event-types
 */
export class UsageReader {
  #reported: JsonObject | undefined;

  /** Takes the `usage` object of an answer or an event. */
  public add(usage: JsonObject | undefined): void {
    if (usage === undefined) return;
    const known = Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null && value !== undefined));
    this.#reported = { ...this.#reported, ...known };
  }

  /** The totals so far; undefined when no count was reported. */
  public get usage(): Usage | undefined {
    return this.#reported === undefined ? undefined : readUsage(this.#reported);
  }
}

export function usageOf(body: JsonObject): Usage | undefined {
  const reported = objectOf(body['usage']);
  return reported === undefined ? undefined : readUsage(reported);
}

function readUsage(reported: JsonObject): Usage | undefined {
  const beside = stepsBeside(reported);
  const uncached = plus(countOf(reported['input_tokens']), beside('input_tokens'));
  const cacheRead = plus(countOf(reported['cache_read_input_tokens']), beside('cache_read_input_tokens'));
  const byLife = objectOf(reported['cache_creation']);
  const written5m = countOf(byLife?.['ephemeral_5m_input_tokens']);
  const written1h = countOf(byLife?.['ephemeral_1h_input_tokens']);
  const byLives = written5m === undefined && written1h === undefined ? undefined : (written5m ?? 0) + (written1h ?? 0);
  const cacheCreation = plus(countOf(reported['cache_creation_input_tokens']) ?? byLives, beside('cache_creation_input_tokens'));
  const searches = objectOf(reported['server_tool_use']);

  const usage: Usage = defined({
    inputTokens: uncached === undefined ? undefined : uncached + (cacheRead ?? 0) + (cacheCreation ?? 0),
    cacheReadInputTokens: cacheRead,
    cacheCreationInputTokens: cacheCreation,
    cacheCreation1hInputTokens: written1h,
    outputTokens: plus(countOf(reported['output_tokens']), beside('output_tokens')),
    reasoningOutputTokens: countOf(objectOf(reported['output_tokens_details'])?.['thinking_tokens']),
    toolCalls: searches === undefined ? undefined : toolCalls(searches),
    malformed: hasBrokenCounts(reported) || undefined,
  });
  if (Object.keys(usage).length === 0) return undefined;
  const serviceTier = pricedTier(reported, nonEmptyText(reported['service_tier']));
  return serviceTier === undefined ? usage : { ...usage, serviceTier };
}

/** Steps of an answer that are billed and in none of its totals. */
const BESIDE: ReadonlySet<unknown> = new Set(['compaction', 'advisor_message']);

/**
 * What summing up a long conversation and what an advisor took of a count.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/compaction#understanding-usage
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool
 */
function stepsBeside(reported: JsonObject): (name: string) => number {
  const steps = objectsOf(reported['iterations']).filter(({ type }) => BESIDE.has(type));
  return (name) => steps.reduce((sum, step) => sum + (countOf(step[name]) ?? 0), 0);
}

function plus(count: number | undefined, more: number): number | undefined {
  return more === 0 ? count : (count ?? 0) + more;
}

/** `{web_search_requests: 2}` is two calls of `web_search`. */
function toolCalls(reported: JsonObject): Usage['toolCalls'] {
  const calls = Object.entries(reported).flatMap(([name, value]) => {
    const count = countOf(value);
    return count === undefined || count === 0 ? [] : [[name.replace(/_requests$/, ''), count] as const];
  });
  return calls.length === 0 ? undefined : Object.fromEntries(calls);
}

/** The totals as Anthropic reports them. Its clients need numbers for input and output, so an unknown one is 0 there. */
export function writeUsage(usage: Usage | undefined): JsonObject {
  const cacheRead = usage?.cacheReadInputTokens;
  const cacheCreation = usage?.cacheCreationInputTokens;
  const written1h = usage?.cacheCreation1hInputTokens;
  const calls = Object.entries(usage?.toolCalls ?? {});
  return defined({
    input_tokens: Math.max(0, (usage?.inputTokens ?? 0) - (cacheRead ?? 0) - (cacheCreation ?? 0)),
    cache_creation_input_tokens: cacheCreation,
    cache_read_input_tokens: cacheRead,
    cache_creation:
      written1h === undefined
        ? undefined
        : { ephemeral_5m_input_tokens: Math.max(0, (cacheCreation ?? 0) - written1h), ephemeral_1h_input_tokens: written1h },
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: usage?.reasoningOutputTokens === undefined ? undefined : { thinking_tokens: usage.reasoningOutputTokens },
    server_tool_use: calls.length === 0 ? undefined : Object.fromEntries(calls.map(([name, count]) => [`${name}_requests`, count])),
    service_tier: usage?.serviceTier,
  });
}

import type { Place } from '../../routing';
import type { BoundedCall, RoutedCall } from '../before/call';
import type { Gateway } from '../gateway';

/** Where too little was measured. Models that think before they say anything are among them. */
const UNKNOWN_SILENCE_MS = 120_000;
/** No place is left sooner, however fast it usually is. */
const LEAST_SILENCE_MS = 30_000;
/** What is far beyond the usual. */
const TIMES = 3;
/** The least that any provider reads a prompt at. */
const PROMPT_BYTES_PER_SECOND = 16_000;
/** Where too little was measured: slow, for a model. */
const UNKNOWN_TOKENS_PER_SECOND = 10;

/**
 * How long a place may say nothing before another one is asked in its stead: far longer than it usually takes to its first token, with a
 * prompt of this size; where the answer comes whole, also as long as all of it takes to write.
 */
export function usualPatienceMs({ health }: Gateway, { call, maxOutputTokens, isCapped }: BoundedCall, { key }: Place): number {
  const usualMs = health.usualSilenceMs(key);
  const leastMs = mayThinkLong(call) ? UNKNOWN_SILENCE_MS : LEAST_SILENCE_MS;
  const firstMs = usualMs === undefined ? UNKNOWN_SILENCE_MS : Math.max(leastMs, TIMES * usualMs);
  const readMs = (call.document.mostBytes / PROMPT_BYTES_PER_SECOND) * 1_000;
  if (call.answer !== 'json' || !call.operation.generates) return firstMs + readMs;
  if (!isCapped) return Number.POSITIVE_INFINITY;
  const rate = health.tokensPerSecond(key);
  const writeMs = (maxOutputTokens * 1_000) / (rate === undefined ? UNKNOWN_TOKENS_PER_SECOND : rate / TIMES);
  return firstMs + readMs + writeMs;
}

/** What such a call takes says little of others: it asks for more thought, or for tools that its provider runs first. */
function mayThinkLong({ facts }: RoutedCall): boolean {
  return facts.asks?.effort !== undefined || facts.asks?.adaptiveThinking === true || facts.serverTools.length > 0;
}

import type { FinishReason } from '../model/response';

/**
 * Callers look for calls where the reason says so, and answer them. Some providers say `stop` beside one, or a word that nobody knows, or promise a call
 * that is not there: what is there decides.
 */
export function reasonWithCalls(unified: FinishReason['unified'], hasToolCalls: boolean): FinishReason['unified'] {
  if (hasToolCalls) return unified === 'stop' || unified === 'other' ? 'tool-calls' : unified;
  return unified === 'tool-calls' ? 'stop' : unified;
}

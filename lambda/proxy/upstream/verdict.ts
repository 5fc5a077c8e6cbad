import type { Verdict } from './cooldowns';
import type { PlaceResult } from './try-place';

/** What an attempt told about its target; undefined: nothing. */
export function verdictOf(result: PlaceResult): Verdict | undefined {
  // What a stage of ours makes of an answer is not the provider's fault.
  if ('answer' in result)
    return { kind: result.answer.error === undefined || result.answer.endedByStage !== undefined ? 'good' : 'failed' };
  const { error, coolMs } = result.failure;
  if (coolMs === undefined) return result.status !== undefined && result.status < 500 ? { kind: 'good' } : undefined;
  const because = error.retryable ? {} : { because: error };
  return coolMs > 0 ? { kind: 'limited', forMs: coolMs, ...because } : { kind: 'failed', ...because };
}

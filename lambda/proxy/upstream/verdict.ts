import type { Verdict } from './cooldowns';
import type { PlaceResult } from './try-place';

/** What an attempt told about its target; undefined: nothing. */
export function verdictOf(result: PlaceResult): Verdict | undefined {
  if ('answer' in result) return result.answer.error === undefined ? { kind: 'good' } : { kind: 'failed' };
  const { error, coolMs } = result.failure;
  if (coolMs === undefined) return result.status !== undefined && result.status < 500 ? { kind: 'good' } : undefined;
  const because = error.retryable ? {} : { because: error };
  return coolMs > 0 ? { kind: 'limited', forMs: coolMs, ...because } : { kind: 'failed', ...because };
}

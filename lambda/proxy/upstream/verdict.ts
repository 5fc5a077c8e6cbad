import type { GatewayError } from '../../platform/error';
import { FailedGeneration } from '../../wire/protocols';
import type { Verdict } from './cooldowns';
import type { PlaceResult } from './try-place';

/** What went wrong at the provider; what a stage of ours makes of its answer is not its fault. */
export function faultOf(result: PlaceResult): GatewayError | undefined {
  if ('failure' in result) return result.failure.error;
  return result.answer.endedByStage === undefined ? result.answer.error : undefined;
}

/** What an attempt told about its target; undefined: nothing. */
export function verdictOf(result: PlaceResult): Verdict | undefined {
  if ('answer' in result) {
    const fault = faultOf(result);
    // What its model wrote says nothing of the provider.
    return { kind: fault === undefined || fault instanceof FailedGeneration ? 'good' : 'failed' };
  }
  const { error, coolMs } = result.failure;
  if (coolMs === undefined) return result.status !== undefined && result.status < 500 ? { kind: 'good' } : undefined;
  const because = error.retryable ? {} : { because: error };
  return coolMs > 0 ? { kind: 'limited', forMs: coolMs, ...because } : { kind: 'failed', ...because };
}

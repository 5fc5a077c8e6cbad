import type { GatewayError } from '../../platform/error';
import type { ErrorCode } from '../../platform/error-catalogue';
import type { Verdict } from '../../routing';
import { FailedGeneration } from '../../wire/protocols';
import type { PlaceResult } from './try-place';

/** How long a place rests that keeps failing. */
const REST_MS = 10_000;
/** Where finding out is dear, because a call is kept waiting for it, or of little use, because somebody has to mend it first. */
const LONG_REST_MS: Readonly<Partial<Record<ErrorCode, number>>> = {
  upstream_timeout: 20_000,
  upstream_auth: 30_000,
  upstream_tls: 30_000,
};

/** What went wrong at the provider; what a stage of ours makes of its answer is not its fault. */
export function faultOf(result: PlaceResult): GatewayError | undefined {
  if ('failure' in result) return result.failure.error;
  return result.answer.endedByStage === undefined ? result.answer.error : undefined;
}

/** What an attempt told about its place; undefined: nothing. */
export function verdictOf(result: PlaceResult): Verdict | undefined {
  if ('answer' in result) {
    const fault = faultOf(result);
    // What its model wrote says nothing of the provider.
    return fault === undefined || fault instanceof FailedGeneration ? { kind: 'good' } : { kind: 'failed', restMs: restOf(fault) };
  }
  const { error, coolMs } = result.failure;
  if (coolMs === undefined) return result.status !== undefined && result.status < 500 ? { kind: 'good' } : undefined;
  const because = error.retryable ? {} : { because: error };
  return coolMs > 0 ? { kind: 'limited', forMs: coolMs, ...because } : { kind: 'failed', restMs: restOf(error), ...because };
}

function restOf({ code }: GatewayError): number {
  return LONG_REST_MS[code] ?? REST_MS;
}

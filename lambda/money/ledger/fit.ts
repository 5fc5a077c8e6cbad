import type { AdmissionRequest, Bound, SmallerBounds } from './admission';

/** Below this many tokens an answer is not capped while more money may come back. */
const LEAST_OUTPUT_TOKENS = 4_096;
/** Of what is left, one call is given so much: others want to begin beside it. */
const SHARE = 4n;

/** A bound that fits what is left, or the smallest that would have to. */
export interface Fit {
  readonly fits: boolean;
  readonly bound: Bound;
}

/** The bound below which a call waits for money to come back. */
export function leastOf(smaller: SmallerBounds): Bound {
  return smaller.cappedAt(LEAST_OUTPUT_TOKENS);
}

/**
 * What a call may take of what is left: all that it can cost; where that does not fit, the largest cap that costs at most a quarter of it,
 * yet 4,096 tokens where they fit. Where they would fit once open requests settle, the call waits; where they never will, all that is
 * left goes to one call: shares of it would cut every answer.
 *
 * @param nowNanoUsd left at this moment
 * @param laterNanoUsd left at most once open requests have settled
 */
export function fitted({ bound, smaller }: Pick<AdmissionRequest, 'bound' | 'smaller'>, nowNanoUsd: bigint, laterNanoUsd: bigint): Fit {
  if (bound.costNanoUsd <= nowNanoUsd) return { fits: true, bound };
  if (smaller === undefined) return { fits: false, bound };
  const share = smaller.atMost(nowNanoUsd / SHARE);
  const least = leastOf(smaller);
  if (share !== undefined && (share.outputCap ?? 0) >= (least.outputCap ?? 0)) return { fits: true, bound: share };
  if (least.costNanoUsd <= nowNanoUsd) return { fits: true, bound: least };
  if (least.costNanoUsd <= laterNanoUsd) return { fits: false, bound: least };
  const rest = smaller.atMost(nowNanoUsd);
  return rest === undefined ? { fits: false, bound: smaller.cappedAt(1) } : { fits: true, bound: rest };
}

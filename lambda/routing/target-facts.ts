/** How a target answers at this moment, in all its Regions together, as far as this process knows. Absent: it does not know. */
export interface TargetFacts {
  /** It may be called in one Region at least. */
  readonly healthy: boolean;
  /** Calls that are open there. */
  readonly inFlight: number;
  readonly timeToFirstTokenMs?: number;
  readonly tokensPerSecond?: number;
  /** Since its speed was measured last. */
  readonly measuredAgoMs?: number;
  /** False: its known requests or tokens a minute are used up. */
  readonly hasQuota?: boolean;
}

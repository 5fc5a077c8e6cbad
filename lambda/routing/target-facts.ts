/** What this process knows of a target just now, all its Regions together. */
export interface TargetFacts {
  /** A call may go there. */
  readonly healthy: boolean;
  /** Calls that it answers for this process. */
  readonly inFlight: number;
  readonly timeToFirstTokenMs?: number;
  readonly tokensPerSecond?: number;
  /** Since its speeds were last measured; absent: never. */
  readonly measuredAgoMs?: number;
  /** `false`: its requests or tokens a minute leave no room just now. */
  readonly hasQuota?: boolean;
}

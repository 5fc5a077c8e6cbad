/** How sensitive a call is. The most sensitive label counts of those that its key, the levels above it, its route and the call itself have. */
export enum Sensitivity {
  /** May go to any target. */
  PUBLIC = 'public',

  /** For the organisation. */
  INTERNAL = 'internal',

  /** For few in the organisation. */
  CONFIDENTIAL = 'confidential',

  /** Must not leave where it is allowed to be, whatever fails. */
  RESTRICTED = 'restricted',
}

/**
 * Where calls of each label may go, as patterns of `provider/model` such as `vllm/*`. A label without patterns may go nowhere, but for `public`, which may go
 * anywhere.
 */
export interface SensitiveTargets {
  /**
   * For calls that are public.
   *
   * @default - any target
   */
  readonly public?: string[];

  /**
   * For calls that are internal.
   *
   * @default - no target
   */
  readonly internal?: string[];

  /**
   * For calls that are confidential.
   *
   * @default - no target
   */
  readonly confidential?: string[];

  /**
   * For calls that are restricted.
   *
   * @default - no target
   */
  readonly restricted?: string[];
}

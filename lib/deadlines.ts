import type { Duration } from 'aws-cdk-lib';

/** How long the parts of a call may take. */
export interface Deadlines {
  /**
   * TCP and TLS set-up.
   *
   * @default Duration.seconds(5)
   */
  readonly connect?: Duration;

  /**
   * From the call to the provider's first meaningful event, for each attempt.
   *
   * @default Duration.minutes(10)
   */
  readonly firstEvent?: Duration;

  /**
   * Longest silence between two chunks of a provider.
   *
   * @default Duration.minutes(2)
   */
  readonly idle?: Duration;

  /**
   * The whole call, all attempts together. At most 14.5 minutes: what is left of Lambda's 15 is needed to settle.
   *
   * @default Duration.seconds(870)
   */
  readonly total?: Duration;

  /**
   * A streamed call is answered after this silence and kept alive by heartbeats; from then on no other target is tried.
   *
   * @default Duration.minutes(1)
   */
  readonly streamCommit?: Duration;

  /**
   * A call that is not streamed is answered after this silence and kept alive by leading whitespace. Less than the 5 minutes
   * after which API Gateway cuts an idle connection.
   *
   * @default Duration.minutes(4)
   */
  readonly jsonCommit?: Duration;

  /**
   * Between two heartbeats of an answered, silent call. At most 15 seconds.
   *
   * @default Duration.seconds(15)
   */
  readonly heartbeat?: Duration;
}

import type { Duration } from 'aws-cdk-lib';

/** How a server of one's own is asked whether it is well, behind the answers of calls. */
export interface HealthProbe {
  /**
   * What is asked for by GET, at the origin of the base URL; a status below 300 is well.
   *
   * @default '/health'
   */
  readonly path?: string;

  /**
   * How often each process asks at the most, while it has calls for routes that lead there.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;
}

import type { Duration } from 'aws-cdk-lib';

/** How a server of one's own, or an endpoint of SageMaker, is asked whether it is well, behind the answers of calls. */
export interface HealthProbe {
  /**
   * What is asked for by GET, at the origin of the base URL; a status below 300 is well. SageMaker has none: its API is asked how the endpoint is.
   *
   * @default '/health'
   */
  readonly path?: string;

  /**
   * How often each process asks at the most, while it has calls for routes that lead there.
   *
   * @default Duration.seconds(10); at SageMaker, whose API all processes of an account share, Duration.minutes(1)
   */
  readonly interval?: Duration;
}

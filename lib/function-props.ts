import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { GatewayContentLog } from './gateway-content-log';

/** What every function of a gateway is given. */
export interface GatewayFunctionProps {
  /** Name of the gateway in metrics and events. */
  readonly gatewayName: string;

  /** The layer that holds the configuration document. */
  readonly configuration: lambda.ILayerVersion;

  /**
   * Where contents of requests are kept.
   *
   * @default - nowhere
   */
  readonly contentLog?: GatewayContentLog;

  /**
   * Whether AWS X-Ray follows its calls.
   *
   * @default false
   */
  readonly activeTracing?: boolean;

  /** How long the function's log is kept. */
  readonly logRetention: logs.RetentionDays;

  /** What happens to the function's log when it leaves the stack. */
  readonly logRemovalPolicy: RemovalPolicy;
}

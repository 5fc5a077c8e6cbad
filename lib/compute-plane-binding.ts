import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ProviderNetwork } from './provider-network';

/** What a compute plane is told about the gateway that it runs. */
export interface ComputePlaneBindOptions {
  /** Environment variables of the data plane: names of tables, secrets and queues, and what the configuration document leaves open. */
  readonly environment: { [name: string]: string };

  /** The configuration document as JSON, for planes that mount no layer. The data plane reads the file that `GATEWAY_CONFIG_FILE` names. */
  readonly document: string;

  /** The same document as a layer; it is mounted as `/opt/gateway.json`, which is where the data plane looks by default. */
  readonly configuration: lambda.ILayerVersion;

  /**
   * The VPC that private providers are reached in.
   *
   * @default - no provider is in a VPC
   */
  readonly network?: ProviderNetwork;

  /**
   * Whether AWS X-Ray follows calls.
   *
   * @default false
   */
  readonly activeTracing?: boolean;

  /** How long the data plane's log is kept. */
  readonly logRetention: logs.RetentionDays;

  /** What happens to the data plane's log when it leaves the stack. */
  readonly logRemovalPolicy: RemovalPolicy;
}

/** How busy a compute plane is, as alarms and the dashboard show it. */
export interface ComputePlaneMetrics {
  /** Heading of its graph. */
  readonly title: string;

  /** Calls that it took on, as a sum. */
  readonly calls: cloudwatch.Metric;

  /** Calls that broke it, as a sum. Errors that callers are told of are not among them. */
  readonly errors: cloudwatch.Metric;

  /** Calls that it had no room for, as a sum. */
  readonly refused: cloudwatch.Metric;

  /** What it means that calls were refused, as one clause. */
  readonly refusedMeaning: string;

  /** Calls at the same time, as a maximum. */
  readonly concurrency: cloudwatch.Metric;
}

/** What a compute plane brings into a gateway. */
export interface ComputePlaneBinding {
  /** How the API hands calls on. Answers are streamed, for 15 minutes at the most. */
  readonly integration: apigateway.Integration;

  /** How busy it is. */
  readonly metrics: ComputePlaneMetrics;

  /**
   * Where the data plane's lines go, for the dashboards' tables and the saved queries.
   *
   * @default - nobody knows: there are none
   */
  readonly logGroup?: logs.ILogGroup;

  /** The role that calls AWS. The gateway allows it what the data plane needs. */
  readonly role: iam.IRole;
}

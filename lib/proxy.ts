import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ComputePlane } from './compute-plane';
import type { ComputePlaneMetrics } from './compute-plane-binding';
import type { GatewayFunctionProps } from './function-props';
import { contentEnvironment } from './private/content-environment';
import { ENV } from './private/contract';
import { allow } from './private/role-access';
import { allowReadingSecret } from './private/secret-access';
import { allowTables, tableEnvironment } from './private/table-access';
import { addVpcEndpoints } from './private/vpc-endpoints';
import type { ProviderNetwork } from './provider-network';
import type { GatewayTables } from './tables';

/** Properties of the proxy. */
export interface GatewayProxyProps extends GatewayFunctionProps {
  /** What runs it. */
  readonly compute: ComputePlane;

  /** The configuration document as JSON, for planes that mount no layer. */
  readonly document: string;

  /** The gateway's tables. */
  readonly tables: GatewayTables;

  /** The pepper of the virtual keys. */
  readonly pepper: ISecret;

  /** Takes settlements that the table did not take. */
  readonly settlements: sqs.IQueue;

  /** The providers' credentials, which the proxy may read. */
  readonly credentials: ISecret[];

  /** What the providers need the proxy to be allowed. */
  readonly statements: iam.PolicyStatement[];

  /** Values known only at deploy, by the variables that the configuration document names. */
  readonly deployValues: { [name: string]: string };

  /**
   * The VPC that private providers are reached in.
   *
   * @default - the proxy is in no VPC
   */
  readonly network?: ProviderNetwork;

  /**
   * A provider is Amazon Bedrock in the stack's Region.
   *
   * @default false
   */
  readonly callsBedrock?: boolean;

  /**
   * A provider is Amazon SageMaker in the stack's Region.
   *
   * @default false
   */
  readonly callsSageMaker?: boolean;

  /**
   * Amazon SageMaker is asked how endpoints are.
   *
   * @default false
   */
  readonly probesSageMaker?: boolean;
}

/** The data plane: takes calls, holds them to their budgets and streams the providers' answers, on whatever compute plane it is given. */
export class GatewayProxy extends Construct {
  /** How an API hands calls on. */
  readonly integration: apigateway.Integration;

  /** How busy it is. */
  readonly metrics: ComputePlaneMetrics;

  /** Where its lines go, where that is known. */
  readonly logGroup?: logs.ILogGroup;

  /** The role that calls AWS and Bedrock. */
  readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: GatewayProxyProps) {
    super(scope, id);
    const { compute, tables, network } = props;
    if (network !== undefined)
      addVpcEndpoints(this, network, {
        bedrock: props.callsBedrock,
        sageMaker: props.callsSageMaker,
        sageMakerHealth: props.probesSageMaker,
        s3: props.contentLog !== undefined,
      });

    const { integration, metrics, role, logGroup } = compute.bind(this, {
      environment: {
        ...tableEnvironment(tables),
        [ENV.GATEWAY]: props.gatewayName,
        [ENV.PEPPER_SECRET]: props.pepper.secretArn,
        [ENV.SETTLEMENT_QUEUE]: props.settlements.queueUrl,
        ...props.deployValues,
        ...contentEnvironment(props.contentLog),
      },
      document: props.document,
      configuration: props.configuration,
      network,
      activeTracing: props.activeTracing,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
    });
    allowTables(role, tables, {
      identity: { items: ['BatchGetItem', 'GetItem'] },
      counters: { items: ['BatchGetItem', 'PutItem', 'UpdateItem'] },
      records: { items: ['GetItem', 'PutItem', 'Query', 'UpdateItem'] },
    });
    allow(role, ['sqs:SendMessage'], [props.settlements.queueArn]);
    for (const secret of [props.pepper, ...props.credentials]) allowReadingSecret(role, secret);
    for (const statement of props.statements) role.addToPrincipalPolicy(statement);
    props.contentLog?.allowWriting(role);
    this.integration = integration;
    this.metrics = metrics;
    this.logGroup = logGroup;
    this.role = role;
  }

  /**
   * The function, where one runs the data plane.
   *
   * It fails where the compute plane has no function.
   */
  get handler(): lambda.Function {
    const handler = this.node.findAll().find((child): child is lambda.Function => child instanceof lambda.Function);
    if (handler === undefined)
      throw new Error('this gateway\'s compute plane has no function; "integration", "metrics" and "role" are there');
    return handler;
  }
}

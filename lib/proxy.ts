import { Duration, Size } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { GatewayFunctionProps } from './function-props';
import { BundledFunction } from './private/bundled-function';
import { ENV, FUNCTION_TIMEOUT_SECONDS, TABLES } from './private/contract';
import { allowReadingSecret } from './private/secret-access';
import { allowTables, tableEnvironment } from './private/table-access';
import type { ProviderNetwork } from './provider-network';
import type { GatewayTables } from './tables';

/** Properties of the proxy. */
export interface GatewayProxyProps extends GatewayFunctionProps {
  /** The gateway's tables. */
  readonly tables: GatewayTables;

  /** The pepper of the virtual keys. */
  readonly pepper: ISecret;

  /** Takes settlements that the table did not take. */
  readonly settlements: sqs.IQueue;

  /** The providers' credentials, which the function may read. */
  readonly credentials: ISecret[];

  /** What the providers need the function to be allowed. */
  readonly statements: iam.PolicyStatement[];

  /** Values known only at deploy, by the variables that the configuration document names. */
  readonly deployValues: { [name: string]: string };

  /**
   * The VPC that private providers are reached in.
   *
   * @default - the function is in no VPC
   */
  readonly network?: ProviderNetwork;

  /**
   * Memory of the function, which also sets its share of a CPU. At most 3,008 MiB, the ceiling of new accounts.
   *
   * @default Size.mebibytes(1024)
   */
  readonly memorySize?: Size;
}

/** The data plane: the function that takes calls, holds them to their budgets and streams the providers' answers. */
export class GatewayProxy extends Construct {
  /** The function. */
  readonly handler: lambda.Function;

  constructor(scope: Construct, id: string, props: GatewayProxyProps) {
    super(scope, id);
    const { tables, network } = props;

    const proxy = new BundledFunction(this, 'Proxy', {
      bundle: 'proxy',
      description: 'Data plane of an LLM gateway',
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      memorySize: memoryMebibytes(props.memorySize ?? Size.mebibytes(1024)),
      environment: {
        ...tableEnvironment(tables),
        [ENV.GATEWAY]: props.gatewayName,
        [ENV.PEPPER_SECRET]: props.pepper.secretArn,
        [ENV.SETTLEMENT_QUEUE]: props.settlements.queueUrl,
        ...props.deployValues,
      },
      configuration: props.configuration,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
      vpc: network?.virtualNetwork,
      vpcSubnets: network?.subnets,
      securityGroups: network?.securityGroups,
    });
    allowTables(proxy, tables, {
      identity: { items: ['GetItem'], query: [TABLES.identity.indexes.byKind.name] },
      counters: { items: ['GetItem', 'UpdateItem'] },
      records: { items: ['GetItem', 'PutItem', 'Query', 'UpdateItem'] },
    });
    proxy.allow(['sqs:SendMessage'], [props.settlements.queueArn]);
    for (const secret of [props.pepper, ...props.credentials]) allowReadingSecret(proxy, secret);
    for (const statement of props.statements) proxy.role.addToPolicy(statement);
    this.handler = proxy.function;
  }
}

function memoryMebibytes(size: Size): number {
  const mebibytes = size.toMebibytes();
  if (mebibytes < 256 || mebibytes > 3_008) {
    throw new Error(`"proxyMemorySize" is ${mebibytes} MiB; give 256 to 3008 MiB, because a new account's functions cannot have more`);
  }
  return mebibytes;
}

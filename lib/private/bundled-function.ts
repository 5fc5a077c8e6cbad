import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DEFAULT_CONFIG_FILE, ENV } from './contract';
import { environmentProblem } from './environment-size';

/** Context key that names another folder of bundles, so that tests need no build. */
export const BUNDLES_CONTEXT = 'cdk-llm-gateway:bundles';

/** The functions that the package ships. */
export type BundleName = 'proxy' | 'admin' | 'usage' | 'sweeper' | 'archiver' | 'exporter' | 'reconciler';

export interface BundledFunctionProps {
  readonly bundle: BundleName;
  readonly description: string;
  readonly timeout: Duration;
  /** In MiB. */
  readonly memorySize: number;
  readonly environment: Record<string, string>;
  readonly configuration: lambda.ILayerVersion;
  readonly logRetention: logs.RetentionDays;
  readonly logRemovalPolicy: RemovalPolicy;
  readonly activeTracing?: boolean;
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly reservedConcurrentExecutions?: number;
}

/**
 * The one way to make a Lambda function from `dist/lambda/<name>`: newest runtime, arm64, its own role, its own log group,
 * the configuration layer, no managed policy.
 */
export class BundledFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);

    const logGroup = new logs.LogGroup(this, 'Logs', { retention: props.logRetention, removalPolicy: props.logRemovalPolicy });
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `Role of the ${props.bundle} function of an LLM gateway`,
    });
    this.role.addToPolicy(
      new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
    );
    if (props.vpc !== undefined) this.role.addToPolicy(networkInterfaces());

    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundleFolder(this, props.bundle)),
      timeout: props.timeout,
      memorySize: props.memorySize,
      role: this.role,
      logGroup,
      layers: [props.configuration],
      environment: { [ENV.CONFIG_FILE]: DEFAULT_CONFIG_FILE, ...props.environment },
      tracing: props.activeTracing === true ? lambda.Tracing.ACTIVE : undefined,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
    });
    this.node.addValidation({ validate: () => environmentProblem(this.function, props.bundle) });
  }
}

/**
 * What Lambda needs to attach a function to a VPC; EC2 knows no narrower resource for these before the interface exists.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function networkInterfaces(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
}

/** Folder of one bundle. Throws when it has not been built. */
function bundleFolder(scope: Construct, name: BundleName): string {
  const bundles: string = scope.node.tryGetContext(BUNDLES_CONTEXT) ?? join(packageRoot(), 'dist', 'lambda');
  const folder = join(bundles, name);
  if (!existsSync(join(folder, 'index.mjs'))) {
    throw new Error(`the bundle of the "${name}" function is missing at ${folder}; run "npm run build" to make it`);
  }
  return folder;
}

/** The package's own root, whether this file runs compiled from `dist/lib/private` or as source from `lib/private`. */
function packageRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'cdk-llm-gateway') return folder;
  }
  throw new Error(`the package cdk-llm-gateway has no package.json above ${__dirname}; install it again`);
}

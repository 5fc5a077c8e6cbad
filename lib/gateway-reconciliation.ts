import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Bill } from './bill';
import type { GatewayFunctionProps } from './function-props';
import { BundledFunction } from './private/bundled-function';
import { ENV } from './private/contract';
import { allow, allowKey, allowListing } from './private/role-access';
import { allowTables, tableEnvironment } from './private/table-access';
import type { GatewayTables } from './tables';

/** Properties of the reconciliation. */
export interface GatewayReconciliationProps extends GatewayFunctionProps {
  /** What is held against the records. */
  readonly bills: Bill[];

  /** Ids of the configured providers. */
  readonly providers: string[];

  /** The gateway's tables. */
  readonly tables: GatewayTables;
}

/** Holds bills of providers against what was recorded, once a day. */
export class GatewayReconciliation extends Construct {
  /** The function that reads the bills. */
  readonly reconciler: lambda.Function;

  constructor(scope: Construct, id: string, props: GatewayReconciliationProps) {
    super(scope, id);
    const bills = props.bills.map((bill) => bill.bind(props.providers));
    const reconciler = new BundledFunction(this, 'Reconciler', {
      bundle: 'reconciler',
      description: 'Holds bills of providers against what an LLM gateway recorded',
      timeout: Duration.minutes(15),
      memorySize: 2_048,
      environment: {
        ...tableEnvironment(props.tables),
        [ENV.GATEWAY]: props.gatewayName,
        [ENV.BILLS]: Stack.of(this).toJsonString(bills.map(({ bucket, ...rest }) => ({ ...rest, bucket: bucket.bucketName }))),
      },
      configuration: props.configuration,
      activeTracing: props.activeTracing,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
    });
    allowTables(reconciler.role, props.tables, { records: { items: ['GetItem', 'Query'] } });
    for (const { bucket, prefix } of bills) {
      allow(reconciler.role, ['s3:GetObject'], [bucket.arnForObjects(`${prefix}*`)]);
      allowListing(reconciler.role, bucket, [prefix]);
      allowKey(reconciler.role, bucket.encryptionKey, 'kms:Decrypt');
    }
    this.reconciler = reconciler.function;
    new events.Rule(this, 'Schedule', {
      description: 'Has bills of providers held against what an LLM gateway recorded',
      schedule: events.Schedule.cron({ hour: '5', minute: '17' }),
      targets: [new targets.LambdaFunction(this.reconciler, { retryAttempts: 2 })],
    });
  }
}

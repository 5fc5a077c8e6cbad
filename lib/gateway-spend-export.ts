import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as athena from 'aws-cdk-lib/aws-athena';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { GatewayFunctionProps } from './function-props';
import { BundledFunction } from './private/bundled-function';
import { ENV, SPEND_PREFIX } from './private/contract';
import { privateBucket } from './private/private-bucket';
import { allow, allowKey } from './private/role-access';
import { spendTable, spendWorkgroup } from './private/spend-table';
import { allowTables, tableEnvironment } from './private/table-access';
import type { SpendExport } from './spend-export';
import type { GatewayTables } from './tables';

/** Properties of the spend export. */
export interface GatewaySpendExportProps extends GatewayFunctionProps {
  /** How it is kept. */
  readonly spendExport: SpendExport;

  /** The gateway's tables. */
  readonly tables: GatewayTables;

  /**
   * Customer key that encrypts the bucket, where the export names none.
   *
   * @default - a key that Amazon S3 owns
   */
  readonly encryptionKey?: kms.IKey;

  /** What happens to the bucket when it leaves the stack. */
  readonly removalPolicy: RemovalPolicy;
}

const RESULTS_PREFIX = 'athena-results/';
const RESULTS_KEPT = Duration.days(7);

/** Spend by day in a bucket, and what Athena needs to be asked about it. */
export class GatewaySpendExport extends Construct {
  /** Takes the days under `spend/`, and what Athena answers under `athena-results/`. */
  readonly bucket: s3.Bucket;

  /** The function that writes the days. */
  readonly exporter: lambda.Function;

  /** Name of the database of AWS Glue. */
  readonly databaseName: string;

  /** Name of the table in it. */
  readonly tableName: string;

  /** The workgroup of Athena that queries are run in. */
  readonly workgroup: athena.CfnWorkGroup;

  constructor(scope: Construct, id: string, props: GatewaySpendExportProps) {
    super(scope, id);
    const { tables, removalPolicy } = props;
    const { retentionDays, mostBytesScanned, encryptionKey = props.encryptionKey } = props.spendExport.bind();

    this.bucket = privateBucket(this, 'Bucket', {
      encryptionKey,
      removalPolicy,
      lifecycleRules: [
        { id: 'spend', prefix: SPEND_PREFIX, expiration: Duration.days(retentionDays) },
        { id: 'athena-results', prefix: RESULTS_PREFIX, expiration: RESULTS_KEPT },
      ],
    });
    const exporter = new BundledFunction(this, 'Exporter', {
      bundle: 'exporter',
      description: 'Exports what an LLM gateway spends, day by day',
      timeout: Duration.minutes(10),
      memorySize: 1_024,
      environment: {
        ...tableEnvironment(tables),
        [ENV.GATEWAY]: props.gatewayName,
        [ENV.SPEND_BUCKET]: this.bucket.bucketName,
      },
      configuration: props.configuration,
      activeTracing: props.activeTracing,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
    });
    allowTables(exporter.role, tables, { records: { items: ['GetItem', 'PutItem', 'Query'] } });
    allow(exporter.role, ['s3:PutObject'], [this.bucket.arnForObjects(`${SPEND_PREFIX}*`)]);
    allowKey(exporter.role, encryptionKey, 'kms:GenerateDataKey');
    this.exporter = exporter.function;
    // What is due is known from the table, so a tick that is missed is made up by the next one.
    new events.Rule(this, 'Schedule', {
      description: 'Looks for days of spend that an LLM gateway is to export',
      schedule: events.Schedule.rate(Duration.hours(1)),
      targets: [new targets.LambdaFunction(this.exporter, { retryAttempts: 0 })],
    });

    const { database, table } = spendTable(this, this.bucket);
    this.databaseName = database;
    this.tableName = table;
    this.workgroup = spendWorkgroup(this, this.bucket, RESULTS_PREFIX, mostBytesScanned);
  }

  /**
   * Allows somebody to ask Athena about the spend, in this workgroup alone.
   *
   * @param grantee who may
   */
  grantQuery(grantee: iam.IGrantable): iam.Grant {
    const stack = Stack.of(this);
    const glueArn = (resource: string, resourceName?: string): string => stack.formatArn({ service: 'glue', resource, resourceName });
    const queries = iam.Grant.addToPrincipal({
      grantee,
      actions: [
        'athena:StartQueryExecution',
        'athena:StopQueryExecution',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:GetWorkGroup',
      ],
      resourceArns: [stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: this.workgroup.name })],
    });
    const catalog = iam.Grant.addToPrincipal({
      grantee,
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'],
      resourceArns: [
        glueArn('catalog'),
        glueArn('database', this.databaseName),
        glueArn('table', `${this.databaseName}/${this.tableName}`),
      ],
    });
    return queries
      .combine(catalog)
      .combine(this.bucket.grantRead(grantee))
      .combine(this.bucket.grantPut(grantee, `${RESULTS_PREFIX}*`));
  }
}

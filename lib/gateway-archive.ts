import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { GatewayAdmin } from './admin-api';
import type { Archive } from './archive';
import type { GatewayFunctionProps } from './function-props';
import { BundledFunction } from './private/bundled-function';
import { AUDIT_PREFIX, ENV, TABLES, TRAIL_PREFIXES } from './private/contract';
import { appendOnly, privateBucket } from './private/private-bucket';
import { allow, allowKey, allowListing } from './private/role-access';
import { allowTables, tableEnvironment } from './private/table-access';
import type { GatewayTables } from './tables';
import type { GatewayUsage } from './usage';

/** Properties of the archive. */
export interface GatewayArchiveProps extends GatewayFunctionProps {
  /** How it is kept. */
  readonly archive: Archive;

  /** The gateway's tables. */
  readonly tables: GatewayTables;

  /** What writes the metadata of requests. */
  readonly usage: GatewayUsage;

  /** What shows and checks the trail. */
  readonly admin: GatewayAdmin;

  /**
   * Customer key that encrypts the bucket, where the archive names none.
   *
   * @default - a key that Amazon S3 owns
   */
  readonly encryptionKey?: kms.IKey;

  /** What happens to the bucket when it leaves the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** The audit trail in a bucket, and the function that writes changes of administrators into it. Requests are written by the usage function. */
export class GatewayArchive extends Construct {
  /** Takes what is only ever added. */
  readonly bucket: s3.Bucket;

  /** The function that archives changes. */
  readonly archiver: lambda.Function;

  constructor(scope: Construct, id: string, props: GatewayArchiveProps) {
    super(scope, id);
    const { tables, usage, admin, removalPolicy } = props;
    const { retentionDays, objectLock, encryptionKey = props.encryptionKey } = props.archive.bind();
    const prefixes = Object.values(TRAIL_PREFIXES);

    this.bucket = privateBucket(this, 'Bucket', {
      encryptionKey,
      removalPolicy,
      objectLock,
      keepsVersions: Duration.days(1),
      lifecycleRules: prefixes.map((prefix) => ({ id: `trail-${prefix.slice(0, -1)}`, prefix, expiration: Duration.days(retentionDays) })),
    });
    appendOnly(this.bucket, prefixes, removalPolicy);

    const archiver = new BundledFunction(this, 'Archiver', {
      bundle: 'archiver',
      description: 'Archives what administrators change in an LLM gateway',
      timeout: Duration.minutes(2),
      memorySize: 512,
      environment: {
        ...tableEnvironment(tables),
        [ENV.GATEWAY]: props.gatewayName,
        [ENV.ARCHIVE_BUCKET]: this.bucket.bucketName,
      },
      configuration: props.configuration,
      activeTracing: props.activeTracing,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
    });
    allowTables(archiver.role, tables, { records: { items: ['GetItem', 'PutItem'] } });
    this.archiver = archiver.function;

    // Each writes its own part of the trail, and nobody but them any.
    const writers = [
      { role: archiver.role, prefix: TRAIL_PREFIXES.changes },
      { role: usage.role, prefix: TRAIL_PREFIXES.requests },
    ];
    for (const { role, prefix } of writers) {
      allow(role, ['s3:GetObject', 's3:PutObject'], [this.bucket.arnForObjects(`${prefix}*`)]);
      allowKey(role, encryptionKey, 'kms:Decrypt', 'kms:GenerateDataKey');
    }
    usage.handler.addEnvironment(ENV.ARCHIVE_BUCKET, this.bucket.bucketName);

    allow(
      admin.role,
      ['s3:GetObject'],
      prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)),
    );
    allowListing(admin.role, this.bucket, prefixes);
    allowKey(admin.role, encryptionKey, 'kms:Decrypt');
    admin.handler.addEnvironment(ENV.ARCHIVE_BUCKET, this.bucket.bucketName);
    admin.handler.addEnvironment(ENV.ARCHIVE_RETENTION, String(retentionDays));

    const auditStream = tables.audit.tableStreamArn as string;
    allow(
      archiver.role,
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [auditStream],
    );
    allow(archiver.role, ['sqs:SendMessage'], [usage.failedBatches.queueArn]);
    new lambda.EventSourceMapping(this, 'AuditSource', {
      target: this.archiver,
      eventSourceArn: auditStream,
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(5),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 100,
      maxRecordAge: Duration.hours(12),
      onFailure: { bind: () => ({ destination: usage.failedBatches.queueArn }) },
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { [TABLES.audit.partitionKey]: { S: [{ prefix: AUDIT_PREFIX }] } } },
        }),
      ],
    });
  }
}

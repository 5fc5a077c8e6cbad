import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { GatewayFunctionProps } from './function-props';
import { BundledFunction } from './private/bundled-function';
import { AUDIT_PREFIX, ENV, EVENTS, STREAMED_RECORDS, TABLES } from './private/contract';
import { protectedQueue } from './private/queue';
import { allow } from './private/role-access';
import { allowTables, tableEnvironment } from './private/table-access';
import type { GatewayTables } from './tables';

/** Properties of the usage pipelines. */
export interface GatewayUsageProps extends GatewayFunctionProps {
  /** The gateway's tables. */
  readonly tables: GatewayTables;
}

/** What follows from records and changes: rollups, alerts and governance events, made from the tables' streams. */
export class GatewayUsage extends Construct {
  /** The function that reads the streams. */
  readonly handler: lambda.Function;

  /** The role of that function. */
  readonly role: iam.IRole;

  /** Takes governance events, such as a budget's alert. */
  readonly eventBus: events.EventBus;

  /** Batches and single records of the streams that could not be processed; each message names them, none holds their content. */
  readonly failedBatches: sqs.Queue;

  constructor(scope: Construct, id: string, props: GatewayUsageProps) {
    super(scope, id);
    const { tables } = props;

    this.eventBus = new events.EventBus(this, 'Events', { description: 'Governance events of an LLM gateway' });
    this.failedBatches = protectedQueue(this, 'FailedBatches');

    const usage = new BundledFunction(this, 'Usage', {
      bundle: 'usage',
      description: 'Rolls up the usage records of an LLM gateway and raises its events',
      timeout: Duration.minutes(2),
      memorySize: 512,
      environment: {
        ...tableEnvironment(tables),
        [ENV.GATEWAY]: props.gatewayName,
        [ENV.EVENT_BUS]: this.eventBus.eventBusName,
      },
      configuration: props.configuration,
      activeTracing: props.activeTracing,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
    });
    allowTables(usage.role, tables, {
      identity: { items: ['GetItem'] },
      counters: { items: ['BatchGetItem'] },
      records: { items: ['GetItem', 'PutItem', 'UpdateItem', 'Query'], query: [TABLES.records.indexes.feed.name] },
    });
    allow(usage.role, ['events:PutEvents'], [this.eventBus.eventBusArn]);
    allow(usage.role, ['sqs:SendMessage'], [this.failedBatches.queueArn]);
    const recordsStream = tables.records.tableStreamArn as string;
    const auditStream = tables.audit.tableStreamArn as string;
    allow(
      usage.role,
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [recordsStream, auditStream],
    );
    this.handler = usage.function;
    this.role = usage.role;

    new events.Rule(this, 'Faults', {
      description: 'Sets aside records that the usage pipelines of an LLM gateway could not take in',
      eventBus: this.eventBus,
      eventPattern: { source: [EVENTS.SOURCE], detailType: [EVENTS.FAULT] },
      targets: [new targets.SqsQueue(this.failedBatches)],
    });

    // What the function writes itself, and what expires, does not call it again.
    this.readStream('RecordsSource', recordsStream, ['INSERT', 'MODIFY'], Object.values(STREAMED_RECORDS));
    // Changes are told from the table that the admin function alone writes, never from what looks like one in the records.
    this.readStream('AuditSource', auditStream, ['INSERT'], [AUDIT_PREFIX]);
  }

  private readStream(id: string, streamArn: string, events: string[], prefixes: string[]): void {
    new lambda.EventSourceMapping(this, id, {
      target: this.handler,
      eventSourceArn: streamArn,
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      // The longer a batch gathers, the fewer units its sums cost; what is spent is seen and alerted of so much later.
      batchSize: 1_000,
      maxBatchingWindow: Duration.seconds(5),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // Poison is set aside by the function itself, so what fails here is an outage: wait for its end.
      retryAttempts: 100,
      maxRecordAge: Duration.hours(12),
      onFailure: { bind: () => ({ destination: this.failedBatches.queueArn }) },
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.or(...events),
          dynamodb: { Keys: { [TABLES.records.partitionKey]: { S: prefixes.map((prefix) => ({ prefix })) } } },
        }),
      ],
    });
  }
}

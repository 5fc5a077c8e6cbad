import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { GatewayFunctionProps } from './function-props';
import { BundledFunction } from './private/bundled-function';
import { contentEnvironment } from './private/content-environment';
import { ENV, TABLES } from './private/contract';
import { protectedQueue } from './private/queue';
import { allow } from './private/role-access';
import { allowTables, tableEnvironment } from './private/table-access';
import type { GatewayTables } from './tables';

/** Properties of the ledger. */
export interface GatewayLedgerProps extends GatewayFunctionProps {
  /** The gateway's tables. */
  readonly tables: GatewayTables;
}

/**
 * Finishes what requests leave open: reservations of dead requests, and settlements that the table did not take at once. It also deletes what
 * administrators want deleted of somebody.
 */
export class GatewayLedger extends Construct {
  /** The function, called every minute and for each queued settlement. */
  readonly sweeper: lambda.Function;

  /** Settlements that the table did not take. */
  readonly settlements: sqs.Queue;

  /** Settlements that failed again and again. */
  readonly deadSettlements: sqs.Queue;

  constructor(scope: Construct, id: string, props: GatewayLedgerProps) {
    super(scope, id);
    const timeout = Duration.minutes(2);

    this.deadSettlements = protectedQueue(this, 'DeadSettlements');
    this.settlements = protectedQueue(this, 'Settlements', {
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: this.deadSettlements, maxReceiveCount: 20 },
    });

    const sweeper = new BundledFunction(this, 'Sweeper', {
      bundle: 'sweeper',
      description: 'Resolves reservations of dead requests and queued settlements of an LLM gateway',
      timeout,
      memorySize: 512,
      environment: { ...tableEnvironment(props.tables), ...contentEnvironment(props.contentLog), [ENV.GATEWAY]: props.gatewayName },
      configuration: props.configuration,
      activeTracing: props.activeTracing,
      logRetention: props.logRetention,
      logRemovalPolicy: props.logRemovalPolicy,
    });
    allowTables(sweeper.role, props.tables, {
      counters: { items: ['BatchGetItem', 'UpdateItem'], query: [TABLES.counters.indexes.due.name] },
      records: { items: ['GetItem', 'PutItem', 'Query', 'UpdateItem'], query: [TABLES.records.indexes.feed.name] },
    });
    allow(sweeper.role, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [this.settlements.queueArn]);
    props.contentLog?.allowDeleting(sweeper.role);
    this.sweeper = sweeper.function;

    new lambda.EventSourceMapping(this, 'SettlementSource', {
      target: this.sweeper,
      eventSourceArn: this.settlements.queueArn,
      batchSize: 10,
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    });
    new events.Rule(this, 'Schedule', {
      description: 'Sweeps the ledger of an LLM gateway',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      targets: [new targets.LambdaFunction(this.sweeper, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
  }
}

import type { Access, Principal } from './aws/authorizer';
import { type EventSourceDefinition, readEventSources } from './event-sources/event-source-definition';
import { startQueueSource } from './event-sources/queue-source';
import { startRules } from './event-sources/rules';
import { StreamSource } from './event-sources/stream-source';
import type { FunctionPool } from './lambda/function-pool';
import type { Notes } from './notes';
import type { StandIns } from './stand-ins';
import type { LocalAccount } from './template/account';
import type { InvokePermission } from './template/policies';
import type { StackModel } from './template/stack-model';

export interface EventSourcesOptions {
  readonly model: StackModel;
  readonly standIns: StandIns;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, FunctionPool>;
  readonly permissions: readonly InvokePermission[];
  readonly account: LocalAccount;
  readonly notes: Notes;
  /** By ARN of the function. */
  readonly principals: ReadonlyMap<string, Principal>;
}

const STREAM_ACTIONS = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const QUEUE_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
/** How often expired items are removed, in ms. */
const EXPIRY_SWEEP_MS = 60_000;

/** What calls functions beside API Gateway: streams, queues and rules of the template. */
export class EventSources {
  private readonly streams: StreamSource[] = [];
  private readonly stops: (() => Promise<void> | void)[] = [];

  private constructor(private readonly options: EventSourcesOptions) {}

  public static start(options: EventSourcesOptions): EventSources {
    const sources = new EventSources(options);
    const serves = (functionName: string): boolean => sources.poolOf(functionName) !== undefined;
    for (const definition of readEventSources(options.model, serves)) {
      const target = sources.poolOf(definition.functionName);
      if (target !== undefined) sources.attach(definition, target);
    }
    sources.stops.push(startRules(options));
    const sweep = setInterval(() => options.standIns.dynamodb.sweepExpired(), EXPIRY_SWEEP_MS);
    sweep.unref();
    sources.stops.push(() => clearInterval(sweep));
    return sources;
  }

  /** Settles when every record of the tables' streams has been delivered or given up. */
  public async drained(): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream.drained()));
  }

  /** Delivers what is left of the streams, then stops. */
  public async close(): Promise<void> {
    await Promise.all(this.stops.map((stop) => stop()));
    await Promise.all(this.streams.map((stream) => stream.close()));
  }

  private attach(definition: EventSourceDefinition, target: FunctionPool): void {
    const { standIns, notes } = this.options;
    const queue = definition.sourceArn.includes(':sqs:');
    const needed = (queue ? QUEUE_ACTIONS : STREAM_ACTIONS).map((action) => ({ action, resource: definition.sourceArn }));
    if (!this.allowed(target, needed)) {
      notes.once(`${definition.logicalId} delivers nothing: the function's role may not read ${definition.sourceArn}`);
      return;
    }
    if (queue) {
      this.stops.push(startQueueSource(definition, target, standIns.queues));
      return;
    }
    const [table, consumer] = [standIns.tableOfStream(definition.sourceArn), definition.logicalId];
    const stream = new StreamSource({
      definition,
      target,
      acknowledge: (sequenceNumber) => standIns.dynamodb.acknowledge(table, consumer, sequenceNumber),
      sendFailure: (queueArn, body) => {
        if (this.allowed(target, [{ action: 'sqs:SendMessage', resource: queueArn }])) standIns.queues.send(queueArn, body);
      },
    });
    this.streams.push(stream);
    this.stops.push(standIns.dynamodb.onRecords(table, (records) => stream.accept(records), consumer));
  }

  private allowed(target: FunctionPool, accesses: readonly Access[]): boolean {
    const principal = this.options.principals.get(target.definition.arn);
    return principal !== undefined && this.options.standIns.endpoint.authorize(principal, accesses) === undefined;
  }

  private poolOf(nameOrArn: string): FunctionPool | undefined {
    return [...this.options.functions.values()].find(({ definition }) => definition.arn === nameOrArn || definition.name === nameOrArn);
  }
}

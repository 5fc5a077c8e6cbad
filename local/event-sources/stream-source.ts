import { randomUUID } from 'node:crypto';
import type { StreamRecord } from '../dynamodb/types';
import { failedItems } from './batch-response';
import type { BatchTarget, EventSourceDefinition } from './event-source-definition';

export interface StreamSourceOptions {
  readonly definition: EventSourceDefinition;
  readonly target: BatchTarget;
  /** Sends to the on-failure queue. */
  readonly sendFailure: (queueArn: string, body: string) => void;
  /** Told of the last record of each batch that is delivered or given up. */
  readonly acknowledge?: (sequenceNumber: string) => void;
  /** First pause between two attempts, in ms. Default: 200. */
  readonly backoffMs?: number;
}

type FailureCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

const LONGEST_BACKOFF_MS = 10_000;

/**
 * Delivers a table's stream to a function as Lambda does: in order, batch by batch, a failing batch halved or retried until it
 * works, is too old or was tried too often; then the on-failure queue is told, and the stream goes on.
 */
export class StreamSource {
  private readonly waiting: StreamRecord[] = [];
  private readonly idle: (() => void)[] = [];
  private wake: (() => void) | undefined;
  private pause: (() => void) | undefined;
  private closing = false;
  private busy = false;
  private readonly loop: Promise<void>;

  public constructor(private readonly options: StreamSourceOptions) {
    this.loop = this.run();
  }

  /** Takes records off the table, in the order of its writes. */
  public accept(records: readonly StreamRecord[]): void {
    this.waiting.push(...records);
    this.wake?.();
  }

  /** Settles when every record has been delivered or given up. Meanwhile no batch waits to fill. */
  public async drained(): Promise<void> {
    if (!this.busy && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      this.idle.push(resolve);
      this.wake?.();
    });
  }

  /** Delivers what is left, without waiting for batches to fill and without further retries. */
  public async close(): Promise<void> {
    this.closing = true;
    this.wake?.();
    this.pause?.();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.closing || this.waiting.length > 0) {
      if (this.waiting.length === 0) {
        this.busy = false;
        for (const resolve of this.idle.splice(0)) resolve();
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          if (this.closing || this.waiting.length > 0) resolve();
        });
        continue;
      }
      this.busy = true;
      await this.fill();
      const { batchSize, filter = () => true } = this.options.definition;
      const batch = this.waiting.splice(0, batchSize);
      await this.deliver(batch.filter(filter));
      const last = batch.at(-1);
      if (last !== undefined) this.options.acknowledge?.(last.dynamodb.SequenceNumber);
    }
    for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Waits for a full batch, no longer than the batching window. */
  private async fill(): Promise<void> {
    const { batchSize, windowMs } = this.options.definition;
    const until = performance.now() + windowMs;
    while (!this.closing && this.idle.length === 0 && this.waiting.length < batchSize) {
      const left = until - performance.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  private async deliver(batch: readonly StreamRecord[]): Promise<void> {
    const { definition } = this.options;
    let rest = batch;
    let retries = 0;
    let invocations = 0;
    while (rest.length > 0) {
      invocations += 1;
      const done = await this.attempt(rest);
      if (done === rest.length) return;
      if (done > 0) {
        rest = rest.slice(done);
        retries = 0;
        continue;
      }
      if (definition.bisect && rest.length > 1) {
        const middle = Math.ceil(rest.length / 2);
        await this.deliver(rest.slice(0, middle));
        await this.deliver(rest.slice(middle));
        return;
      }
      const condition = this.givenUp(rest, retries);
      if (condition !== undefined) {
        this.giveUp(rest, condition, invocations);
        return;
      }
      await this.backOff(retries);
      retries += 1;
    }
  }

  /** @returns how many records, from the first on, are done */
  private async attempt(batch: readonly StreamRecord[]): Promise<number> {
    const { definition, target } = this.options;
    try {
      const payload = await target.invokeBuffered(Buffer.from(JSON.stringify({ Records: batch })), '');
      if (!definition.reportsItemFailures) return batch.length;
      const numbers = batch.map((record) => record.dynamodb.SequenceNumber);
      const failed = failedItems(payload, numbers);
      if (failed === 'all') return 0;
      const first = numbers.findIndex((number) => failed.has(number));
      return first === -1 ? batch.length : first;
    } catch {
      // The pool has reported why; here only that it failed matters.
      return 0;
    }
  }

  private givenUp(batch: readonly StreamRecord[], retries: number): FailureCondition | undefined {
    const { maxRetries, maxAgeMs } = this.options.definition;
    const age = Date.now() - (batch[0]?.dynamodb.ApproximateCreationDateTime ?? 0) * 1_000;
    if (age > maxAgeMs) return 'RecordAgeExceeded';
    return retries >= maxRetries || this.closing ? 'RetryAttemptsExhausted' : undefined;
  }

  private giveUp(batch: readonly StreamRecord[], condition: FailureCondition, invocations: number): void {
    const { definition, target, sendFailure } = this.options;
    const [first, last] = [batch[0], batch.at(-1)];
    if (definition.onFailureArn === undefined || first === undefined || last === undefined) return;
    const arrival = (record: StreamRecord): string => new Date(record.dynamodb.ApproximateCreationDateTime * 1_000).toISOString();
    sendFailure(
      definition.onFailureArn,
      JSON.stringify({
        requestContext: {
          requestId: randomUUID(),
          functionArn: target.definition.arn,
          condition,
          approximateInvokeCount: invocations,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: new Date().toISOString(),
        DDBStreamBatchInfo: {
          shardId: 'shardId-00000000000000000000-local',
          startSequenceNumber: first.dynamodb.SequenceNumber,
          endSequenceNumber: last.dynamodb.SequenceNumber,
          approximateArrivalOfFirstRecord: arrival(first),
          approximateArrivalOfLastRecord: arrival(last),
          batchSize: batch.length,
          streamArn: definition.sourceArn,
        },
      }),
    );
  }

  private async backOff(retries: number): Promise<void> {
    const pauseMs = Math.min(LONGEST_BACKOFF_MS, (this.options.backoffMs ?? 200) * 2 ** retries);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.pause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

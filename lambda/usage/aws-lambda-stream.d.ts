/** What the pipelines use of aws-lambda-stream, which ships no types, and of the Highland streams it is made of. */

declare module 'highland' {
  /** A lazy stream. Errors travel beside the values and skip every step but `errors`. */
  interface Stream<T> {
    filter(keep: (value: T) => boolean): Stream<T>;
    map<U>(change: (value: T) => U): Stream<U>;
    flatMap<U>(change: (value: T) => Stream<U>): Stream<U>;
    batch(size: number): Stream<T[]>;
    collect(): Stream<T[]>;
    through<U>(step: (stream: Stream<T>) => U): U;
  }
  function highland<T>(source: readonly T[] | PromiseLike<T>): Stream<T>;
  export default highland;
  export type { Stream };
}

declare module 'aws-lambda-stream/types' {
  import type { DynamoDBRecord } from 'aws-lambda';
  import type { Stream } from 'highland';

  /** What travels through a pipeline: one record and what the steps make of it. */
  export interface UnitOfWork<R = DynamoDBRecord> {
    readonly pipeline?: string;
    readonly record: R;
    readonly event: { readonly id: string; readonly type: string };
    readonly batch?: readonly UnitOfWork<R>[];
  }

  export interface FaultEvent {
    readonly id: string;
    readonly type: 'fault';
    readonly tags: { readonly pipeline: string };
    readonly err: { readonly name: string; readonly message: string };
    readonly uow: Partial<UnitOfWork> & object;
  }

  export type Step = (stream: Stream<UnitOfWork>) => Stream<unknown>;

  export interface Rule {
    readonly id: string;
    /** Makes the rule's steps. */
    readonly flavor: (rule: Rule) => Step;
    readonly eventType: string | RegExp | readonly string[];
  }

  export interface PipelineOptions {
    /** Publishes faults, at the end of a batch. */
    publish(options: object): (stream: Stream<{ event: FaultEvent }>) => Stream<unknown>;
  }
}

declare module 'aws-lambda-stream/pipelines' {
  import type { PipelineOptions, Rule, UnitOfWork } from 'aws-lambda-stream/types';
  import type { Stream } from 'highland';
  export function initializeFrom(rules: readonly Rule[]): object;
  export function initialize(pipelines: object, options: PipelineOptions): { assemble(head: Stream<UnitOfWork>): Stream<unknown> };
}

declare module 'aws-lambda-stream/from/dynamodb' {
  import type { UnitOfWork } from 'aws-lambda-stream/types';
  import type { Stream } from 'highland';
  export function fromDynamodb(event: { readonly Records: readonly object[] }): Stream<UnitOfWork>;
}

declare module 'aws-lambda-stream/filters/event' {
  import type { Rule, UnitOfWork } from 'aws-lambda-stream/types';
  export function filterOnEventType(rule: Rule, uow: UnitOfWork): boolean;
}

declare module 'aws-lambda-stream/utils/faults' {
  /** Marks what a step throws as the fault of its unit of work: the batch goes on without it. */
  export function faulty<T, U>(step: (uow: T) => U): (uow: T) => U;
}

declare module 'aws-lambda-stream/utils/handler' {
  import type { Stream } from 'highland';
  export function toPromise(stream: Stream<unknown>): Promise<string>;
}

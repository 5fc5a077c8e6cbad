import { type EventPattern, readFilterCriteria } from '../template/event-pattern';
import { flag, list, number, object, text } from '../template/json';
import type { StackModel } from '../template/stack-model';

/** The function that takes the batches. */
export interface BatchTarget {
  readonly definition: { readonly arn: string };
  /** @throws when the function fails */
  invokeBuffered(event: Uint8Array, traceId: string): Promise<Buffer>;
}

/** One `AWS::Lambda::EventSourceMapping`, its defaults filled in. */
export interface EventSourceDefinition {
  readonly logicalId: string;
  readonly sourceArn: string;
  /** Name or ARN. */
  readonly functionName: string;
  readonly batchSize: number;
  /** Longest wait for a batch to fill. */
  readonly windowMs: number;
  readonly bisect: boolean;
  /** Infinity: until the record is too old. */
  readonly maxRetries: number;
  /** Infinity: as long as the stream keeps it. */
  readonly maxAgeMs: number;
  /** The function answers which of its records failed. */
  readonly reportsItemFailures: boolean;
  /** Which records the function is called for. Absent: all. */
  readonly filter?: EventPattern;
  /** Queue that is told of records given up. */
  readonly onFailureArn?: string;
}

/**
 * Reads the stack's event source mappings.
 *
 * @param serves whether a function, given by name or ARN, is run here
 * @throws LocalRunError when one uses what the local run does not have
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
export function readEventSources(model: StackModel, serves: (functionName: string) => boolean = () => true): EventSourceDefinition[] {
  return model
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled === undefined || flag(properties.Enabled))
    .filter(({ properties }) => serves(text(properties.FunctionName) ?? ''))
    .map(({ logicalId, properties }) => {
      const filter = readFilterCriteria(properties.FilterCriteria, logicalId);
      const sourceArn = text(properties.EventSourceArn) ?? '';
      const queue = sourceArn.includes(':sqs:');
      const onFailure = text(object(object(properties.DestinationConfig).OnFailure).Destination);
      return {
        logicalId,
        sourceArn,
        functionName: text(properties.FunctionName) ?? '',
        batchSize: number(properties.BatchSize) ?? (queue ? 10 : 100),
        windowMs: (number(properties.MaximumBatchingWindowInSeconds) ?? 0) * 1_000,
        bisect: flag(properties.BisectBatchOnFunctionError),
        maxRetries: limit(number(properties.MaximumRetryAttempts)),
        maxAgeMs: limit(number(properties.MaximumRecordAgeInSeconds)) * 1_000,
        reportsItemFailures: list(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
        ...(filter === undefined ? {} : { filter }),
        ...(onFailure === undefined ? {} : { onFailureArn: onFailure }),
      };
    });
}

/** -1 means no limit. */
function limit(value: number | undefined): number {
  return value === undefined || value < 0 ? Number.POSITIVE_INFINITY : value;
}

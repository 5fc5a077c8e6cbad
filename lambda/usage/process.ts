import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { fromDynamodb } from 'aws-lambda-stream/from/dynamodb';
import { initialize, initializeFrom } from 'aws-lambda-stream/pipelines';
import { toPromise } from 'aws-lambda-stream/utils/handler';
import type { FaultParts } from './faults';
import { publishFaults, publishMalformed } from './faults';
import { sift } from './records';
import type { PipelineParts } from './rules';
import { rules } from './rules';

/**
 * Runs one batch of the stream through all pipelines. What is wrong with a record becomes a fault and the batch goes on;
 * what is wrong with the world rejects, so that Lambda delivers the batch again.
 */
export function createProcessor(parts: PipelineParts & FaultParts): (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> {
  const pipelines = initializeFrom(rules(parts));
  const publish = publishFaults(parts);
  return async (event) => {
    const { records, malformed } = sift(event.Records);
    if (malformed.length > 0) await publishMalformed(parts, malformed);
    if (records.length > 0) {
      await initialize(pipelines, { publish })
        .assemble(fromDynamodb({ Records: records }))
        .through(toPromise);
    }
    return { batchItemFailures: [] };
  };
}

import { createTrailWriter, type Trail, trailsOf } from '../archive';
import { createAwsJsonCall } from '../aws/aws-json';
import { createLeanDynamoDb, createTrailHeads } from '../aws/dynamodb';
import { createS3ObjectStore } from '../aws/s3';
import { awsSessionParts } from '../aws/session';
import { readEnvironment, systemClock } from '../platform/runtime';
import { archiveChanges, type StreamEvent } from './changes';

const environment = readEnvironment();
const aws = awsSessionParts(environment);
const connector = createLeanDynamoDb(createAwsJsonCall(aws), environment.awsEndpoint('DYNAMODB'));
const trail = createTrailWriter(trailsOf('changes')[0] as Trail, {
  objects: createS3ObjectStore({ ...aws, endpoint: environment.awsEndpoint('S3') }, environment.archiveBucket),
  heads: createTrailHeads(connector, environment.recordsTable),
  clock: systemClock,
});

/** Reads the stream of the audit table. */
export const handler = async (event: StreamEvent): Promise<{ readonly batchItemFailures: readonly never[] }> => {
  await archiveChanges(trail, event);
  return { batchItemFailures: [] };
};

import { createAwsJsonCall } from '../aws/aws-json';
import { createExportStore, createLeanDynamoDb, createRollupStore } from '../aws/dynamodb';
import { createS3ObjectStore } from '../aws/s3';
import { awsSessionParts } from '../aws/session';
import { createLog, readEnvironment, systemClock } from '../platform/runtime';
import { type ExportParts, exportSpend } from './export-spend';

const environment = readEnvironment();
const aws = awsSessionParts(environment);
const connector = createLeanDynamoDb(createAwsJsonCall(aws), environment.awsEndpoint('DYNAMODB'));
const parts: ExportParts = {
  exports: createExportStore(connector, environment.recordsTable),
  rollups: createRollupStore(connector, environment.recordsTable),
  objects: createS3ObjectStore({ ...aws, endpoint: environment.awsEndpoint('S3') }, environment.spendBucket),
  gateway: environment.gateway,
  clock: systemClock,
  log: createLog(environment.logLevel),
};
/** Left for the day that is being written. */
const MARGIN_MS = 60_000;

/** What of Lambda's context is read. */
interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** The schedule's tick. */
export const handler = (_event: unknown, context: InvocationContext): Promise<void> =>
  exportSpend(parts, () => context.getRemainingTimeInMillis() < MARGIN_MS);

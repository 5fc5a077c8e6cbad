import type { BillConfig } from '../../lib/private/contract';
import { createAwsJsonCall } from '../aws/aws-json';
import { createLeanDynamoDb, createRollupStore } from '../aws/dynamodb';
import { createS3ObjectStore } from '../aws/s3';
import { awsSessionParts } from '../aws/session';
import { createLog, createMetrics, readEnvironment, systemClock } from '../platform/runtime';
import { type ReconcileParts, reconcile } from './reconcile';

const environment = readEnvironment();
const aws = awsSessionParts(environment);
const connector = createLeanDynamoDb(createAwsJsonCall(aws), environment.awsEndpoint('DYNAMODB'));
const parts: ReconcileParts = {
  bills: JSON.parse(environment.bills) as BillConfig[],
  rollups: createRollupStore(connector, environment.recordsTable),
  bucketOf: (name) => createS3ObjectStore({ ...aws, endpoint: environment.awsEndpoint('S3') }, name),
  clock: systemClock,
  log: createLog(environment.logLevel),
  metrics: createMetrics(environment.gateway, systemClock.now),
};

/** The schedule's tick. */
export const handler = (): Promise<void> => reconcile(parts);

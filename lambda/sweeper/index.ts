import { createAwsJsonCall } from '../aws/aws-json';
import {
  createDeletionStore,
  createLeanDynamoDb,
  createPageStore,
  createRecordBlanking,
  createRollupStore,
  createSubjectKeys,
  createUsageRecordStore,
} from '../aws/dynamodb';
import { createS3ObjectStore } from '../aws/s3';
import { awsSessionParts } from '../aws/session';
import { createLog, createMetrics, readEnvironment, systemClock } from '../platform/runtime';
import { type DeletionParts, deleteWhatIsAsked } from './deletions';
import { type BatchResult, bookSettlements, type QueueEvent, type SweeperServices, sweep } from './handle';

const environment = readEnvironment();
const aws = awsSessionParts(environment);
const call = createAwsJsonCall(aws);
const connector = createLeanDynamoDb(call, environment.awsEndpoint('DYNAMODB'));
const services: SweeperServices = {
  pages: createPageStore(connector, environment.countersTable),
  records: createUsageRecordStore(connector, environment.recordsTable, systemClock),
  clock: systemClock,
  log: createLog(environment.logLevel),
  metrics: createMetrics(environment.gateway, systemClock.now),
};

const { recordsTable, contentBucket } = environment;
const deletions: DeletionParts = {
  ...services,
  deletions: createDeletionStore(connector, recordsTable),
  blanking: createRecordBlanking(connector, recordsTable),
  subjectKeys: createSubjectKeys(connector, recordsTable, systemClock),
  records: createUsageRecordStore(connector, recordsTable, systemClock),
  rollups: createRollupStore(connector, recordsTable),
  contents: contentBucket === '' ? undefined : createS3ObjectStore({ ...aws, endpoint: environment.awsEndpoint('S3') }, contentBucket),
};
/** Of each tick: the next one goes on, and the ledger is what ticks are for. */
const DELETING_MS = 10_000;

/** What of Lambda's context is read. */
interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Queued settlements as SQS delivers them, or the schedule's tick: everything else that comes is taken for a tick. */
export const handler = async (event: Partial<QueueEvent> | undefined, context: InvocationContext): Promise<BatchResult | undefined> => {
  if (event?.Records !== undefined) return bookSettlements(services, { Records: event.Records }, () => context.getRemainingTimeInMillis());
  await sweep(services, () => context.getRemainingTimeInMillis());
  const untilMs = systemClock.monotonic() + DELETING_MS;
  await deleteWhatIsAsked(deletions, () => systemClock.monotonic() >= untilMs);
  return undefined;
};

import { createLeanDynamoDb, createPageStore, createUsageRecordStore } from '../aws/dynamodb';
import { openAwsSession } from '../aws/session';
import { createLog, createMetrics, readEnvironment, systemClock } from '../platform/runtime';
import { type BatchResult, bookSettlements, type QueueEvent, type SweeperServices, sweep } from './handle';

const environment = readEnvironment();
const call = openAwsSession(environment);
const connector = createLeanDynamoDb(call, environment.awsEndpoint('DYNAMODB'));
const services: SweeperServices = {
  pages: createPageStore(connector, environment.countersTable),
  records: createUsageRecordStore(connector, environment.recordsTable, systemClock),
  clock: systemClock,
  log: createLog(environment.logLevel),
  metrics: createMetrics(environment.gateway, systemClock.now),
};

/** What of Lambda's context is read. */
interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Queued settlements as SQS delivers them, or the schedule's tick: everything else that comes is taken for a tick. */
export const handler = async (event: Partial<QueueEvent> | undefined, context: InvocationContext): Promise<BatchResult | undefined> => {
  if (event?.Records !== undefined) return bookSettlements(services, { Records: event.Records }, () => context.getRemainingTimeInMillis());
  await sweep(services, () => context.getRemainingTimeInMillis());
  return undefined;
};

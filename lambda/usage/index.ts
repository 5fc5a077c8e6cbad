import { randomInt } from 'node:crypto';
import { createEndUserDigests, createTrailWriter, type Trail, type TrailWriter, trailsOf } from '../archive';
import { createAwsJsonCall } from '../aws/aws-json';
import {
  createAlertStore,
  createDailySpend,
  createIdentityStore,
  createLeanDynamoDb,
  createPageStore,
  createRefusalStore,
  createRollupStore,
  createSpendStore,
  createSubjectKeys,
  createTrailHeads,
  createUsageRecordStore,
} from '../aws/dynamodb';
import { createEventBus } from '../aws/events';
import { createS3ObjectStore } from '../aws/s3';
import { awsSessionParts } from '../aws/session';
import { loadDocument } from '../platform/document';
import { createLog, pause, readEnvironment, systemClock } from '../platform/runtime';
import { raiseBudgetAlerts } from './budget-alerts';
import { createProcessor } from './process';
import { rebuildDays } from './rebuild';
import { createRollupWriter } from './rollup-writer';
import { createSpendAnomalies } from './spend-anomalies';

const environment = readEnvironment();
const clock = systemClock;
const aws = awsSessionParts(environment);
const call = createAwsJsonCall(aws);
const log = createLog(environment.logLevel);
const connector = createLeanDynamoDb(call, environment.awsEndpoint('DYNAMODB'));
const bus = createEventBus(call, environment.eventBus, environment.awsEndpoint('EVENTBRIDGE'));
const rollups = createRollupStore(connector, environment.recordsTable);
const writer = createRollupWriter(rollups, clock);
const alerts = createAlertStore(connector, environment.recordsTable);
const raiseSpendAnomalies = createSpendAnomalies({ spend: createDailySpend(connector, environment.recordsTable), alerts, clock });
const alertParts = {
  identity: createIdentityStore(connector, environment.identityTable),
  // A page that money was taken from knows what was spent before.
  budgets: { pages: createPageStore(connector, environment.countersTable), spentBefore: async () => 0n },
  spend: createSpendStore(connector, environment.recordsTable),
  alerts,
  document: loadDocument(environment.configFile),
  clock,
  log,
};
const rebuildParts = {
  records: createUsageRecordStore(connector, environment.recordsTable, clock),
  refusals: createRefusalStore(connector, environment.recordsTable),
  rollups,
  writer,
  clock,
  log,
  pause,
};

/** Which chain a process writes is chance, so that they meet rarely. */
function openTrail(bucket: string): TrailWriter {
  const trails = trailsOf('requests');
  const objects = createS3ObjectStore({ ...aws, endpoint: environment.awsEndpoint('S3') }, bucket);
  const heads = createTrailHeads(connector, environment.recordsTable);
  return createTrailWriter(trails[randomInt(trails.length)] as Trail, { objects, heads, clock });
}

/** Reads the streams of the records and of the audit table: rollups, alerts, governance events. */
export const handler = createProcessor({
  rollups: writer,
  async raiseAlerts(contributions) {
    await raiseBudgetAlerts(alertParts, contributions);
    await raiseSpendAnomalies(contributions);
  },
  alerts,
  rebuildDays: (requests) => rebuildDays(rebuildParts, requests),
  endUserDigests: createEndUserDigests(createSubjectKeys(connector, environment.recordsTable, clock), clock),
  trail: environment.archiveBucket === '' ? undefined : openTrail(environment.archiveBucket),
  bus,
  gateway: environment.gateway,
  log,
  clock,
});

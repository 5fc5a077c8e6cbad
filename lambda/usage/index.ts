import {
  createAlertStore,
  createIdentityStore,
  createLeanDynamoDb,
  createPageStore,
  createRollupStore,
  createSpendStore,
  createUsageRecordStore,
} from '../aws/dynamodb';
import { createEventBus } from '../aws/events';
import { openAwsSession } from '../aws/session';
import { loadDocument } from '../platform/document';
import { createLog, pause, readEnvironment, systemClock } from '../platform/runtime';
import { raiseBudgetAlerts } from './budget-alerts';
import { createProcessor } from './process';
import { rebuildDays } from './rebuild';
import { createRollupWriter } from './rollup-writer';

const environment = readEnvironment();
const clock = systemClock;
const call = openAwsSession(environment);
const log = createLog(environment.logLevel);
const connector = createLeanDynamoDb(call, environment.awsEndpoint('DYNAMODB'));
const bus = createEventBus(call, environment.eventBus, environment.awsEndpoint('EVENTBRIDGE'));
const rollups = createRollupStore(connector, environment.recordsTable);
const writer = createRollupWriter(rollups, clock);
const alertParts = {
  identity: createIdentityStore(connector, environment.identityTable),
  // A page that money was taken from knows what was spent before.
  budgets: { pages: createPageStore(connector, environment.countersTable), spentBefore: async () => 0n },
  spend: createSpendStore(connector, environment.recordsTable),
  alerts: createAlertStore(connector, environment.recordsTable),
  document: loadDocument(environment.configFile),
  clock,
};
const rebuildParts = {
  records: createUsageRecordStore(connector, environment.recordsTable, clock),
  rollups,
  writer,
  clock,
  log,
  pause,
};

/** Reads the streams of the records and of the audit table: rollups, alerts, governance events. */
export const handler = createProcessor({
  rollups: writer,
  raiseAlerts: (contributions) => raiseBudgetAlerts(alertParts, contributions),
  rebuildDays: (requests) => rebuildDays(rebuildParts, requests),
  bus,
  gateway: environment.gateway,
  log,
  clock,
});

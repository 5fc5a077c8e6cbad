import { roleCredentials } from '../core/auth/role-credentials';
import { createSigV4Signer } from '../core/auth/sigv4';
import { loadDocument } from '../core/config/document';
import { createAwsJsonCall } from '../core/connectors/aws-json';
import { createLeanDynamoDb } from '../core/connectors/dynamodb-lean';
import { createEventBus } from '../core/connectors/events';
import { createTransport } from '../core/http/transport';
import { systemClock } from '../core/runtime/clock';
import { readEnvironment } from '../core/runtime/environment';
import { createLog } from '../core/runtime/log';
import { createAlertStore, createIdentityStore, createRecordStore, createRollupStore, createSpentBefore } from '../core/stores';
import { raiseBudgetAlerts } from './budget-alerts';
import { createProcessor } from './process';
import { rebuildDays } from './rebuild';
import { createRollupWriter } from './rollup-writer';

const environment = readEnvironment();
const clock = systemClock;
const call = createAwsJsonCall({
  transport: createTransport(),
  signer: createSigV4Signer(clock),
  credentials: roleCredentials(environment),
  region: environment.region,
});
const log = createLog(environment.logLevel);
const connector = createLeanDynamoDb(call, environment.awsEndpoint('DYNAMODB'));
const bus = createEventBus(call, environment.eventBus, environment.awsEndpoint('EVENTBRIDGE'));
const rollups = createRollupStore(connector, environment.recordsTable);
const writer = createRollupWriter(rollups, clock);
const alertParts = {
  identity: createIdentityStore(connector, environment.identityTable),
  rollups,
  spentBefore: createSpentBefore(connector, environment.countersTable),
  alerts: createAlertStore(connector, environment.recordsTable),
  document: loadDocument(environment.configFile),
  clock,
};
const rebuildParts = {
  records: createRecordStore(connector, environment.recordsTable),
  rollups,
  writer,
  clock,
  log,
  pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

/** Reads the streams of the records and of the audit table: rollups, alerts, governance events. */
export const handler = createProcessor({
  rollups: writer,
  raiseAlerts: (counters) => raiseBudgetAlerts(alertParts, counters),
  rebuildDays: (requests) => rebuildDays(rebuildParts, requests),
  bus,
  gateway: environment.gateway,
  log,
  clock,
});

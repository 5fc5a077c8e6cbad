/**
 * The gateway of the bench behind its `node:http` adapter: key check, admission with a budget and a rate limit, record and log all on.
 * Usage: gateway.mjs <provider port> <openai|anthropic> <memory|lean|sdk> [store URL]
 */
import { openSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createAwsJsonCall } from '../lambda/aws/aws-json';
import type { DynamoDbConnector } from '../lambda/aws/dynamodb/dynamodb';
import { createLeanDynamoDb } from '../lambda/aws/dynamodb/dynamodb-lean';
import { createSigV4Signer } from '../lambda/aws/signing/sigv4';
import { loadPriceBook } from '../lambda/money/deployed-book';
import { createTransport } from '../lambda/platform/http/transport';
import { systemClock } from '../lambda/platform/runtime/clock';
import { readEnvironment } from '../lambda/platform/runtime/environment';
import { createLog } from '../lambda/platform/runtime/log';
import { createMetrics } from '../lambda/platform/runtime/metrics';
import { createTierUp } from '../lambda/platform/runtime/tier-up';
import { assembleGateway } from '../lambda/proxy/assemble';
import { createGatewayServer } from '../lambda/proxy/hosts/server';
import { serve } from '../lambda/proxy/pipeline';
import {
  type ConditionConfig,
  DEFAULT_DEADLINES,
  type GatewayDocument,
  MAX_BODY_BYTES,
  type ProviderConfig,
  type RouteConfig,
} from '../lib/private/contract';
import { TABLE_NAMES } from '../test/support/memory-dynamodb';
import { addKeys, KEY_TEXTS, PEPPER_SECRET } from './keys';
import { createMemoryTable } from './memory-table';

const [providerPort, kind, store, storeUrl] = process.argv.slice(2) as [string, 'openai' | 'anthropic', string, string?];
const environment = readEnvironment({
  IDENTITY_TABLE: TABLE_NAMES.identity,
  COUNTERS_TABLE: TABLE_NAMES.counters,
  RECORDS_TABLE: TABLE_NAMES.records,
  PEPPER_SECRET_ARN: 'pepper',
});

const provider = (id: string): ProviderConfig => ({
  id,
  kind,
  baseUrl: { value: `http://127.0.0.1:${providerPort}${kind === 'openai' ? '/v1' : ''}` },
  credential: { secretArn: { value: 'provider' } },
  network: 'loopback',
});

/** Ten accounts of one model, four of them for some calls alone. */
const ACCOUNTS = Array.from({ length: 10 }, (_, index) => `account-${index}`);
const CONDITIONS: readonly ConditionConfig[] = [
  { metadata: { task: 'title' } },
  { tags: { plan: 'gold' } },
  { tools: false, pictures: false },
  { max_input_tokens: 100_000 },
];
const ROUTED: RouteConfig = {
  alias: 'routed',
  strategy: 'weighted',
  targets: ACCOUNTS.map((id, index) => {
    const when = CONDITIONS[index];
    return { provider: id, model: 'gpt-4o-mini', weight: 1 + (index % 3), ...(when === undefined ? {} : { when }) };
  }),
};

const document: GatewayDocument = {
  version: 1,
  providers: ['bench', ...ACCOUNTS].map(provider),
  routes: [ROUTED],
  deadlines: DEFAULT_DEADLINES,
  maxBodyBytes: MAX_BODY_BYTES,
  unknownPrice: { policy: 'refuse' },
  gateway: {},
  defaults: {},
};

const transport = createTransport();
const counted = countCalls(await connect());
// Lambda's log is a pipe that takes each line in one system call, and so does this.
const out = openSync('/dev/null', 'w');
const sink = (line: string): void => void writeSync(out, line);
const gateway = assembleGateway({
  document,
  environment,
  dynamodb: counted.connector,
  fetchSecret: async (arn) => (arn === 'pepper' ? PEPPER_SECRET : 'sk-bench'),
  queue: { send: async () => undefined },
  transport,
  priceBook: await loadPriceBook(),
  log: createLog('info', sink),
  metrics: createMetrics('bench', systemClock.now, sink),
});

let requests = 0;
const tierUp = createTierUp();
const server = createGatewayServer(
  (exchange) => {
    requests += 1;
    tierUp();
    return serve(gateway, exchange);
  },
  { clock: systemClock, maxBodyBytes: MAX_BODY_BYTES },
);

await addKeys(counted.connector, TABLE_NAMES.identity);
counted.reset();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, path: '/v1/chat/completions', ...KEY_TEXTS });
});
process.on('message', () => {
  process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss, callsPerRequest: counted.calls() / Math.max(1, requests) });
});

/** The SDK is loaded where it is measured, as in the proxy. */
async function connect(): Promise<DynamoDbConnector> {
  const endpoint = storeUrl ?? '';
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  if (store === 'sdk') {
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const { createSdkDynamoDb } = await import('../lambda/aws/dynamodb-sdk');
    return createSdkDynamoDb(new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }));
  }
  if (store === 'memory') return createMemoryTable();
  const signer = createSigV4Signer(systemClock);
  const call = createAwsJsonCall({ transport: createTransport(), signer, credentials: async () => credentials, region: 'us-east-1' });
  return createLeanDynamoDb(call, endpoint);
}

/** The calls of a table behind a socket; in memory, counting would cost as much as answering. */
function countCalls(connector: DynamoDbConnector) {
  let calls = 0;
  if (store === 'memory') return { connector, calls: () => calls, reset: () => undefined };
  const count = new Proxy(connector, {
    get(target, name: keyof DynamoDbConnector) {
      calls += 1;
      return target[name];
    },
  });
  return { connector: count, calls: () => calls, reset: () => (calls = 0) };
}

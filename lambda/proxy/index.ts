import type { Writable } from 'node:stream';
import { awsCredentialSource } from '../aws/credential-chain';
import type { DynamoDbConnector } from '../aws/dynamodb';
import { createLeanDynamoDb } from '../aws/dynamodb';
import { createSqsQueue } from '../aws/queue';
import { secretsManager } from '../aws/secrets';
import { openAwsSession } from '../aws/session';
import { loadPriceBook } from '../money/deployed-book';
import { settlementQueue } from '../money/ledger';
import { loadDocument } from '../platform/document';
import { createLog, createMetrics, readEnvironment, systemClock } from '../platform/runtime';
import { createTransport } from '../platform/transport';
import { DEFAULT_DIALECT } from '../wire/dialects';
import { assembleGateway } from './assemble';
import { exchangeFromEvent, type InvocationContext } from './hosts/lambda-event';
import { serve } from './pipeline';
import { startOwnProviders } from './upstream/own-providers';

const environment = readEnvironment();
const clock = systemClock;
const log = createLog(environment.logLevel);
const document = loadDocument(environment.configFile);
const transport = createTransport({ deniedAuthorities: environment.runtimeApi === '' ? [] : [environment.runtimeApi] });
const awsCredentials = awsCredentialSource(environment);
const call = openAwsSession(environment, { transport, credentials: awsCredentials });
const settlements = createSqsQueue(call, environment.settlementQueue, environment.awsEndpoint('SQS'));

const [priceBook, dynamodb, startedUrls] = await Promise.all([loadPriceBook(), connectDynamoDb(), startOwnProviders(document.providers)]);

const gateway = assembleGateway({
  document,
  environment,
  dynamodb,
  fetchSecret: secretsManager(call, environment.awsEndpoint('SECRETS_MANAGER')),
  queue: settlementQueue(settlements),
  transport,
  priceBook,
  log,
  metrics: createMetrics(environment.gateway, () => clock.now()),
  startedUrls,
  awsCredentials,
});

// What every first request needs is fetched while the environment starts; a failure shows, and is tried again, with that request.
void Promise.allSettled([gateway.configuration.ready(), gateway.authenticator.check(), gateway.protocols.dialect(DEFAULT_DIALECT, 'chat')]);

/** The data plane behind API Gateway's response streaming. */
export const handler = awslambda.streamifyResponse(async (event: unknown, stream: Writable, context: InvocationContext) => {
  const exchange = exchangeFromEvent(event, context, clock.monotonic(), (statusCode, headers) => {
    const out = awslambda.HttpResponseStream.from(stream, { statusCode, headers });
    // Status and headers travel with the first write only; an answer may have no body.
    out.write('');
    return out;
  });
  if (exchange !== undefined) return serve(gateway, exchange);
  log.write('info', 'event-ignored', { reason: 'not-a-request' });
  stream.write('');
  stream.end();
});

async function connectDynamoDb(): Promise<DynamoDbConnector> {
  if (environment.awsClient === 'lean') return createLeanDynamoDb(call, environment.awsEndpoint('DYNAMODB'));
  return (await import('../aws/dynamodb-sdk')).createSdkDynamoDb();
}

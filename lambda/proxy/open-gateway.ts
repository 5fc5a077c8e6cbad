import type { GatewayDocument } from '../../lib/private/contract';
import { awsCredentialSource } from '../aws/credential-chain';
import type { DynamoDbConnector } from '../aws/dynamodb';
import { createLeanDynamoDb } from '../aws/dynamodb';
import { createSqsQueue } from '../aws/queue';
import { secretsManager } from '../aws/secrets';
import { openAwsSession } from '../aws/session';
import { loadPriceBook } from '../money/deployed-book';
import { settlementQueue } from '../money/ledger';
import { createLog, createMetrics, type Environment, systemClock } from '../platform/runtime';
import { createTransport, type SocketTransport } from '../platform/transport';
import type { ConfiguredProvider } from '../routing';
import { DEFAULT_DIALECT } from '../wire/dialects';
import { assembleGateway } from './assemble';
import type { Gateway } from './gateway';
import { startOwnProviders } from './upstream/own-providers';

/** A gateway and what it holds open. */
export interface OpenGateway {
  readonly gateway: Gateway;
  /** Ends the connections to providers and AWS. */
  close(): void;
}

/** What calls to a provider trust is read before there is any. */
function prepareFor(transport: SocketTransport, { network, sites }: ConfiguredProvider): void {
  try {
    for (const { origin } of sites()) transport.prepare({ origin, network });
  } catch {
    // Without an address there is nothing to make ready; its calls say so.
  }
}

/** Opens the gateway of this process: what its environment names, and the document. */
export async function openGateway(environment: Environment, document: GatewayDocument): Promise<OpenGateway> {
  const transport = createTransport({ deniedAuthorities: environment.runtimeApi === '' ? [] : [environment.runtimeApi] });
  const awsCredentials = awsCredentialSource(environment);
  const log = createLog(environment.logLevel);
  const call = openAwsSession(environment, { transport, credentials: awsCredentials });
  const connectDynamoDb = async (): Promise<DynamoDbConnector> => {
    if (environment.awsClient === 'lean') return createLeanDynamoDb(call, environment.awsEndpoint('DYNAMODB'));
    return (await import('../aws/dynamodb-sdk')).createSdkDynamoDb();
  };
  const [priceBook, dynamodb, startedUrls] = await Promise.all([
    loadPriceBook(),
    connectDynamoDb(),
    startOwnProviders(document.providers, log),
    // Outside of Lambda they take longer to find than a call to AWS may take. Whoever needs them tells of a failure.
    awsCredentials().catch(() => undefined),
  ]);
  const gateway = assembleGateway({
    document,
    environment,
    dynamodb,
    fetchSecret: secretsManager(call, environment.awsEndpoint('SECRETS_MANAGER')),
    queue: settlementQueue(createSqsQueue(call, environment.settlementQueue, environment.awsEndpoint('SQS'))),
    transport,
    priceBook,
    log,
    metrics: createMetrics(environment.gateway, () => systemClock.now(), undefined, document.metrics),
    startedUrls,
    awsCredentials,
  });
  for (const provider of gateway.configuration.providers) prepareFor(transport, provider);
  // What every first request needs is fetched while the process starts; a failure shows, and is tried again, with that request.
  void Promise.allSettled([
    gateway.configuration.ready(),
    gateway.authenticator.check(),
    gateway.offer.protocols.dialect(DEFAULT_DIALECT, 'chat'),
  ]);
  return { gateway, close: () => transport.close() };
}

import type { GatewayDocument } from '../../lib/private/contract';
import { awsCredentialSource } from '../aws/credential-chain';
import type { DynamoDbConnector } from '../aws/dynamodb';
import { createLeanDynamoDb } from '../aws/dynamodb';
import { createSqsQueue } from '../aws/queue';
import { createSecrets, type FetchSecret, secretsManager } from '../aws/secrets';
import { type AwsSessionOptions, awsSessionParts, openAwsSession } from '../aws/session';
import { parsePeppers } from '../identity';
import { loadPriceBook } from '../money/deployed-book';
import { settlementQueue } from '../money/ledger';
import { createLog, createMetrics, type Environment, type Metrics, systemClock } from '../platform/runtime';
import { createTransport, type SocketTransport } from '../platform/transport';
import type { ConfiguredProvider } from '../routing';
import { DEFAULT_DIALECT } from '../wire/dialects';
import { assembleGateway, type GatewayParts } from './assemble';
import type { Gateway } from './gateway';
import type { TelemetryHost } from './telemetry/open';
import type { Telemetry } from './telemetry/telemetry';
import { startOwnProviders } from './upstream/own-providers';

/** A gateway and what it holds open. */
export interface OpenGateway {
  readonly gateway: Gateway;
  /** Sends what is left to be sent, and ends the connections to providers and AWS. */
  close(): Promise<void>;
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
  const fetchSecret = secretsManager(call, environment.awsEndpoint('SECRETS_MANAGER'));
  const telemetry = await telemetryOf(document, {
    environment,
    session: awsSessionParts(environment, { transport, credentials: awsCredentials }),
    fetchSecret,
    clock: systemClock,
    log,
  });
  const gateway = assembleGateway({
    document,
    environment,
    dynamodb,
    fetchSecret,
    telemetry,
    queue: settlementQueue(createSqsQueue(call, environment.settlementQueue, environment.awsEndpoint('SQS'))),
    transport,
    priceBook,
    log,
    metrics: counting(
      createMetrics(environment.gateway, () => systemClock.now(), undefined, document.metrics),
      telemetry,
    ),
    startedUrls,
    awsCredentials,
    ...(await contentTaps(environment, { transport, credentials: awsCredentials }, fetchSecret)),
  });
  for (const provider of gateway.configuration.providers) prepareFor(transport, provider);
  // What every first request needs is fetched while the process starts; a failure shows, and is tried again, with that request.
  void Promise.allSettled([
    gateway.configuration.ready(),
    gateway.authenticator.check(),
    gateway.offer.protocols.dialect(DEFAULT_DIALECT, 'chat'),
  ]);
  return {
    gateway,
    async close() {
      await telemetry?.flush();
      transport.close();
    },
  };
}

/** Few gateways send signals anywhere, so what that takes is a chunk of its own. */
async function telemetryOf({ telemetry }: GatewayDocument, host: TelemetryHost): Promise<Telemetry | undefined> {
  return telemetry === undefined ? undefined : (await import('./telemetry/open')).openTelemetry(telemetry, host);
}

/** What is no request's goes where the requests' metrics go. */
function counting(metrics: Metrics, telemetry: Telemetry | undefined): Metrics {
  if (telemetry === undefined) return metrics;
  return {
    members: metrics.members,
    emit(values) {
      metrics.emit(values);
      telemetry.count(values);
    },
  };
}

/** Few gateways keep contents, so what that takes is loaded only where there is a place for them. */
async function contentTaps(
  environment: Environment,
  session: Required<AwsSessionOptions>,
  fetchSecret: FetchSecret,
): Promise<Pick<GatewayParts, 'taps'>> {
  const { contentBucket, pepperSecret } = environment;
  if (contentBucket === '') return {};
  const [{ createContentLog }, { createS3ObjectStore }] = await Promise.all([import('./content'), import('../aws/s3')]);
  const secrets = createSecrets(fetchSecret, systemClock);
  const objects = createS3ObjectStore({ ...awsSessionParts(environment, session), endpoint: environment.awsEndpoint('S3') }, contentBucket);
  const peppers = async () => parsePeppers(await secrets.read(pepperSecret));
  return { taps: [createContentLog({ objects, peppers, clock: systemClock })] };
}

import type { GatewayDocument } from '../../lib/private/contract';
import { createCounterStore } from '../aws/dynamodb/counters';
import type { DynamoDbConnector } from '../aws/dynamodb/dynamodb';
import { createGateStore } from '../aws/dynamodb/gates';
import { createIdempotencyStore } from '../aws/dynamodb/idempotency';
import { createIdentityStore } from '../aws/dynamodb/identity';
import { createOverrideStore } from '../aws/dynamodb/overrides';
import { createPriceBookStore } from '../aws/dynamodb/price-books';
import { createRecordStore } from '../aws/dynamodb/records';
import { createSpendStore } from '../aws/dynamodb/spend';
import { createSecrets, type FetchSecret } from '../aws/secrets';
import { type AwsCredentialSource, awsCredentialSource } from '../aws/signing/aws-credentials';
import { createSigV4Signer } from '../aws/signing/sigv4';
import { createAuthenticator } from '../identity/authenticate';
import type { KeyRecord } from '../identity/entities';
import { createLevelCache } from '../identity/level-cache';
import { createLevelRows } from '../identity/level-rows';
import { createFreshBudgets } from '../money/ledger/fresh-budget';
import { createLedger } from '../money/ledger/ledger';
import type { SettlementQueue } from '../money/ledger/persist';
import { bookInForce, type PriceBook } from '../money/pricing';
import type { PriceOverride } from '../money/pricing/price-override';
import type { Transport } from '../platform/http/exchange';
import { type Clock, systemClock } from '../platform/runtime/clock';
import type { Environment } from '../platform/runtime/environment';
import type { Log } from '../platform/runtime/log';
import type { Metrics } from '../platform/runtime/metrics';
import { createTicker } from '../platform/runtime/ticker';
import { createLiveConfiguration, type LiveConfiguration } from '../routing/live';
import { configureProvider } from '../routing/providers';
import { protocols } from '../wire/protocols';
import type { Gateway } from './gateway';
import { createOwnRate } from './own/own-rate';
import { createAttemptBudget } from './upstream/attempt-budget';
import { createAuthorizer } from './upstream/authorize/authorize';
import { createGoogleTokens } from './upstream/authorize/google-service-account';
import { createCooldowns } from './upstream/cooldowns';

/** What a gateway is made of; everything that reaches outside is handed in. */
export interface GatewayParts {
  readonly document: GatewayDocument;
  readonly environment: Environment;
  readonly dynamodb: DynamoDbConnector;
  readonly fetchSecret: FetchSecret;
  readonly queue: SettlementQueue;
  readonly transport: Transport;
  readonly priceBook: PriceBook;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Base URLs of providers that this process started itself, by provider id. */
  readonly startedUrls?: ReadonlyMap<string, string>;
  /** Default: the function's role. */
  readonly awsCredentials?: AwsCredentialSource;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** How late a deadline may be noticed, in milliseconds. Default: 250. */
  readonly tickMs?: number;
  /** 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Puts a gateway together. Opens nothing and reads nothing. */
export function assembleGateway(parts: GatewayParts): Gateway {
  const { document, environment, dynamodb, transport, log, metrics } = parts;
  const clock = parts.clock ?? systemClock;
  const random = parts.random ?? Math.random;
  const identity = createIdentityStore(dynamodb, environment.identityTable);
  const counters = createCounterStore(dynamodb, environment.countersTable);
  const spend = createSpendStore(dynamodb, environment.recordsTable);
  const secrets = createSecrets(parts.fetchSecret, clock, random);
  const levels = createLevelRows(identity, clock);
  const ledger = createLedger<KeyRecord>({
    identity,
    levels,
    counters,
    gates: createGateStore(dynamodb, environment.countersTable),
    records: createRecordStore(dynamodb, environment.recordsTable),
    idempotency: createIdempotencyStore(dynamodb, environment.recordsTable),
    clock,
    document,
    log,
    metrics,
    queue: parts.queue,
    random,
    spend,
  });
  const providers = document.providers.map((config) =>
    configureProvider(config, environment.deployValue, environment.region, parts.startedUrls?.get(config.id), environment.awsEndpoint),
  );
  const configuration = createLiveConfiguration(
    document,
    providers,
    createOverrideStore(dynamodb, environment.identityTable),
    createPriceBookStore(dynamodb, environment.identityTable),
    clock,
    log,
  );
  return {
    clock,
    ticker: createTicker(clock, parts.tickMs),
    log,
    metrics,
    configuration,
    protocols,
    authenticator: createAuthenticator(createLevelCache(identity, clock), secrets, environment.pepperSecret, clock),
    levels,
    budgets: { counters, fresh: createFreshBudgets({ identity, counters, levels, document, clock, spend }) },
    admission: ledger,
    prices: followChanges(parts.priceBook, configuration),
    secrets,
    authorizer: createAuthorizer({
      signer: createSigV4Signer(clock),
      awsCredentials: parts.awsCredentials ?? awsCredentialSource(environment),
      googleTokens: createGoogleTokens(transport, clock),
    }),
    transport,
    bedrockSdk: bedrockSdk(environment.region),
    cooldowns: createCooldowns(clock),
    attemptBudget: createAttemptBudget(clock),
    ownRate: createOwnRate(clock),
    random,
  };
}

/** The SDK is most of a bundle, and nearly nobody asks for it. */
function bedrockSdk(region: string): Transport {
  let made: Promise<Transport> | undefined;
  return {
    async send(request, deadlines, signal) {
      made ??= import('../aws/bedrock-sdk').then(({ createBedrockSdkTransport }) => createBedrockSdkTransport(region));
      return (await made).send(request, deadlines, signal);
    },
  };
}

/** The book that holds now, under the overrides of now; made again only when they were read again. */
function followChanges(deployed: PriceBook, configuration: Pick<LiveConfiguration, 'priceOverrides' | 'loadedBook'>): () => PriceBook {
  let seen: readonly PriceOverride[] = [];
  let base = deployed;
  let current = deployed;
  return () => {
    const [overrides, book] = [configuration.priceOverrides(), bookInForce(deployed, configuration.loadedBook())];
    if (overrides !== seen || book !== base) {
      seen = overrides;
      base = book;
      current = book.withOverrides(overrides);
    }
    return current;
  };
}

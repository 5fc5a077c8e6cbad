import type { GatewayDocument } from '../../lib/private/contract';
import { createAuthorizer } from '../core/auth/authorize';
import { type AwsCredentialSource, awsCredentialSource } from '../core/auth/aws-credentials';
import { createGoogleTokens } from '../core/auth/google-service-account';
import { createSigV4Signer } from '../core/auth/sigv4';
import { createLiveConfiguration, type LiveConfiguration } from '../core/config/live';
import { configureProvider } from '../core/config/providers';
import type { DynamoDbConnector } from '../core/connectors/dynamodb';
import { createSecrets, type FetchSecret } from '../core/connectors/secrets';
import type { Transport } from '../core/http/exchange';
import { createAuthenticator } from '../core/keys/authenticate';
import { createLevelCache } from '../core/keys/level-cache';
import { createFreshBudgets } from '../core/ledger/fresh-budget';
import { createLedger } from '../core/ledger/ledger';
import type { SettlementQueue } from '../core/ledger/persist';
import { bookInForce, type PriceBook } from '../core/pricing';
import { protocols } from '../core/protocols';
import { type Clock, systemClock } from '../core/runtime/clock';
import type { Environment } from '../core/runtime/environment';
import type { Log } from '../core/runtime/log';
import type { Metrics } from '../core/runtime/metrics';
import { createTicker } from '../core/runtime/ticker';
import { createCounterStore } from '../core/stores/counters';
import { createGateStore } from '../core/stores/gates';
import { createIdempotencyStore } from '../core/stores/idempotency';
import { createIdentityStore } from '../core/stores/identity';
import { createOverrideStore, type PriceOverride } from '../core/stores/overrides';
import { createPriceBookStore } from '../core/stores/price-books';
import { createRecordStore } from '../core/stores/records';
import { createSpendStore } from '../core/stores/spend';
import { createAttemptBudget } from './attempt-budget';
import { createCooldowns } from './cooldowns';
import type { Gateway } from './gateway';
import { createOwnRate } from './own-rate';

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
  const ledger = createLedger({
    identity,
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
    levels: ledger.levels,
    budgets: { counters, fresh: createFreshBudgets({ identity, counters, levels: ledger.levels, document, clock, spend }) },
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
      made ??= import('../core/connectors/bedrock-sdk').then(({ createBedrockSdkTransport }) => createBedrockSdkTransport(region));
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

import type { GatewayDocument } from '../../lib/private/contract';
import type { AssumedRolesParts, AssumeRole } from '../aws/assumed-roles';
import { awsCredentialSource } from '../aws/credential-chain';
import type { DynamoDbConnector } from '../aws/dynamodb';
import {
  createHealthStore,
  createIdempotencyStore,
  createIdentityStore,
  createOverrideStore,
  createPageStore,
  createPriceBookStore,
  createRefusalStore,
  createSpendStore,
  createUsageRecordStore,
} from '../aws/dynamodb';
import type { IsEndpointWell, SageMakerEndpointsParts } from '../aws/sagemaker-endpoints';
import { createSecrets, type FetchSecret } from '../aws/secrets';
import { type AwsCredentialSource, createSigV4Signer } from '../aws/signing';
import type { KeptRows } from '../identity';
import { createAuthenticator, createIdentityRows } from '../identity';
import type { Healing, SettlementQueue } from '../money/ledger';
import { createHealing, createLedger, createSpentBefore } from '../money/ledger';
import type { BudgetSources } from '../money/pages';
import { bookInForce, type PriceBook, type PriceOverride } from '../money/pricing';
import type { Transport } from '../platform/http';
import type { Environment, Log, Metrics } from '../platform/runtime';
import { type Clock, createTicker, systemClock } from '../platform/runtime';
import { configureProvider, createHealth, createLiveConfiguration, type LiveConfiguration } from '../routing';
import { createProbes } from './after/probes';
import { createRefusalCounts } from './after/refusals';
import type { Tap } from './after/tap';
import { estimateSource } from './answer/from-estimate';
import { guardSource } from './answer/from-guards';
import { providerSource } from './answer/from-provider';
import type { AnswerSource } from './answer/source';
import { createUsualOutput } from './before/usual-output';
import type { Gateway } from './gateway';
import { createManagedGuards } from './guarding/managed-guards';
import { moderateBy } from './guarding/moderate';
import { guardStage, managedStage, restoreStage } from './guarding/stages';
import { DECLARED_OFFER, type Offer } from './offer';
import { createDeepHealth } from './own/deep-health';
import { createOwnRate } from './own/own-rate';
import type { Stage } from './relay/stages';
import { createShadows } from './shadow/shadows';
import type { Telemetry } from './telemetry/telemetry';
import { createAttemptBudget } from './upstream/attempt-budget';
import { createAuthorizer } from './upstream/authorize/authorize';
import { createGoogleTokens } from './upstream/authorize/google-service-account';

/** What a gateway is made of; everything that reaches outside is handed in. */
export interface GatewayParts {
  readonly document: GatewayDocument;
  readonly environment: Environment;
  readonly dynamodb: DynamoDbConnector;
  readonly fetchSecret: FetchSecret;
  readonly queue: SettlementQueue;
  readonly transport: Transport;
  /** Default: AWS's own client, which is loaded by the first call that wants it. */
  readonly bedrockSdk?: Transport;
  readonly priceBook: PriceBook;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Default: what `lambda/wire` declares. */
  readonly offer?: Offer;
  /** Base URLs of providers that this process started itself, by provider id. */
  readonly startedUrls?: ReadonlyMap<string, string>;
  /** Asked before the providers, in this order. Default: none. */
  readonly sources?: readonly AnswerSource[];
  /** What reads or changes the contents of answers. Default: nothing, so that bytes pass untouched where they can. */
  readonly stages?: readonly Stage[];
  /** What follows the bytes that callers send and are sent. Default: nothing. */
  readonly taps?: readonly Tap[];
  /** Where metrics and spans go beside the log. Default: nowhere. */
  readonly telemetry?: Telemetry | undefined;
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
  const healthStore = createHealthStore(dynamodb, environment.countersTable);
  const health = createHealth({ clock, log, store: healthStore, random });
  const identity = createIdentityStore(dynamodb, environment.identityTable, healthStore.riding(health));
  const pages = createPageStore(dynamodb, environment.countersTable);
  const records = createUsageRecordStore(dynamodb, environment.recordsTable, clock);
  const spend = createSpendStore(dynamodb, environment.recordsTable);
  const secrets = createSecrets(parts.fetchSecret, clock, random);
  const rows = createIdentityRows(identity, clock);
  const ledger = createLedger<KeptRows>({
    rows,
    pages,
    records,
    idempotency: createIdempotencyStore(dynamodb, environment.recordsTable),
    clock,
    document,
    log,
    metrics,
    queue: parts.queue,
    random,
    spend,
  });
  const offer = parts.offer ?? DECLARED_OFFER;
  const providers = document.providers.map((config) =>
    configureProvider(
      config,
      environment.deployValue,
      environment.region,
      parts.startedUrls?.get(config.id),
      environment.awsEndpoint,
      offer.definitionOf(config.kind),
    ),
  );
  const configuration = createLiveConfiguration(
    document,
    providers,
    createOverrideStore(dynamodb, environment.identityTable),
    createPriceBookStore(dynamodb, environment.identityTable),
    clock,
    log,
  );
  const signer = createSigV4Signer(clock);
  const awsCredentials = parts.awsCredentials ?? awsCredentialSource(environment);
  const aws = { transport, signer, credentials: awsCredentials };
  const assumeRole = rolesOfOthers({ ...aws, region: environment.region, endpoint: environment.awsEndpoint('STS'), clock });
  const authorizer = createAuthorizer({ signer, awsCredentials, assumeRole, googleTokens: createGoogleTokens(transport, clock) });
  const managedGuards = createManagedGuards({
    transport,
    clock,
    log,
    secrets,
    bedrock: { ...aws, region: environment.region, endpoint: environment.awsEndpoint('BEDROCK_RUNTIME') },
    moderate: moderateBy({ providers, transport, secrets, authorizer }),
    deployValue: environment.deployValue,
  });
  const sources: AnswerSource[] = [...(parts.sources ?? [])];
  const gateway: Gateway = {
    clock,
    ticker: createTicker(clock, parts.tickMs),
    log,
    metrics,
    configuration,
    offer,
    authenticator: createAuthenticator(rows, secrets, environment.pepperSecret, clock),
    rows,
    budgets: {
      pages,
      spentBefore: createSpentBefore(spend, (kind, id) => identity.get(kind, id, { consistent: true }), clock),
      heal: createPageHealing(createHealing({ pages, records, clock })),
    },
    admission: ledger,
    prices: followChanges(parts.priceBook, configuration),
    secrets,
    authorizer,
    transport,
    otherTransports: {
      'bedrock-sdk': parts.bedrockSdk ?? bedrockSdk(environment.region),
      sagemaker: sageMaker(transport),
    },
    health,
    deepHealth: createDeepHealth({ identity, health, clock }),
    shadows: createShadows(),
    probes: createProbes({
      health,
      transport,
      isEndpointWell: sageMakerEndpoints({ ...aws, assumeRole, endpoint: environment.awsEndpoint('SAGEMAKER') }),
      clock,
    }),
    attemptBudget: createAttemptBudget(clock),
    ownRate: createOwnRate(clock),
    usualOutput: createUsualOutput(),
    refusals: createRefusalCounts({ store: createRefusalStore(dynamodb, environment.recordsTable), clock, log }),
    sources,
    stages: [guardStage, managedStage(managedGuards), ...(parts.stages ?? []), restoreStage],
    managedGuards,
    taps: parts.taps ?? [],
    telemetry: parts.telemetry,
    random,
  };
  sources.push(guardSource(gateway), providerSource(gateway), estimateSource);
  return gateway;
}

/** What dead calls hold is freed before anybody is shown it as reserved. */
function createPageHealing(healing: Healing): NonNullable<BudgetSources['heal']> {
  return async (pages) => {
    await Promise.all(pages.map((page) => healing.heal(page, healing.overdue(page))));
  };
}

/** The SDK is most of a bundle, and nearly nobody asks for it. */
function bedrockSdk(region: string): Transport {
  return loadedLate(async () => (await import('../aws/bedrock-sdk')).createBedrockSdkTransport(region));
}

function sageMaker(transport: Transport): Transport {
  return loadedLate(async () => (await import('../aws/sagemaker')).createSageMakerTransport(transport));
}

function loadedLate(load: () => Promise<Transport>): Transport {
  let made: Promise<Transport> | undefined;
  return {
    async send(request, deadlines, wanted) {
      made ??= load();
      return (await made).send(request, deadlines, wanted);
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

/** Few gateways call another account, so what that takes is loaded by the first call. */
function rolesOfOthers(parts: AssumedRolesParts): AssumeRole {
  let assume: Promise<AssumeRole> | undefined;
  return async (role) => {
    assume ??= import('../aws/assumed-roles').then(({ createAssumedRoles }) => createAssumedRoles(parts));
    return (await assume)(role);
  };
}

/** Nor do many ask how endpoints are. */
function sageMakerEndpoints(parts: SageMakerEndpointsParts): IsEndpointWell {
  let made: Promise<IsEndpointWell> | undefined;
  return async (endpoint) => {
    made ??= import('../aws/sagemaker-endpoints').then(({ createSageMakerEndpoints }) => createSageMakerEndpoints(parts));
    return (await made)(endpoint);
  };
}

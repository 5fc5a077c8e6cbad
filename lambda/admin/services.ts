import type { GatewayDocument, LevelConfig } from '../../lib/private/contract';
import type { ObjectStore, TrailHeads } from '../archive';
import type { AuditStore, DeletionStore, DynamoDbConnector, RollupStore } from '../aws/dynamodb';
import {
  createAuditStore,
  createDeletionStore,
  createIdentityStore,
  createOverrideStore,
  createPageStore,
  createPriceBookStore,
  createRollupStore,
  createSpendStore,
  createTrailHeads,
  createUsageRecordStore,
} from '../aws/dynamodb';
import type { IdentityStore, KeptRows, Peppers, Secrets } from '../identity';
import { createIdentityRows, parsePeppers } from '../identity';
import { loadPriceBookData } from '../money/deployed-book';
import { createSpentBefore } from '../money/ledger';
import type { BudgetSources } from '../money/pages';
import type { PageStore, PriceBookStore, UsageRecordStore } from '../money/ports';
import type { PriceBookData } from '../money/pricing';
import { GatewayError } from '../platform/error';
import { parseJson } from '../platform/json';
import type { Clock, Environment, Log } from '../platform/runtime';
import type { OverrideStore } from '../routing';
import { authenticate } from './authenticate';
import type { Caller } from './caller';
import type { Journal } from './journal';
import { createJournal } from './journal';
import type { AdminRequest } from './message';

/** What routes work with. Built once in `index.ts`. */
export interface Services {
  readonly clock: Clock;
  readonly log: Log;
  /** Name of the gateway, as metrics, events and exports have it. */
  readonly gatewayName: string;
  /** Where the gateway is deployed. */
  readonly region: string;
  readonly identity: IdentityStore;
  readonly overrides: OverrideStore;
  readonly books: PriceBookStore;
  readonly records: UsageRecordStore;
  readonly rollups: RollupStore;
  readonly audit: AuditStore;
  readonly pages: PageStore;
  readonly deletions: DeletionStore;
  /** Bucket of contents; absent where none are kept. */
  readonly contents?: ObjectStore | undefined;
  /** Absent where the deployment has no archive. */
  readonly trail?: { readonly objects: ObjectStore; readonly heads: TrailHeads; readonly retentionDays: number | undefined };
  /** How budgets stand. */
  readonly budgets: BudgetSources;
  /** Writes, each with its audit entry. */
  readonly journal: Journal;
  /** The configuration document; empty where there is none. */
  readonly document: Partial<GatewayDocument>;
  /** Budgets and limits of the whole gateway as the configuration document has them. */
  readonly gatewayLevel: LevelConfig;
  /** The price book that came with the deployment; read when it is first asked for. */
  deployedBook(): Promise<PriceBookData>;
  authenticate(request: AdminRequest): Promise<Caller>;
  /** A key with what is above it, as they stand; undefined where there is no such key. */
  rowsOf(keyId: string): Promise<KeptRows | undefined>;
  peppers(): Promise<Peppers>;
}

export interface ServiceParts {
  readonly environment: Pick<
    Environment,
    | 'identityTable'
    | 'countersTable'
    | 'recordsTable'
    | 'auditTable'
    | 'region'
    | 'pepperSecret'
    | 'bootstrapSecret'
    | 'archiveRetentionDays'
    | 'gateway'
  >;
  readonly clock: Clock;
  readonly log: Log;
  readonly connector: DynamoDbConnector;
  readonly secrets: Pick<Secrets, 'read'>;
  /** Bucket of the audit trail; absent where there is none. */
  readonly archive?: ObjectStore | undefined;
  /** Bucket of contents; absent where there is none. */
  readonly contents?: ObjectStore | undefined;
  readonly document: Partial<GatewayDocument>;
}

export function createServices({ environment, clock, log, connector, secrets, archive, contents, document }: ServiceParts): Services {
  const { identityTable, countersTable, recordsTable, auditTable } = environment;
  const identity = createIdentityStore(connector, identityTable);
  const rows = createIdentityRows(identity, clock);
  const pages = createPageStore(connector, countersTable);
  const peppers = async () => parsePeppers(await secrets.read(environment.pepperSecret));
  const source = {
    peppers,
    bootstrapSecret: async () => readBootstrap(await secrets.read(environment.bootstrapSecret)),
    readKey: async (keyId: string) => (await rows.anew(keyId)).rows?.key,
    now: () => clock.now(),
  };
  return {
    clock,
    log,
    gatewayName: environment.gateway,
    region: environment.region,
    identity,
    overrides: createOverrideStore(connector, identityTable),
    books: createPriceBookStore(connector, identityTable),
    deployedBook: loadPriceBookData,
    records: createUsageRecordStore(connector, recordsTable, clock),
    rollups: createRollupStore(connector, recordsTable),
    audit: createAuditStore(connector, auditTable),
    pages,
    deletions: createDeletionStore(connector, recordsTable),
    contents,
    ...(archive === undefined
      ? {}
      : {
          trail: {
            objects: archive,
            heads: createTrailHeads(connector, recordsTable),
            retentionDays: environment.archiveRetentionDays,
          },
        }),
    budgets: {
      pages,
      spentBefore: createSpentBefore(
        createSpendStore(connector, recordsTable),
        (kind, id) => identity.get(kind, id, { consistent: true }),
        clock,
      ),
    },
    journal: createJournal(connector, { identity: identityTable, audit: auditTable }, clock),
    document,
    gatewayLevel: document.gateway ?? {},
    authenticate: (request) => authenticate(request, source),
    rowsOf: async (keyId) => (await rows.anew(keyId)).rows,
    peppers,
  };
}

/** Secrets Manager generates one random string, so what surrounds it is checked here. */
function readBootstrap(text: string): string {
  const value = parseJson(text);
  const secret = value !== null && typeof value === 'object' && !Array.isArray(value) ? value['secret'] : undefined;
  if (typeof secret === 'string' && secret.length >= 32) return secret;
  throw new GatewayError({
    code: 'misconfigured',
    message: 'The gateway is misconfigured. Its operator finds the reason in the log.',
    cause: new Error('the bootstrap secret is missing or shorter than 32 characters'),
  });
}

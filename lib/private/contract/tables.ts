/**
 * The DynamoDB tables. All keys are strings, but for what an index says is a number.
 *
 * - identity: keys, teams, projects, users, overrides; the proxy only reads it.
 * - counters: pages: money of every period, rates, tokens, concurrency and open calls of a level and a glob of models; no stream, TTL.
 * - records: usage records, each written once its call is decided, and rollups; stream of new and old images, TTL.
 * - audit: who changed what; only the admin function writes it, and only adds to it; stream of new images, no TTL.
 */
export const TABLES = {
  identity: {
    partitionKey: 'pk',
    indexes: {
      /** Every entity of one kind, in id order: `kind` = `key`, `team`, `project`, `user`, ... */
      byKind: { name: 'by-kind', partitionKey: 'kind', sortKey: 'pk' },
      /** Every entity of one kind that belongs to one team: `owner` = `<kind>#<team id>`. */
      byOwner: { name: 'by-owner', partitionKey: 'owner', sortKey: 'pk' },
    },
  },
  counters: {
    partitionKey: 'pk',
    /** Epoch seconds. Of shards that are retired; nothing relies on when DynamoDB acts on it. */
    timeToLive: 'ttl',
    indexes: {
      /** Sparse, keys alone: pages that somebody should look at from then on. `ds` = `00`..`0f`; `due` = epoch seconds. */
      due: { name: 'due', partitionKey: 'ds', sortKey: 'due', isNumeric: true, keysOnly: true },
    },
  },
  records: {
    partitionKey: 'pk',
    sortKey: 'sk',
    /** Epoch seconds. Housekeeping only: nothing relies on when DynamoDB acts on it. */
    timeToLive: 'ttl',
    indexes: {
      /** Usage records in time order: `feed` names the list, `feed_at` is its sort key. */
      feed: { name: 'feed', partitionKey: 'feed', sortKey: 'feed_at' },
    },
  },
  audit: {
    /** `audit#<month>`, such as `audit#2026-11`. */
    partitionKey: 'pk',
    /** `<time>#<entry id>`, so a month is in time order. */
    sortKey: 'sk',
    indexes: {},
  },
} as const;

/** An index of one of them, whichever. */
export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** The sort key is a number. Default: a text. */
  readonly isNumeric?: boolean;
  /** Default: it holds whole items. */
  readonly keysOnly?: boolean;
}

/** How the keys of the audit trail's objects begin, by who writes them. */
export const TRAIL_PREFIXES = { changes: 'changes/', requests: 'requests/' } as const;

/** How the partition keys of the audit table begin. */
export const AUDIT_PREFIX = 'audit#';

/** How the partition keys of those kinds of record begin which the usage pipelines read off the records table's stream. */
export const STREAMED_RECORDS = {
  REQUEST: 'request#',
  REFUSED: 'refused#',
  ALERT: 'alert#',
  REBUILD: 'rollup-rebuild#',
} as const;

/** Number of partitions of the `due` index. */
export const DUE_PARTITIONS = 16;

/**
 * The DynamoDB tables. All keys are strings.
 *
 * - identity: keys, teams, projects, users, overrides; the proxy only reads it.
 * - counters: money, tokens, rates and concurrency per level and period; no stream.
 * - records: requests and rollups; stream of new and old images, TTL.
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
    indexes: {},
  },
  records: {
    partitionKey: 'pk',
    sortKey: 'sk',
    /** Epoch seconds. Housekeeping only: nothing relies on when DynamoDB acts on it. */
    timeToLive: 'ttl',
    indexes: {
      /** Sparse: records in `intent`, `settling`, `adjusting` or `expired_charged`. `open_shard` = `00`..`0f`; `open_until` = epoch ms, zero-padded to 15 digits. */
      open: { name: 'open', partitionKey: 'open_shard', sortKey: 'open_until' },
      /** Requests and rollups in time order: `feed` names the list, `feed_at` is its sort key. */
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

/** How the partition keys of the audit table begin. */
export const AUDIT_PREFIX = 'audit#';

/** How the partition keys of those kinds of record begin which the usage pipelines read off the records table's stream. */
export const STREAMED_RECORDS = {
  REQUEST: 'request#',
  ALERT: 'alert#',
  REBUILD: 'rollup-rebuild#',
} as const;

/** Number of partitions of the `open` index. */
export const OPEN_SHARDS = 16;

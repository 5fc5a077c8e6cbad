/**
 * What the construct library (`lib`), the runtime (`lambda`) and the command (`bin`) must agree on, and nothing else:
 * names of environment variables, tables, indexes and metrics, the shape of the configuration document, how a data plane is started.
 *
 * This file imports nothing.
 */

/** Environment variables that the construct sets and the functions read. */
export const ENV = {
  /** File that holds the `GatewayDocument`. Default: `/opt/gateway.json`, where the configuration layer is mounted. */
  CONFIG_FILE: 'GATEWAY_CONFIG_FILE',
  /** Name of this gateway in metrics and events: the construct's path. */
  GATEWAY: 'GATEWAY_NAME',
  IDENTITY_TABLE: 'IDENTITY_TABLE',
  COUNTERS_TABLE: 'COUNTERS_TABLE',
  RECORDS_TABLE: 'RECORDS_TABLE',
  /** Only the admin function has it. */
  AUDIT_TABLE: 'AUDIT_TABLE',
  /** ARN of the secret `{"version":1,"peppers":{"1":"<hex>"}}`; see `PepperSecret`. */
  PEPPER_SECRET: 'PEPPER_SECRET_ARN',
  /** ARN of the secret `{"key_id":"root","secret":"<...>"}`, the bootstrap admin credential. */
  BOOTSTRAP_SECRET: 'BOOTSTRAP_SECRET_ARN',
  /** URL of the queue that takes settlements which the table did not accept. */
  SETTLEMENT_QUEUE: 'SETTLEMENT_QUEUE_URL',
  /** Name of the event bus for governance events. */
  EVENT_BUS: 'EVENT_BUS_NAME',
  /** `debug`, `info`, `warn` or `error`. Default: `info`. */
  LOG_LEVEL: 'LOG_LEVEL',
  /** `sdk` calls DynamoDB through the AWS SDK in place of the proxy's own signed calls. Not set by the construct. */
  AWS_CLIENT: 'GATEWAY_AWS_CLIENT',
} as const;

/** Prefix of the environment variables that carry values known only at deploy (secret ARNs, URLs); the document names them. */
export const DEPLOY_VALUE_PREFIX = 'GATEWAY_VALUE_';

/** Where the configuration layer is mounted in a function. */
export const DEFAULT_CONFIG_FILE = '/opt/gateway.json';

/** Largest sum of environment variable names and values that synth accepts, in bytes. Lambda's own limit is 4,096. */
export const MAX_ENVIRONMENT_BYTES = 3_500;

/** The REST API's stage, so the first path segment of the gateway's URL. */
export const STAGE_NAME = 'prod';

/** Methods that the admin plane has. API Gateway throttles a method by its name, never by `ANY`. */
export const ADMIN_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Largest request body that is documented as safe, in bytes: Lambda's 6 MB limit counts the serialised event. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Function and integration timeout, in seconds: the most that Lambda allows. */
export const FUNCTION_TIMEOUT_SECONDS = 900;

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

/** CloudWatch metrics, written in the embedded metric format. The unit is in the comment. */
export const METRICS = {
  NAMESPACE: 'LlmGateway',
  /** Dimension that every metric carries: `ENV.GATEWAY`. */
  GATEWAY_DIMENSION: 'gateway',
  PROVIDER_DIMENSION: 'provider',
  MODEL_DIMENSION: 'model',
  /** Count: calls to the data plane that reached the proxy function. */
  REQUESTS: 'Requests',
  /** Count: answers with status 5xx, or streams that ended in an error event; not those that the caller's own deadline ended. */
  ERRORS: 'Errors',
  /** Count: answers with status 4xx. */
  REJECTED: 'Rejected',
  /** Count: 401 answers. */
  AUTH_FAILURES: 'AuthFailures',
  /** Count: 429 answers that waiting cures. */
  RATE_LIMITED: 'RateLimited',
  /** Count: refusals because a budget is spent. */
  BUDGET_REFUSED: 'BudgetRefused',
  /** Count: attempts at a provider that failed. */
  UPSTREAM_FAILURES: 'UpstreamFailures',
  /** Count: attempts that moved on to another target. */
  FAILOVERS: 'Failovers',
  /** Count: a provider refused our credential (401 or 403). */
  PROVIDER_KEY_BAD: 'ProviderKeyBad',
  /** Count: requests answered 503 because the table did not answer. */
  STORE_DOWN: 'StoreDown',
  /** Count: settlements put on the queue. */
  SETTLE_DEFERRED: 'SettleDeferred',
  /** Count: requests that cost more than they had reserved. */
  BOUND_EXCEEDED: 'BoundExceeded',
  /** Count: answers whose provider reported a usage that cannot be true. */
  USAGE_ANOMALY: 'UsageAnomaly',
  /** Count: answers whose model had no known price. */
  PRICE_UNKNOWN: 'PriceUnknown',
  /** Count: reservations of dead requests that the sweeper resolved. */
  SWEPT: 'Swept',
  /** Count: 503 answers because a secret is missing or unusable. */
  MISCONFIGURED: 'Misconfigured',
  /** Count: input tokens, cached included. */
  INPUT_TOKENS: 'InputTokens',
  /** Count: output tokens, reasoning included. */
  OUTPUT_TOKENS: 'OutputTokens',
  /** US dollars. */
  COST: 'CostUsd',
  /** Milliseconds from the request's arrival to its last byte. */
  LATENCY: 'Latency',
  /** Milliseconds from the request's arrival to the first byte sent to the caller. */
  TIME_TO_FIRST_BYTE: 'TimeToFirstByte',
  /** Milliseconds spent in the gateway before the provider was called. */
  OVERHEAD: 'Overhead',
} as const;

/** Codes of the answers that API Gateway gives without asking a function; the runtime's catalogue has their status and type. */
export type EdgeErrorCode =
  | 'invalid_request'
  | 'gateway_unavailable'
  | 'rate_limit_exceeded'
  | 'request_too_large'
  | 'unsupported_media_type'
  | 'not_found'
  | 'access_denied'
  | 'gateway_timeout'
  | 'gateway_overloaded';

/** Events on the gateway's bus. */
export const EVENTS = {
  /** `source` of every event. */
  SOURCE: 'llm-gateway',
  /** `detail-type` of an event about a record of the stream that no pipeline could take in. */
  FAULT: 'fault',
} as const;

/** Kinds of provider that the runtime knows. One file each in `lambda/wire/providers`. */
export type ProviderKind =
  | 'openai'
  | 'anthropic'
  | 'bedrock'
  | 'azure-openai'
  | 'google-ai-studio'
  | 'vertex-ai'
  | 'mistral'
  | 'cohere'
  | 'groq'
  | 'deepseek'
  | 'xai'
  | 'together'
  | 'fireworks'
  | 'perplexity'
  | 'openrouter'
  | 'cerebras'
  | 'hugging-face'
  | 'nvidia-nim'
  | 'ollama'
  | 'vllm'
  | 'lm-studio'
  | 'openai-compatible'
  | 'anthropic-compatible'
  | 'simulated';

/**
 * A value of the document: literal, or the name of an environment variable that holds it once deployed.
 * Exactly one of the two is present.
 */
export interface DeployValue {
  readonly value?: string;
  readonly env?: string;
}

/** Where a provider's credential is kept. */
export interface CredentialConfig {
  /** ARN of the Secrets Manager secret. */
  readonly secretArn: DeployValue;
  /** Field of the secret's JSON that holds the key. Default: the whole secret string is the key. */
  readonly field?: string;
}

/** Which addresses a provider may be reached at. */
export type NetworkConfig = 'public' | 'loopback' | 'vpc';

/** One configured provider. */
export interface ProviderConfig {
  /** Prefix in `provider/model`; unique in the document. */
  readonly id: string;
  readonly kind: ProviderKind;
  /** Overrides the kind's own endpoint. Without a trailing slash. */
  readonly baseUrl?: DeployValue;
  readonly credential?: CredentialConfig;
  /** AWS Regions (Bedrock) or provider locations (Vertex AI), in order of preference. */
  readonly regions?: string[];
  /** Globs of the bare model names this provider serves, beyond its kind's own patterns. */
  readonly models?: string[];
  readonly network: NetworkConfig;
  /** The models of this provider cost nothing: no budget is touched. */
  readonly free?: boolean;
  /** Whether media may be named to it by URL, for it to fetch. Default: not to servers of one's own, nor to what is not on a public network. */
  readonly mediaUrls?: boolean;
  /** Further settings of the kind, such as `apiVersion`, `project`, `deployment`. */
  readonly settings?: Record<string, string>;
}

/** One place to which a route may send a call. */
export interface TargetConfig {
  /** Id of a configured provider. */
  readonly provider: string;
  /** The model's name at that provider. */
  readonly model: string;
}

/** An alias (or glob of aliases) and its ordered targets. */
export interface RouteConfig {
  /** What callers ask for: `smart`, or a glob such as `claude-*`. */
  readonly alias: string;
  /** Tried in order; the next one only while nothing has been sent to the caller. */
  readonly targets: TargetConfig[];
}

/** Deadlines, all in milliseconds. */
export interface DeadlineConfig {
  /** TCP and TLS set-up. */
  readonly connectMs: number;
  /** From the call to the provider's first meaningful event, per attempt. */
  readonly firstEventMs: number;
  /** Longest silence between two chunks of the provider. */
  readonly idleMs: number;
  /** The whole call, all attempts together. */
  readonly totalMs: number;
  /** A streamed call is committed to after this silence, then kept alive by heartbeats. */
  readonly streamCommitMs: number;
  /** A non-streamed call is committed to after this silence, then kept alive by leading JSON whitespace. */
  readonly jsonCommitMs: number;
  /** Between two heartbeats of a committed, silent call. */
  readonly heartbeatMs: number;
}

/** Deadlines when nothing else is configured. API Gateway cuts 5 idle minutes; Lambda ends at 15 minutes. */
export const DEFAULT_DEADLINES: DeadlineConfig = {
  connectMs: 5_000,
  firstEventMs: 600_000,
  idleMs: 120_000,
  totalMs: 870_000,
  streamCommitMs: 60_000,
  jsonCommitMs: 240_000,
  heartbeatMs: 15_000,
};

/** A budget as the document and the admin API write it. */
export interface BudgetConfig {
  /** US dollars as a decimal string, such as `25.00`. */
  readonly limit_usd: string;
  readonly period: 'hour' | 'day' | 'week' | 'month' | 'lifetime';
  /** Glob of models that the budget covers. Default: every model. */
  readonly model?: string;
  /** Alert only, never refuse. */
  readonly soft?: boolean;
  /** Shares of the limit at which an alert is raised, such as `[0.5, 0.8, 1]`. */
  readonly alert_at?: number[];
  /** Added to the limit until it expires (ISO 8601). */
  readonly increase?: { readonly limit_usd: string; readonly expires_at: string };
}

/** Limits on rates, tokens and concurrency as the document and the admin API write them. */
export interface LimitsConfig {
  readonly requests_per_minute?: number;
  readonly requests_per_day?: number;
  readonly tokens_per_minute?: number;
  readonly tokens_per_day?: number;
  readonly concurrent_requests?: number;
  /** The same limits narrowed to the models that match a glob. */
  readonly per_model?: Record<string, LimitsConfig>;
}

/** What a level binds. */
export interface LevelConfig {
  readonly budgets?: BudgetConfig[];
  readonly limits?: LimitsConfig;
}

/** What happens to a call whose model has no known price. */
export interface UnknownPriceConfig {
  /** `refuse`, or reserve and charge `ceilingUsd`. */
  readonly policy: 'refuse' | 'ceiling';
  /** Decimal string; required with `ceiling`. */
  readonly ceilingUsd?: string;
}

/** The one configuration document, made and validated at synth, shipped as a layer. */
export interface GatewayDocument {
  readonly version: 1;
  readonly providers: ProviderConfig[];
  readonly routes: RouteConfig[];
  readonly deadlines: DeadlineConfig;
  /** Largest accepted request body in bytes. */
  readonly maxBodyBytes: number;
  /** Output cap injected when the caller names none and the model's own is not known, in tokens. */
  readonly defaultMaxOutputTokens: number;
  readonly unknownPrice: UnknownPriceConfig;
  /** Budgets and limits of the whole gateway (level `gateway`). */
  readonly gateway: LevelConfig;
  /** What binds a key, team, project or user that has no budgets or limits of its own. */
  readonly defaults: {
    readonly key?: LevelConfig;
    readonly team?: LevelConfig;
    readonly project?: LevelConfig;
    readonly user?: LevelConfig;
  };
}

/** How `llm-gateway serve` starts a data plane that is no function: the one export of its bundle, `dist/lambda/proxy-node/index.mjs`. */
export interface DataPlaneProcess {
  /**
   * Serves until the process is told to stop, and all calls that were open then are over.
   *
   * @returns the process's exit code
   * @throws Error that says what is missing or wrong, and what to give
   */
  serveUntilStopped(options: DataPlaneOptions): Promise<number>;
}

export interface DataPlaneOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** The network interface that is listened on. */
  readonly address: string;
  /** File that holds the `GatewayDocument`. Default: the one that the environment names. */
  readonly configFile?: string;
  /** Calls at the same time; more are refused. */
  readonly maxCalls: number;
  /** Calls are refused while the process has more memory. Default: four fifths of what it may have. */
  readonly maxMemoryBytes?: number;
  /** What open calls may still take once the process is told to stop. */
  readonly drainMs: number;
  /** Whether the answer to a caller that hung up is read on to its usage, or cut. */
  readonly callerGone: 'drain' | 'abort';
  /** Told where calls are taken, and what becomes of the process. */
  readonly say: (line: string) => void;
}

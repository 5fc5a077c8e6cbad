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
  /** Bucket of the audit trail. Only where there is one. */
  ARCHIVE_BUCKET: 'ARCHIVE_BUCKET_NAME',
  /** Days after which segments of the audit trail expire. */
  ARCHIVE_RETENTION: 'ARCHIVE_RETENTION_DAYS',
  /** Bills of providers: a JSON list of `BillConfig`. Only the reconciler has it. */
  BILLS: 'BILLS',
  /** Bucket of contents. Only where they may be kept. */
  CONTENT_BUCKET: 'CONTENT_BUCKET_NAME',
  /** Bucket that spend is exported to. Only the exporter has it. */
  SPEND_BUCKET: 'SPEND_BUCKET_NAME',
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

/** What the admin API changes, as the audit entries name it. */
export const AUDITED_RESOURCES = [
  'key',
  'team',
  'project',
  'user',
  'tag',
  'gateway',
  'model',
  'price',
  'price-book',
  'content',
  'deletion',
  'guardrail',
] as const;

export type AuditedResource = (typeof AUDITED_RESOURCES)[number];

/** Largest request body that is documented as safe, in bytes: Lambda's 6 MB limit counts the serialised event. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Function and integration timeout, in seconds: the most that Lambda allows. */
export const FUNCTION_TIMEOUT_SECONDS = 900;

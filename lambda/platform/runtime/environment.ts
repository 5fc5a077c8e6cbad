import { DEFAULT_CONFIG_FILE, DEPLOY_VALUE_PREFIX, ENV } from '../../../lib/private/contract';

/** What a function is told by its environment. The one module that reads it. */
export interface Environment {
  readonly configFile: string;
  readonly gateway: string;
  readonly identityTable: string;
  readonly countersTable: string;
  readonly recordsTable: string;
  readonly auditTable: string;
  readonly pepperSecret: string;
  readonly bootstrapSecret: string;
  readonly settlementQueue: string;
  readonly eventBus: string;
  /** Empty where nothing is archived. */
  readonly archiveBucket: string;
  /** Undefined where the archive is kept for ever. */
  readonly archiveRetentionDays: number | undefined;
  /** Empty where no contents are kept. */
  readonly contentBucket: string;
  /** Empty where spend is not exported. */
  readonly spendBucket: string;
  /** JSON list of what is held against the records. */
  readonly bills: string;
  readonly logLevel: string;
  /** How DynamoDB is called: `lean` by our own signed calls, `sdk` through the AWS SDK. */
  readonly awsClient: 'lean' | 'sdk';
  /** The Region the function runs in. */
  readonly region: string;
  /** The environment says which Region that is. */
  readonly hasRegion: boolean;
  readonly functionName: string;
  /** Credentials of the function's role; absent where the environment holds none. */
  readonly awsCredentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** `host:port` of the Lambda runtime API, which no call may ever reach; empty outside Lambda. */
  readonly runtimeApi: string;
  /** Where AWS's own calls go instead of the service's endpoint, as the SDK reads it: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`. */
  awsEndpoint(
    service:
      | 'DYNAMODB'
      | 'SECRETS_MANAGER'
      | 'SQS'
      | 'EVENTBRIDGE'
      | 'BEDROCK_RUNTIME'
      | 'SAGEMAKER'
      | 'SAGEMAKER_RUNTIME'
      | 'STS'
      | 'CLOUDWATCH'
      | 'XRAY'
      | 'S3',
  ): string | undefined;
  /** Values known only at deploy, by the names the configuration document uses. */
  deployValue(name: string): string | undefined;
}

/** Reads the process's environment. Absent values are empty strings: what needs one says so when it is used. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const read = (name: string, fallback = ''): string => variables[name] || fallback;
  const accessKeyId = read('AWS_ACCESS_KEY_ID');
  const secretAccessKey = read('AWS_SECRET_ACCESS_KEY');
  const sessionToken = read('AWS_SESSION_TOKEN');
  return {
    ...(accessKeyId && secretAccessKey
      ? { awsCredentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
    configFile: read(ENV.CONFIG_FILE, DEFAULT_CONFIG_FILE),
    gateway: read(ENV.GATEWAY, 'gateway'),
    identityTable: read(ENV.IDENTITY_TABLE),
    countersTable: read(ENV.COUNTERS_TABLE),
    recordsTable: read(ENV.RECORDS_TABLE),
    auditTable: read(ENV.AUDIT_TABLE),
    pepperSecret: read(ENV.PEPPER_SECRET),
    bootstrapSecret: read(ENV.BOOTSTRAP_SECRET),
    settlementQueue: read(ENV.SETTLEMENT_QUEUE),
    eventBus: read(ENV.EVENT_BUS),
    archiveBucket: read(ENV.ARCHIVE_BUCKET),
    archiveRetentionDays: Number(read(ENV.ARCHIVE_RETENTION)) || undefined,
    contentBucket: read(ENV.CONTENT_BUCKET),
    spendBucket: read(ENV.SPEND_BUCKET),
    bills: read(ENV.BILLS, '[]'),
    logLevel: read(ENV.LOG_LEVEL, 'info'),
    awsClient: read(ENV.AWS_CLIENT) === 'sdk' ? 'sdk' : 'lean',
    region: read('AWS_REGION', read('AWS_DEFAULT_REGION', 'us-east-1')),
    hasRegion: read('AWS_REGION', read('AWS_DEFAULT_REGION')) !== '',
    functionName: read('AWS_LAMBDA_FUNCTION_NAME', 'local'),
    runtimeApi: read('AWS_LAMBDA_RUNTIME_API'),
    awsEndpoint: (service) => read(`AWS_ENDPOINT_URL_${service}`, read('AWS_ENDPOINT_URL')) || undefined,
    deployValue: (name) => (name.startsWith(DEPLOY_VALUE_PREFIX) ? variables[name] : undefined),
  };
}

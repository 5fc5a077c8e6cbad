import { readdirSync } from 'node:fs';
import { type App, Duration, RemovalPolicy, Size, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { EVENT_SOURCE } from '../../lambda/aws/events';
import { BudgetPeriod, ComputePlane, LlmGateway, type LlmGatewayProps, Provider, Route, Target, UnknownPrice } from '../../lib';
import { BUNDLES_CONTEXT } from '../../lib/private/bundled-function';
import { DEFAULT_DEADLINES, METRICS } from '../../lib/private/contract';
import { documentFor, documentOf, newStack, readable, secretNamed, statementsOf, synthesize } from './support';

const plain = synthesize();

function propertiesOf(template: Template, type: string): Record<string, unknown>[] {
  return Object.values(template.findResources(type)).map((resource) => resource['Properties']);
}

describe('without props', () => {
  test('the document serves Bedrock and leaves everything else at its default', () => {
    expect(documentOf(plain.stack)).toEqual({
      version: 1,
      providers: [{ id: 'bedrock', kind: 'bedrock', network: 'public' }],
      routes: [],
      deadlines: DEFAULT_DEADLINES,
      maxBodyBytes: 4_194_304,
      unknownPrice: { policy: 'refuse' },
      gateway: {},
      defaults: {},
    });
  });

  test('four functions run on the newest Node, on arm64, with the configuration layer and a log group each', () => {
    const functions = propertiesOf(plain.template, 'AWS::Lambda::Function');

    expect(functions.map(({ Description }) => Description).sort()).toEqual([
      'Admin plane of an LLM gateway',
      'Data plane of an LLM gateway',
      'Resolves reservations of dead requests and queued settlements of an LLM gateway',
      'Rolls up the usage records of an LLM gateway and raises its events',
    ]);
    for (const fn of functions) {
      expect(fn).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(fn['Layers']).toHaveLength(1);
      expect(fn['LoggingConfig']).toEqual({ LogGroup: { Ref: expect.stringContaining('Logs') } });
      expect(fn['ReservedConcurrentExecutions']).toBeUndefined();
      expect(fn['VpcConfig']).toBeUndefined();
    }
  });

  test("the proxy has half a gigabyte, Lambda's longest timeout and what its core reads", () => {
    plain.template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Data plane of an LLM gateway',
      MemorySize: 512,
      Timeout: 900,
      Environment: {
        Variables: {
          GATEWAY_CONFIG_FILE: '/opt/gateway.json',
          GATEWAY_NAME: 'Test/Gateway',
          IDENTITY_TABLE: { Ref: Match.stringLikeRegexp('Identity') },
          COUNTERS_TABLE: { Ref: Match.stringLikeRegexp('Counters') },
          RECORDS_TABLE: { Ref: Match.stringLikeRegexp('Records') },
          PEPPER_SECRET_ARN: { Ref: Match.stringLikeRegexp('Pepper') },
          SETTLEMENT_QUEUE_URL: { Ref: Match.stringLikeRegexp('LedgerSettlements') },
        },
      },
    });
  });

  test('tables are on demand, recoverable, protected and retained', () => {
    const tables = Object.values(plain.template.findResources('AWS::DynamoDB::Table'));

    expect(tables).toHaveLength(4);
    for (const table of tables) {
      expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(table['Properties']).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
      // Not a key of ours: the one that AWS owns.
      expect(table['Properties'].SSESpecification).toEqual({ SSEEnabled: false });
    }
  });

  test('tables have the keys and indexes of the contract', () => {
    const shapes = propertiesOf(plain.template, 'AWS::DynamoDB::Table').map((table) => ({
      keys: table['KeySchema'],
      indexes: ((table['GlobalSecondaryIndexes'] ?? []) as Record<string, unknown>[]).map(({ IndexName, KeySchema }) => [
        IndexName,
        KeySchema,
      ]),
      stream: table['StreamSpecification'],
      ttl: table['TimeToLiveSpecification'],
    }));
    const keys = (partition: string, sort?: string) => [
      { AttributeName: partition, KeyType: 'HASH' },
      ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
    ];

    expect(shapes).toEqual([
      {
        keys: keys('pk'),
        indexes: [
          ['by-kind', keys('kind', 'pk')],
          ['by-owner', keys('owner', 'pk')],
        ],
        stream: undefined,
        ttl: undefined,
      },
      {
        keys: keys('pk'),
        indexes: [['due', keys('ds', 'due')]],
        stream: undefined,
        ttl: { AttributeName: 'ttl', Enabled: true },
      },
      {
        keys: keys('pk', 'sk'),
        indexes: [['feed', keys('feed', 'feed_at')]],
        stream: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        ttl: { AttributeName: 'ttl', Enabled: true },
      },
      { keys: keys('pk', 'sk'), indexes: [], stream: { StreamViewType: 'NEW_IMAGE' }, ttl: undefined },
    ]);
  });

  test('Secrets Manager generates the pepper and the bootstrap credential; the pepper is retained', () => {
    const secrets = Object.values(plain.template.findResources('AWS::SecretsManager::Secret'));

    expect(secrets.map(({ DeletionPolicy, Properties }) => [DeletionPolicy, Properties.GenerateSecretString])).toEqual([
      [
        'Retain',
        expect.objectContaining({
          SecretStringTemplate: '{"version":"1"}',
          GenerateStringKey: '1',
          PasswordLength: 64,
          ExcludePunctuation: true,
        }),
      ],
      [
        'Delete',
        expect.objectContaining({
          SecretStringTemplate: '{"key_id":"root"}',
          GenerateStringKey: 'secret',
          PasswordLength: 43,
          ExcludePunctuation: true,
        }),
      ],
    ]);
  });

  test('queues are encrypted, take TLS only and keep messages for 14 days', () => {
    const queues = propertiesOf(plain.template, 'AWS::SQS::Queue');

    expect(queues).toHaveLength(3);
    for (const queue of queues) expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    for (const policy of propertiesOf(plain.template, 'AWS::SQS::QueuePolicy')) {
      expect(policy['PolicyDocument']).toMatchObject({
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Action: 'sqs:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      });
    }
  });

  test('the sweeper runs every minute and takes queued settlements', () => {
    plain.template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
    plain.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('LedgerSettlements'), 'Arn'] },
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    plain.template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 720,
      RedrivePolicy: { maxReceiveCount: 20, deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadSettlements'), 'Arn'] } },
    });
  });

  test('K07 the stream has a failure queue, splits batches, reports single failures and bounds its retries', () => {
    plain.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Records'), 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 100,
      MaximumRecordAgeInSeconds: 43_200,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('FailedBatches'), 'Arn'] } } },
    });
  });

  test('R09 the streams call their function for requests, alerts and rebuilds of the one table, and for changes of the other alone', () => {
    const mappings = plain.template.findResources('AWS::Lambda::EventSourceMapping', { Properties: { StartingPosition: 'TRIM_HORIZON' } });
    const patterns = Object.values(mappings).map(({ Properties }) => [
      readable(Properties.EventSourceArn),
      Properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)),
    ]);

    expect(Object.fromEntries(patterns)).toEqual({
      '<GatewayTablesRecords.StreamArn>': [
        {
          eventName: ['INSERT', 'MODIFY'],
          dynamodb: {
            Keys: { pk: { S: [{ prefix: 'request#' }, { prefix: 'refused#' }, { prefix: 'alert#' }, { prefix: 'rollup-rebuild#' }] } },
          },
        },
      ],
      '<GatewayTablesAudit.StreamArn>': [{ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'audit#' }] } } } }],
    });
  });

  test('K02 a record that no pipeline can take in is set aside where the alarm looks', () => {
    plain.template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: { Ref: Match.stringLikeRegexp('UsageEvents') },
      EventPattern: { source: [EVENT_SOURCE], 'detail-type': ['fault'] },
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('FailedBatches'), 'Arn'] } })],
    });
  });

  test('outputs name the URL, the command that shows the admin key, and the dashboard', () => {
    const outputs = Object.values(plain.template.findOutputs('*')).map(({ Value }) => readable(Value));

    expect(outputs).toEqual([
      'https://<GatewayApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/prod',
      `aws secretsmanager get-secret-value --region <AWS::Region> --secret-id <GatewaySecretsBootstrap> --query SecretString --output text | sed -E 's/.*"secret": *"([^"]+)".*/sk-gw-root-\\1/'`,
      'https://console.aws.amazon.com/cloudwatch/home?region=<AWS::Region>#dashboards:name=<GatewayMonitoringDashboard>',
    ]);
  });

  test('synthesis is deterministic', () => {
    expect(synthesize().template.toJSON()).toEqual(plain.template.toJSON());
  });
});

describe('props', () => {
  test('routes, levels, prices, deadlines and sizes reach the document', () => {
    const document = documentFor({
      routes: [
        Route.to('smart', [Target.model('bedrock/a.b'), Target.model('bedrock/c.d')]),
        Route.to('claude-*', [Target.model('bedrock/a.b')]),
      ],
      budgets: [{ limitUsd: '1000', period: BudgetPeriod.MONTH, model: 'bedrock/*', soft: true, alertAt: [1, 0.5] }],
      limits: { requestsPerMinute: 1, requestsPerDay: 2, tokensPerMinute: 3, tokensPerDay: 4, concurrentRequests: 5 },
      modelLimits: [{ model: 'smart', requestsPerMinute: 6 }],
      keyDefaults: { budgets: [{ limitUsd: '0.000000001', period: BudgetPeriod.LIFETIME }] },
      teamDefaults: { limits: { requestsPerDay: 7 } },
      projectDefaults: {},
      userDefaults: { limits: { concurrentRequests: 8 } },
      unknownPrice: UnknownPrice.ceiling('5.00'),
      deadlines: { connect: Duration.seconds(1), firstEvent: Duration.seconds(2), idle: Duration.seconds(3), total: Duration.seconds(4) },
      maxBodySize: Size.mebibytes(1),
      defaultMaxOutputTokens: 100,
    });

    expect(document).toEqual({
      version: 1,
      providers: [{ id: 'bedrock', kind: 'bedrock', network: 'public' }],
      routes: [
        {
          alias: 'smart',
          targets: [
            { provider: 'bedrock', model: 'a.b' },
            { provider: 'bedrock', model: 'c.d' },
          ],
        },
        { alias: 'claude-*', targets: [{ provider: 'bedrock', model: 'a.b' }] },
      ],
      deadlines: { ...DEFAULT_DEADLINES, connectMs: 1_000, firstEventMs: 2_000, idleMs: 3_000, totalMs: 4_000 },
      maxBodyBytes: 1_048_576,
      defaultMaxOutputTokens: 100,
      unknownPrice: { policy: 'ceiling', ceilingUsd: '5.00' },
      gateway: {
        budgets: [{ limit_usd: '1000', period: 'month', model: 'bedrock/*', soft: true, alert_at: [0.5, 1] }],
        limits: {
          requests_per_minute: 1,
          requests_per_day: 2,
          tokens_per_minute: 3,
          tokens_per_day: 4,
          concurrent_requests: 5,
          per_model: { smart: { requests_per_minute: 6 } },
        },
      },
      defaults: {
        key: { budgets: [{ limit_usd: '0.000000001', period: 'lifetime' }] },
        team: { limits: { requests_per_day: 7 } },
        project: {},
        user: { limits: { concurrent_requests: 8 } },
      },
    });
  });

  test('removalPolicy DESTROY lets everything go, unprotected', () => {
    const { template } = synthesize({ removalPolicy: RemovalPolicy.DESTROY });

    template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete', Properties: { DeletionProtectionEnabled: false } });
    template.allResources('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  test('a customer key encrypts tables and secrets, and the functions may use it', () => {
    const { template } = synthesize((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }));

    template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true, SSEType: 'KMS' } });
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } });
    template.resourcePropertiesCountIs(
      'AWS::IAM::Policy',
      { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['kms:Decrypt', 'kms:Encrypt']) })]) } },
      4,
    );
  });

  test('log retention and memory can be chosen', () => {
    const { template } = synthesize({
      logRetention: RetentionDays.ONE_WEEK,
      accessLogRetention: RetentionDays.ONE_YEAR,
      compute: ComputePlane.lambda({ memorySize: Size.mebibytes(2048) }),
    });

    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 7 }, 4);
    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 365 }, 1);
    template.hasResourceProperties('AWS::Lambda::Function', { Description: 'Data plane of an LLM gateway', MemorySize: 2048 });
  });
});

describe('fails', () => {
  const budget = (limitUsd: string): LlmGatewayProps => ({ keyDefaults: { budgets: [{ limitUsd, period: BudgetPeriod.DAY }] } });
  const cases: [string, LlmGatewayProps, RegExp][] = [
    ...['', '25,00', '-1', '1e3', '0', '0.0', '00.5', '1.0000000001', '1000000000', ' 1', 'NaN', '$5'].map(
      (limit): [string, LlmGatewayProps, RegExp] => [
        `on the budget "${limit}"`,
        budget(limit),
        /"limitUsd" of a key budget is ".*"; give US dollars above 0/,
      ],
    ),
    ['on a bad ceiling', { unknownPrice: UnknownPrice.ceiling('5 USD') }, /the ceiling of "unknownPrice" is "5 USD"/],
    [
      'on a bad period',
      { budgets: [{ limitUsd: '1', period: 'year' as BudgetPeriod }] },
      /"period" of a gateway budget is "year"; use one of hour, day/,
    ],
    [
      'on a bad alert share',
      { budgets: [{ limitUsd: '1', period: BudgetPeriod.DAY, alertAt: [80] }] },
      /"alertAt" of a gateway budget holds 80/,
    ],
    [
      'on a bad model of a budget',
      { budgets: [{ limitUsd: '1', period: BudgetPeriod.DAY, model: 'a b' }] },
      /"model" of a gateway budget is "a b"/,
    ],
    [
      'on a limit of zero',
      { teamDefaults: { limits: { requestsPerMinute: 0 } } },
      /"requests_per_minute" of team limits is 0; give a whole number above 0/,
    ],
    ['on a fraction', { userDefaults: { limits: { tokensPerDay: 1.5 } } }, /"tokens_per_day" of user limits is 1\.5/],
    ['on a model limited twice', { modelLimits: [{ model: 'a' }, { model: 'a' }] }, /gateway modelLimits names "a" twice/],
    [
      'on a total beyond Lambda',
      { deadlines: { total: Duration.minutes(15) } },
      /the deadline "total" is 900000 ms; give more than 0 and at most 870000 ms/,
    ],
    [
      'on an idle deadline beyond the total',
      { deadlines: { total: Duration.seconds(60), firstEvent: Duration.seconds(60) } },
      /the deadline "idle" is 120000 ms/,
    ],
    [
      'on a commit after API Gateway cut',
      { deadlines: { jsonCommit: Duration.minutes(5) } },
      /the deadline "jsonCommit" is 300000 ms.*5 idle minutes/,
    ],
    ['on rare heartbeats', { deadlines: { heartbeat: Duration.seconds(30) } }, /the deadline "heartbeat" is 30000 ms/],
    ['on a zero deadline', { deadlines: { connect: Duration.seconds(0) } }, /the deadline "connect" is 0 ms/],
    ['on a body that Lambda may refuse', { maxBodySize: Size.mebibytes(6) }, /"maxBodySize" is 6291456 bytes; give 1024 to 4194304/],
    ['on a silly output cap', { defaultMaxOutputTokens: 0 }, /"defaultMaxOutputTokens" is 0/],
  ];

  test.each(cases)('%s', (_name, props, message) => {
    expect(() => synthesize(props)).toThrow(message);
  });

  test('without bundles, naming the command that makes them', () => {
    const stack = newStack({}, { [BUNDLES_CONTEXT]: '/nowhere' });

    expect(() => synthesize({}, stack)).toThrow(
      'the bundle of the "sweeper" function is missing at /nowhere/sweeper; run "npm run build" to make it',
    );
  });

  test('when the environment would not fit', () => {
    const many = (stack: Stack): LlmGatewayProps => ({
      providers: Array.from({ length: 40 }, (_, index) =>
        Provider.openAi({ id: `openai-${index}`, apiKey: secretNamed(stack, `openai-${index}`) }),
      ),
    });

    expect(() => synthesize(many)).toThrow(
      /environment of the proxy function may need \d+ bytes, more than the 3500.*fields of one secret/,
    );
  });
});

test("two gateways live in one stack and share the account's log role", () => {
  const stack = newStack();
  new LlmGateway(stack, 'One');
  new LlmGateway(stack, 'Two');
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::ApiGateway::Account', 1);
  template.resourceCountIs('AWS::ApiGateway::RestApi', 2);
});

test('the grants allow exactly what they say', () => {
  const stack = newStack();
  const gateway = new LlmGateway(stack, 'Gateway', { encryptionKey: new kms.Key(stack, 'Key') });
  const role = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });
  gateway.grants.invoke(role('Caller')).assertSuccess();
  gateway.grants.administer(role('Operator')).assertSuccess();
  gateway.grants.readUsage(role('Analyst')).assertSuccess();
  gateway.grants.readAudit(role('Auditor')).assertSuccess();
  const template = Template.fromStack(stack);
  const decrypt = { actions: ['kms:Decrypt'], resources: ['<Key.Arn>'] };

  expect(statementsOf(template, 'Caller')).toEqual([
    {
      actions: ['execute-api:Invoke'],
      resources: ['GET', 'POST'].map((method) => `arn:aws:execute-api:<AWS::Region>:<AWS::AccountId>:<GatewayApi>/prod/${method}/v1/*`),
    },
  ]);
  expect(statementsOf(template, 'Operator')).toEqual([
    {
      actions: ['execute-api:Invoke'],
      resources: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(
        (method) => `arn:aws:execute-api:<AWS::Region>:<AWS::AccountId>:<GatewayApi>/prod/${method}/admin/v1/*`,
      ),
    },
    { actions: ['secretsmanager:GetSecretValue'], resources: ['<GatewaySecretsBootstrap>'] },
    decrypt,
  ]);
  expect(statementsOf(template, 'Analyst')).toEqual([
    { actions: ['dynamodb:Query'], resources: ['<GatewayTablesRecords.Arn>/index/feed'] },
    decrypt,
  ]);
  expect(statementsOf(template, 'Auditor')).toEqual([{ actions: ['dynamodb:Query'], resources: ['<GatewayTablesAudit.Arn>'] }, decrypt]);
});

describe('metrics', () => {
  const { gateway } = plain;

  test.each([
    ['metricRequests', METRICS.REQUESTS, 'Sum'],
    ['metricErrors', METRICS.ERRORS, 'Sum'],
    ['metricRejected', METRICS.REJECTED, 'Sum'],
    ['metricBudgetRefused', METRICS.BUDGET_REFUSED, 'Sum'],
    ['metricRateLimited', METRICS.RATE_LIMITED, 'Sum'],
    ['metricFailovers', METRICS.FAILOVERS, 'Sum'],
    ['metricCost', METRICS.COST, 'Sum'],
    ['metricInputTokens', METRICS.INPUT_TOKENS, 'Sum'],
    ['metricOutputTokens', METRICS.OUTPUT_TOKENS, 'Sum'],
    ['metricLatency', METRICS.DURATION, 'p99'],
    ['metricTimeToFirstToken', METRICS.TIME_TO_FIRST_TOKEN, 'p99'],
    ['metricOverhead', METRICS.OVERHEAD, 'p99'],
  ] as const)('%s is the %s of this gateway', (method, metricName, statistic) => {
    expect(gateway[method]()).toMatchObject({ namespace: 'LlmGateway', metricName, statistic, dimensions: { gateway: 'Test/Gateway' } });
  });

  test('take overrides and further dimensions', () => {
    const metric = gateway.metric(METRICS.COST, { period: Duration.hours(1), dimensionsMap: { provider: 'openai' } });

    expect(metric).toMatchObject({ period: Duration.hours(1), dimensions: { gateway: 'Test/Gateway', provider: 'openai' } });
  });
});

test.each([
  ['copied into the cloud assembly', {}, 0],
  ['used where they are', { [DISABLE_ASSET_STAGING_CONTEXT]: true }, 1],
])('assets that are %s: the configuration is in the cloud assembly and nowhere else', (_how, context, folders) => {
  const { directory } = (synthesize({}, newStack({}, context)).stack.node.root as App).synth();

  expect(readdirSync(directory).filter((name) => name.startsWith('configuration-'))).toHaveLength(folders);
  expect(readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('gateway.json'))).toHaveLength(1);
});

test.each(['X-End-User', 'x-customer'])('the header %s says on whose behalf callers ask', (endUserHeader) => {
  expect(documentFor({ endUserHeader }).endUserHeader).toBe(endUserHeader.toLowerCase());
});

test.each(['Authorization', 'x-api-key', 'x-gateway-tags', 'cookie', 'x end user', ''])(
  'fails on a header %j that means something else',
  (endUserHeader) => {
    expect(() => documentFor({ endUserHeader })).toThrow('"endUserHeader" is');
  },
);

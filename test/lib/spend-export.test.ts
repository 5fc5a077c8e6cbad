import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LlmGateway, SpendExport } from '../../lib';
import { SPEND_COLUMNS } from '../../lib/private/contract';
import { newStack, readable, statementsOf, synthesize } from './support';

const { template } = synthesize({ spendExport: SpendExport.s3() });

test('without it there is no bucket, no database and no workgroup', () => {
  const plain = synthesize().template;

  for (const type of ['AWS::S3::Bucket', 'AWS::Glue::Database', 'AWS::Glue::Table', 'AWS::Athena::WorkGroup'])
    plain.resourceCountIs(type, 0);
});

test('the exporter reads and notes in the records table and adds to its own part of the bucket; no other role gains anything', () => {
  const plain = synthesize().template;
  const actions = statementsOf(template, 'exporter').flatMap(({ actions: own }) => own);

  expect(actions.sort()).toEqual(
    ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:PutObject'].sort(),
  );
  expect(JSON.stringify(statementsOf(template, 'exporter'))).toContain('/spend/*');
  for (const name of ['proxy', 'admin', 'usage', 'sweeper'] as const)
    expect(statementsOf(template, name)).toEqual(statementsOf(plain, name));
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
});

test('the bucket is private, reached by TLS alone, and expires days and answers', () => {
  const kept = synthesize({ spendExport: SpendExport.s3({ retention: Duration.days(1_100) }) }).template;

  kept.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Prefix: 'spend/', ExpirationInDays: 1_100 }),
          Match.objectLike({ Prefix: 'athena-results/', ExpirationInDays: 7 }),
        ]),
      },
    },
  });
});

test('Athena finds the columns that the files have, and the days by their names', () => {
  const [table] = Object.values(template.findResources('AWS::Glue::Table'));
  const input = readable(table?.['Properties'].TableInput) as Record<string, never> & {
    readonly StorageDescriptor: { readonly Columns: readonly { readonly Name: string; readonly Type: string }[] };
    readonly Parameters: Record<string, string>;
  };
  const types = { text: 'string', integer: 'bigint', decimal: 'decimal(18,9)', time: 'timestamp' };

  expect(input.StorageDescriptor.Columns).toEqual(SPEND_COLUMNS.map(({ name, kind }) => ({ Name: name.toLowerCase(), Type: types[kind] })));
  expect(new Set(input.StorageDescriptor.Columns.map(({ Name }) => Name)).size).toBe(SPEND_COLUMNS.length);
  expect(input.Parameters).toMatchObject({
    'projection.enabled': 'true',
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy-MM-dd',
    'projection.day.range': '2026-01-01,NOW',
  });
  expect(JSON.stringify(input.Parameters['storage.location.template'])).toMatch(/\/spend\/day=\$\{day\}\//);
});

test('queries are bounded, and their answers lie where the workgroup says, under the same key', () => {
  const { template: keyed } = synthesize((stack) => ({
    spendExport: SpendExport.s3({ mostBytesScanned: 20_000_000, encryptionKey: new Key(stack, 'Own') }),
    removalPolicy: RemovalPolicy.DESTROY,
  }));

  keyed.hasResourceProperties('AWS::Athena::WorkGroup', {
    WorkGroupConfiguration: {
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 20_000_000,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' } },
    },
  });
  expect(statementsOf(keyed, 'exporter').flatMap(({ actions }) => actions)).toContain('kms:GenerateDataKey');
  template.hasResourceProperties('AWS::Athena::WorkGroup', {
    WorkGroupConfiguration: {
      BytesScannedCutoffPerQuery: 10 * 1024 ** 3,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
    },
  });
});

test('who may query may do so in this workgroup and table alone', () => {
  const stack = newStack();
  const gateway = new LlmGateway(stack, 'Gateway', { spendExport: SpendExport.s3() });
  const role = new Role(stack, 'Finance', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  gateway.spendExport?.grantQuery(role);

  const statements = statementsOf(Template.fromStack(stack), 'Finance');
  const on = (action: string) =>
    JSON.stringify(statements.filter(({ actions }) => actions.some((one) => one.startsWith(action))).flatMap(({ resources }) => resources));
  expect(on('athena:')).toMatch(/^\["[^"]*workgroup\/llm-gateway-[0-9a-f]{12}"\]$/);
  expect(on('glue:GetTable')).toMatch(/catalog".*database\/<GatewaySpendExportDatabase>".*table\/<GatewaySpendExportDatabase>\/spend"\]$/);
  expect(on('s3:PutObject')).toMatch(/athena-results\/\*/);
});

test.each([
  [{ retention: Duration.hours(5) }, '"retention" of the spend export is 5 hours; give whole days'],
  [{ mostBytesScanned: 5 }, '"mostBytesScanned" of the spend export is 5; Athena takes whole bytes from 10000000 on'],
])('fails on %j', (options, message) => {
  expect(() => SpendExport.s3(options).bind()).toThrow(message);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Archive } from '../../lib';
import { newStack, readable, statementsOf, synthesize } from './support';

const GOLDEN = join(__dirname, 'permissions.archive.golden.json');
const FUNCTIONS = ['proxy', 'admin', 'usage', 'sweeper', 'archiver'] as const;

test('without an archive there is no bucket, and no role may do anything with one', () => {
  const { template } = synthesize();

  template.resourceCountIs('AWS::S3::Bucket', 0);
  expect(JSON.stringify(template.toJSON())).not.toContain('s3:');
});

test("L06 the archive's statements in the roles are exactly those of the golden file", () => {
  const { template } = synthesize({ archive: Archive.s3() });
  const plain = synthesize().template;
  const added = Object.fromEntries(
    FUNCTIONS.map((name) => {
      const before = name === 'archiver' ? [] : statementsOf(plain, name).map((statement) => JSON.stringify(statement));
      return [name, statementsOf(template, name).filter((statement) => !before.includes(JSON.stringify(statement)))];
    }),
  );
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(GOLDEN, `${JSON.stringify(added, undefined, 2)}\n`);

  expect(added).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
});

test('the bucket is private, reached by TLS alone, encrypted, and expires what is old', () => {
  const { template } = synthesize({ archive: Archive.s3({ retention: Duration.days(30) }) });

  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Prefix: 'changes/', ExpirationInDays: 30 }),
          Match.objectLike({ Prefix: 'requests/', ExpirationInDays: 30 }),
        ]),
      },
      VersioningConfiguration: { Status: 'Enabled' },
    },
  });
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  const denied = readable(policy?.['Properties'].PolicyDocument.Statement) as { Effect: string; Action: unknown; Condition?: unknown }[];
  expect(denied.every(({ Effect }) => Effect === 'Deny')).toBe(true);
  expect(denied.map(({ Action, Condition }) => [Action, Condition])).toEqual([
    ['s3:*', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['s3:*', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
    ['s3:PutObject', { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } }],
    [['s3:DeleteObject', 's3:DeleteObjectVersion'], undefined],
  ]);
});

test('a lock and a customer key are given on', () => {
  const stack = newStack();
  const encryptionKey = new Key(stack, 'Key');
  const objectLock = ObjectLockRetention.compliance(Duration.days(90));
  const { template } = synthesize({ archive: Archive.s3({ encryptionKey, objectLock }) }, stack);

  template.hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 90 } } },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
    },
  });
  for (const name of ['usage', 'archiver'] as const)
    expect(statementsOf(template, name)).toContainEqual({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['<Key.Arn>'] });
  expect(statementsOf(template, 'admin')).toContainEqual({ actions: ['kms:Decrypt'], resources: ['<Key.Arn>'] });
});

test('a gateway that is thrown away may have its bucket emptied', () => {
  const { template } = synthesize({ archive: Archive.s3(), removalPolicy: RemovalPolicy.DESTROY });

  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).not.toContain('s3:DeleteObject');
});

test.each([
  [{ retention: Duration.hours(36) }, '"retention" of the archive is 1 day 12 hours; give whole days, for example Duration.days(400)'],
  [
    { retention: Duration.days(30), objectLock: ObjectLockRetention.governance(Duration.days(31)) },
    '"objectLock" of the archive holds for 31 days and "retention" is 30 days; give a lock that is not longer',
  ],
])('fails where the options contradict each other', (options, message) => {
  expect(() => synthesize({ archive: Archive.s3(options) })).toThrow(message);
});

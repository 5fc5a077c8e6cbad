import { Duration } from 'aws-cdk-lib';
import { ContentLog, ContentLogLevel } from '../../lib';
import { documentOf, newStack, statementsOf, synthesize } from './support';

test('contents have a bucket and a key of their own: the proxy adds, the admin function reads, the sweeper deletes', () => {
  const stack = newStack();
  const { template } = synthesize({ contentLog: ContentLog.s3({ retention: Duration.days(14) }) }, stack);
  const ofContents = (name: 'proxy' | 'admin' | 'usage' | 'sweeper') =>
    statementsOf(template, name)
      .filter(({ actions }) => actions.some((action) => /^(s3|kms):/.test(action)))
      .flatMap(({ actions }) => actions)
      .sort();

  expect(ofContents('proxy')).toEqual(['kms:GenerateDataKey', 's3:PutObject']);
  expect(ofContents('admin')).toEqual(['kms:Decrypt', 's3:GetObject', 's3:ListBucket']);
  expect(ofContents('sweeper')).toEqual(['s3:DeleteObject', 's3:ListBucket']);
  expect(ofContents('usage')).toEqual([]);
  template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
    },
  });
  expect(documentOf(stack).contentLog).toEqual({ level: 'off', most: 'full' });
});

test('what callers may ask for is in the document', () => {
  const stack = newStack();
  const { METADATA, OFF, REDACTED } = ContentLogLevel;
  synthesize({ contentLog: ContentLog.s3({ level: METADATA, most: REDACTED, callersLeast: OFF }) }, stack);

  expect(documentOf(stack).contentLog).toEqual({ level: 'metadata', most: 'redacted', callers: { least: 'off', most: 'metadata' } });
});

test.each([
  [{ level: ContentLogLevel.FULL, most: ContentLogLevel.METADATA }, /"level" of the content log is "full" and "most" is "metadata"/],
  [{ callersMost: ContentLogLevel.FULL, most: ContentLogLevel.REDACTED }, /"callersMost" of the content log is "full" and "most"/],
  [{ retention: Duration.hours(1) }, /"retention" of the content log is 1 hour; give whole days/],
  [{ level: 'everything' as ContentLogLevel }, /"level" of the content log is "everything"; give one of off/],
])('fails where the options contradict each other', (options, message) => {
  expect(() => synthesize({ contentLog: ContentLog.s3(options) })).toThrow(message);
});

import { Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Bill, Provider } from '../../lib';
import { METRICS } from '../../lib/private/contract';
import { newStack, statementsOf, synthesize } from './support';

const props = (stack: ReturnType<typeof newStack>) => {
  const bucket = Bucket.fromBucketName(stack, 'Exports', 'exports');
  return { bills: [Bill.awsCostAndUsage({ bucket, prefix: 'cur/' }), Bill.bedrockInvocationLogs({ bucket })] };
};
const { template } = synthesize(props);

test('without bills there is no reconciler, and no alarm of it', () => {
  const plain = synthesize();
  expect(plain.gateway.reconciliation).toBeUndefined();
  expect(JSON.stringify(plain.template.toJSON())).not.toContain('reconciler');
  expect(plain.template.findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: METRICS.RECONCILIATION_DRIFT } })).toEqual({});
});

test('the reconciler reads the records and these parts of these buckets, once a day, and writes nowhere', () => {
  const statements = statementsOf(template, 'reconciler');
  expect([...new Set(statements.flatMap(({ actions }) => actions))].sort()).toEqual(
    ['dynamodb:GetItem', 'dynamodb:Query', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket'].sort(),
  );
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        BILLS: JSON.stringify([
          { provider: 'bedrock', format: 'cur', prefix: 'cur/', bucket: 'exports' },
          { provider: 'bedrock', format: 'bedrock-logs', prefix: '', bucket: 'exports' },
        ]),
      }),
    },
  });
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'cron(17 5 * * ? *)' });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: METRICS.RECONCILIATION_DRIFT,
    Statistic: 'Maximum',
    Threshold: 0.5,
    Period: 86_400,
  });
});

test('fails for a provider that is not configured, and for a prefix that no key begins with', () => {
  const stack = newStack();
  const bucket = Bucket.fromBucketName(stack, 'Reports', 'reports');
  expect(() => synthesize({ bills: [Bill.openAi({ bucket })] }, stack)).toThrow(
    'a Bill of the format "openai" is of the provider "openai", which is not configured',
  );
  expect(() => synthesize({ providers: [Provider.bedrock({ id: 'aws' })], bills: [Bill.awsFocus({ bucket })] })).toThrow('one of aws');
  expect(() => synthesize({ bills: [Bill.awsFocus({ bucket, prefix: '/focus' })] })).toThrow('keys begin without a slash');
});

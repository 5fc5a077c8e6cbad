import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Alert, Archive, Bill, Provider } from '../../lib';
import { ALERT_EVENTS, METRICS } from '../../lib/private/contract';
import { QUERIES } from '../../lib/private/dashboards/queries';
import { synthesize } from './support';

const { template, gateway } = synthesize((stack) => ({
  archive: Archive.s3(),
  bills: [Bill.awsFocus({ bucket: Bucket.fromBucketName(stack, 'Exports', 'exports') })],
}));
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
/** Up to the entries of what rings no alarm. */
const [runbook = ''] = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8').split(/\n# Errors that ring no alarm\n/);

test('every alarm links to its entry in the runbook, which says what it means, how to look and what to do', () => {
  const anchors = alarms.map(({ AlarmDescription }) => AlarmDescription.match(/docs\/runbook\.md#([a-z]+)$/)?.[1]);
  const entries = runbook.split(/^## /m).slice(1);

  expect(anchors).toHaveLength(gateway.monitoring.alarms.length);
  for (const anchor of anchors) {
    const entry = entries.find((text) => text.toLowerCase().startsWith(`${anchor}\n`));
    expect(entry).toMatch(/\*\*Description\.\*\*[\s\S]*\*\*Investigation\.\*\*[\s\S]*\*\*Resolution\.\*\*/);
  }
});

test('the runbook has no entry without an alarm', () => {
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading?.toLowerCase());
  const linked = alarms.map(({ AlarmDescription }) => AlarmDescription.split('#')[1]);
  linked.push(...Object.values(ALERT_EVENTS).map(({ entry }) => entry.toLowerCase()));

  expect(headings.sort()).toEqual([...new Set(linked)].sort());
});

test('no alarm rings for want of data', () => {
  for (const alarm of alarms) expect(alarm.TreatMissingData).toBe('notBreaching');
});

test.each([
  [METRICS.STORE_DOWN, 0],
  [METRICS.MISCONFIGURED, 0],
  [METRICS.BOUND_EXCEEDED, 0],
  [METRICS.PRICE_UNKNOWN, 0],
  [METRICS.SETTLE_DEFERRED, 0],
  [METRICS.SETTLEMENT_LOST, 0],
  [METRICS.AUTH_FAILURES, 1_000],
])('%s above %d in 5 minutes rings', (metric, threshold) => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'LlmGateway',
    MetricName: metric,
    Dimensions: [{ Name: 'gateway', Value: 'Test/Gateway' }],
    Statistic: 'Sum',
    Period: 300,
    Threshold: threshold,
    ComparisonOperator: 'GreaterThanThreshold',
  });
});

test('ops-01 each provider has alarms of its own, by the attempts that it made fail', () => {
  const { template: two } = synthesize({ providers: [Provider.bedrock(), Provider.simulated()] });
  for (const Value of ['bedrock', 'simulated']) {
    const Dimensions = Match.arrayWith([{ Name: 'provider', Value }]);
    two.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: METRICS.PROVIDER_KEY_BAD, Dimensions, Threshold: 0 });
    two.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp(`the provider "${Value}" failed.*#providerfailing$`),
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'IF(attempts >= 10, 100 * failures / attempts, 0)' }),
        Match.objectLike({
          Id: 'failures',
          MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: METRICS.ATTEMPT_FAILURES, Dimensions }) }),
        }),
      ]),
    });
  }
});

test('the error rate counts only with some traffic', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Metrics: Match.arrayWith([Match.objectLike({ Expression: 'IF(requests >= 20, 100 * errors / requests, 0)' })]),
    Threshold: 5,
    EvaluationPeriods: 2,
  });
});

test("concurrency rings before the account's quota is reached, and throttles at once", () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Metrics: [
      Match.objectLike({ Expression: '100 * claimed / SERVICE_QUOTA(running)' }),
      Match.objectLike({
        Id: 'claimed',
        MetricStat: Match.objectLike({ Metric: { Namespace: 'AWS/Lambda', MetricName: 'ClaimedAccountConcurrency' } }),
      }),
      Match.objectLike({
        Id: 'running',
        MetricStat: Match.objectLike({ Metric: { Namespace: 'AWS/Lambda', MetricName: 'ConcurrentExecutions' } }),
      }),
    ],
    Threshold: 80,
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Threshold: 0 });
});

test('K05 the streams ring 15 minutes behind: that of rollups, and that of the audit trail where there is one', () => {
  const lags = { MetricName: 'IteratorAge', Statistic: 'Maximum', Threshold: 900_000 };
  template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', lags, 2);
  synthesize().template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', lags, 1);
});

test('guardrails ring where they block more than one call in five, and deletions where they are late', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Metrics: Match.arrayWith([Match.objectLike({ Expression: 'IF(checked >= 20, 100 * blocked / checked, 0)' })]),
    Threshold: 20,
    EvaluationPeriods: 2,
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: METRICS.DELETIONS_OVERDUE, Statistic: 'Maximum', Threshold: 0 });
});

test('queues of what failed ring when they are not empty', () => {
  template.resourcePropertiesCountIs(
    'AWS::CloudWatch::Alarm',
    { Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 0 },
    2,
  );
});

describe('people', () => {
  const oncall = synthesize((stack) => ({
    alerts: [
      Alert.email('oncall@example.com'),
      Alert.slack({ workspaceId: 'T012ABCDEFG', channelId: 'C012ABCDEFG' }),
      Alert.topic(new sns.Topic(stack, 'Own')),
    ],
  })).template;
  const own = [{ Ref: Match.stringLikeRegexp('AlertsTopic') }, { Ref: Match.stringLikeRegexp('^Own') }];

  test('are told of every alarm, and of its end, each by the way that was named', () => {
    oncall.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: own, OKActions: own });
    oncall.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.com', TopicArn: own[0] });
    oncall.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SlackWorkspaceId: 'T012ABCDEFG',
      SlackChannelId: 'C012ABCDEFG',
      SnsTopicArns: [own[0]],
    });
  });

  test("are told of the bus's events, with a link to the runbook's entry", () => {
    for (const [detailType, { entry }] of Object.entries(ALERT_EVENTS)) {
      const targets = own.map((Arn) =>
        Match.objectLike({
          Arn,
          InputTransformer: Match.objectLike({ InputTemplate: Match.stringLikeRegexp(`runbook.md#${entry.toLowerCase()}`) }),
        }),
      );
      oncall.hasResourceProperties('AWS::Events::Rule', {
        EventPattern: { source: ['llm-gateway'], 'detail-type': [detailType] },
        Targets: targets,
      });
    }
  });

  test('CloudWatch and EventBridge may publish to their topics, for this account alone', () => {
    for (const Service of ['cloudwatch.amazonaws.com', 'events.amazonaws.com']) {
      for (const topic of own) {
        oncall.hasResourceProperties('AWS::SNS::TopicPolicy', {
          Topics: [topic],
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: 'sns:Publish',
                Principal: { Service },
                Resource: topic,
                Condition: { StringEquals: { 'aws:SourceAccount': Match.anyValue() } },
              }),
            ]),
          },
        });
      }
    }
  });

  test('who names nobody has no topic, and a mailbox that is none is refused', () => {
    template.resourceCountIs('AWS::SNS::Topic', 0);
    expect(() => Alert.email('oncall')).toThrow('the alert\'s address is "oncall"; give a mailbox such as "oncall@example.com"');
  });
});

test('queries are saved for the log of the data plane, under the name of the gateway', () => {
  const saved = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties);

  expect(saved.map(({ Name }) => Name).sort()).toEqual(
    Object.keys(QUERIES)
      .map((name) => `Test/Gateway/${name}`)
      .sort(),
  );
  for (const { LogGroupNames } of saved) expect(LogGroupNames).toEqual([{ Ref: expect.stringMatching(/^GatewayProxyLogs/) }]);
});

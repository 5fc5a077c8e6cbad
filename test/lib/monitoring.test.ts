import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Provider } from '../../lib';
import { METRICS } from '../../lib/private/contract';
import { synthesize } from './support';

const { template, gateway } = synthesize();
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

test('K05 the stream rings 15 minutes behind', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'IteratorAge', Statistic: 'Maximum', Threshold: 900_000 });
});

test('queues of what failed ring when they are not empty', () => {
  template.resourcePropertiesCountIs(
    'AWS::CloudWatch::Alarm',
    { Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 0 },
    2,
  );
});

test('a topic is told of every alarm, and of its end', () => {
  const told = synthesize((stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic') }));
  const topic = [{ Ref: Match.stringLikeRegexp('Topic') }];

  told.template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: topic, OKActions: topic });
});

test("one dashboard shows the gateway's metrics", () => {
  const [dashboard, ...others] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard?.['Properties'].DashboardBody);

  expect(others).toEqual([]);
  for (const name of [METRICS.REQUESTS, METRICS.ERRORS, METRICS.COST, METRICS.DURATION, METRICS.TIME_TO_FIRST_TOKEN, METRICS.OVERHEAD]) {
    expect(body).toContain(`\\"LlmGateway\\",\\"${name}\\"`);
  }
});

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { ComputePlaneMetrics } from '../compute-plane-binding';
import { METRICS } from './contract';

/** What the alarms watch. */
export interface AlarmSources {
  readonly metric: (name: string, dimensions?: Record<string, string>) => cloudwatch.Metric;
  /** Ids of the configured providers. */
  readonly providers: readonly string[];
  readonly proxy: ComputePlaneMetrics;
  readonly sweeper: lambda.IFunction;
  readonly usage: lambda.IFunction;
  /** Absent: nothing is archived. */
  readonly archiver?: lambda.IFunction;
  /** Bills are held against the records. */
  readonly reconciles?: boolean;
  readonly deadSettlements: sqs.IQueue;
  readonly failedBatches: sqs.IQueue;
}

/** One alarm. Its name is also its heading in `docs/runbook.md`. */
export interface AlarmSpecification {
  readonly name: string;
  /** The provider that it watches alone. */
  readonly provider?: string;
  /** What it means when it rings; the runbook says what to do. */
  readonly meaning: string;
  readonly metric: cloudwatch.IMetric;
  /** Rings above this value. */
  readonly above: number;
  /** Periods in a row. Default: 1. */
  readonly periods?: number;
}

const PERIOD = Duration.minutes(5);
const LATE_MS = Duration.minutes(15).toMilliseconds();

/** Every alarm of a gateway. */
export function alarmSpecifications(sources: AlarmSources): AlarmSpecification[] {
  const { metric, proxy, sweeper, usage, archiver } = sources;
  const count = (name: string, dimensions?: Record<string, string>): cloudwatch.Metric => metric(name, dimensions).with({ period: PERIOD });
  const depth = (queue: sqs.IQueue): cloudwatch.Metric =>
    queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  const lag = (reader: lambda.IFunction): cloudwatch.Metric =>
    reader.metric('IteratorAge', { period: PERIOD, statistic: cloudwatch.Stats.MAXIMUM });
  /** Of the account and Region: a metric of Lambda without dimensions. */
  const account = (metricName: string): cloudwatch.Metric =>
    new cloudwatch.Metric({ namespace: 'AWS/Lambda', metricName, statistic: cloudwatch.Stats.MAXIMUM, period: PERIOD });
  return [
    {
      name: 'ErrorRate',
      meaning: 'more than 5 % of the calls failed on the side of the gateway or its providers',
      metric: new cloudwatch.MathExpression({
        expression: 'IF(requests >= 20, 100 * errors / requests, 0)',
        usingMetrics: { requests: count(METRICS.REQUESTS), errors: count(METRICS.ERRORS) },
        label: 'errors in percent',
        period: PERIOD,
      }),
      above: 5,
      periods: 2,
    },
    {
      name: 'Throttled',
      meaning: proxy.refusedMeaning,
      metric: proxy.refused.with({ period: PERIOD }),
      above: 0,
    },
    {
      name: 'ConcurrencyNearLimit',
      meaning: 'the functions of this account and Region claim more than 80 % of the concurrency they are allowed',
      metric: new cloudwatch.MathExpression({
        // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html#claimed-account-concurrency
        expression: '100 * claimed / SERVICE_QUOTA(running)',
        usingMetrics: { claimed: account('ClaimedAccountConcurrency'), running: account('ConcurrentExecutions') },
        label: 'concurrency in percent of the quota',
        period: PERIOD,
      }),
      above: 80,
    },
    {
      name: 'StoreDown',
      meaning: 'calls were answered 503 because DynamoDB did not answer in time',
      metric: count(METRICS.STORE_DOWN),
      above: 0,
    },
    ...sources.providers.flatMap((provider): AlarmSpecification[] => [
      {
        name: 'ProviderFailing',
        provider,
        meaning: `more than half of the attempts at the provider "${provider}" failed, whether others answered in its place or not`,
        metric: new cloudwatch.MathExpression({
          expression: 'IF(attempts >= 10, 100 * failures / attempts, 0)',
          usingMetrics: {
            attempts: count(METRICS.ATTEMPTS, { provider }),
            failures: count(METRICS.ATTEMPT_FAILURES, { provider }),
          },
          label: 'failed attempts in percent',
          period: PERIOD,
        }),
        above: 50,
      },
      {
        name: 'ProviderKeyBad',
        provider,
        meaning: `the provider "${provider}" refused the credential that the gateway holds for it`,
        metric: count(METRICS.PROVIDER_KEY_BAD, { provider }),
        above: 0,
      },
    ]),
    {
      name: 'SlowFirstToken',
      meaning: 'one answer in ten took more than 30 s to begin',
      metric: count(METRICS.TIME_TO_FIRST_TOKEN).with({ statistic: 'p90' }),
      above: 30,
      periods: 3,
    },
    {
      name: 'GuardUnavailable',
      meaning: 'guardrail policies came to no verdict on calls',
      metric: count(METRICS.GUARD_UNAVAILABLE),
      above: 0,
    },
    {
      name: 'GuardBlocking',
      meaning: 'guardrails refused or cut more than one in five of the calls that they looked through',
      metric: new cloudwatch.MathExpression({
        expression: 'IF(checked >= 20, 100 * blocked / checked, 0)',
        usingMetrics: { checked: count(METRICS.GUARD_CHECKED), blocked: count(METRICS.GUARD_BLOCKED) },
        label: 'blocked in percent',
        period: PERIOD,
      }),
      above: 20,
      periods: 2,
    },
    {
      name: 'Misconfigured',
      meaning: 'calls were answered 503 because a secret is missing or unusable',
      metric: count(METRICS.MISCONFIGURED),
      above: 0,
    },
    {
      name: 'BoundExceeded',
      meaning: 'a call cost more than was reserved for it',
      metric: count(METRICS.BOUND_EXCEEDED),
      above: 0,
    },
    {
      name: 'UsageAnomaly',
      meaning: 'a provider reported a usage that cannot be true, and the call was charged by estimate',
      metric: count(METRICS.USAGE_ANOMALY),
      above: 0,
    },
    {
      name: 'PriceUnknown',
      meaning: 'a provider answered with a model whose price is not known',
      metric: count(METRICS.PRICE_UNKNOWN),
      above: 0,
    },
    {
      name: 'SettleDeferred',
      meaning: 'settlements had to be queued because the table did not take them',
      metric: count(METRICS.SETTLE_DEFERRED),
      above: 0,
      periods: 3,
    },
    {
      name: 'SettlementLost',
      meaning: 'what calls cost could not be settled, and they are charged what was reserved for them',
      metric: count(METRICS.SETTLEMENT_LOST),
      above: 0,
    },
    {
      name: 'DeadSettlements',
      meaning: 'settlements failed again and again, and money stays reserved',
      metric: depth(sources.deadSettlements),
      above: 0,
    },
    {
      name: 'SweeperFailing',
      meaning: 'the sweeper failed, so reservations of dead requests stay open',
      metric: sweeper.metricErrors({ period: PERIOD }),
      above: 2,
    },
    {
      name: 'UsageBehind',
      meaning: 'rollups and alerts are more than 15 minutes behind; the stream keeps records for 24 hours',
      metric: lag(usage),
      above: LATE_MS,
    },
    ...(archiver === undefined
      ? []
      : [
          {
            name: 'ArchiveBehind',
            meaning: 'changes of administrators are more than 15 minutes late in the audit trail; the stream keeps them for 24 hours',
            metric: lag(archiver),
            above: LATE_MS,
          },
        ]),
    {
      name: 'DeletionsOverdue',
      meaning: 'what is about somebody is not deleted 24 hours after it was asked for',
      metric: count(METRICS.DELETIONS_OVERDUE).with({ statistic: cloudwatch.Stats.MAXIMUM }),
      above: 0,
    },
    ...(sources.reconciles === true
      ? [
          {
            name: 'ReconciliationDrift',
            meaning: "a provider's bill and the records are apart by more than 0.5 %, or the bill cannot be read",
            metric: metric(METRICS.RECONCILIATION_DRIFT).with({ statistic: cloudwatch.Stats.MAXIMUM, period: Duration.days(1) }),
            above: 0.5,
          },
        ]
      : []),
    {
      name: 'FailedBatches',
      meaning: 'records of the stream could not be processed, so rollups lack them',
      metric: depth(sources.failedBatches),
      above: 0,
    },
    {
      name: 'KeyBruteForce',
      meaning: 'an unusual number of calls carried a bad key',
      metric: count(METRICS.AUTH_FAILURES),
      above: 1_000,
    },
  ];
}

import { Stack } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { GatewayApi } from './api';
import type { GatewayLedger } from './ledger';
import { alarmSpecifications } from './private/alarms';
import { METRICS } from './private/contract';
import { gatewayMetric } from './private/metrics';
import type { PrivateAdminApi } from './private-admin-api';
import type { GatewayProxy } from './proxy';
import type { GatewayUsage } from './usage';

/** Properties of the monitoring. */
export interface GatewayMonitoringProps {
  /** Name of the gateway in its metrics. */
  readonly gatewayName: string;

  /** The API. */
  readonly api: GatewayApi;

  /**
   * The admin plane's own API.
   *
   * @default - it is a part of the API
   */
  readonly adminApi?: PrivateAdminApi;

  /** The data plane. */
  readonly proxy: GatewayProxy;

  /** Ids of the configured providers. */
  readonly providers: string[];

  /** The usage pipelines. */
  readonly usage: GatewayUsage;

  /** The ledger. */
  readonly ledger: GatewayLedger;

  /**
   * Told when an alarm rings and when it is over.
   *
   * @default - nobody is told
   */
  readonly alarmTopic?: sns.ITopic;
}

const RUNBOOK = 'https://github.com/cdk-llm-gateway/cdk-llm-gateway/blob/main/docs/runbook.md';

/** One dashboard, and the alarms that `docs/runbook.md` explains. */
export class GatewayMonitoring extends Construct {
  /** The dashboard. */
  readonly dashboard: cloudwatch.Dashboard;

  /** Where the dashboard is shown. */
  readonly dashboardUrl: string;

  /** The alarms. */
  readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: GatewayMonitoringProps) {
    super(scope, id);
    const metric = (name: string, dimensionsMap?: Record<string, string>): cloudwatch.Metric =>
      gatewayMetric(props.gatewayName, name, { dimensionsMap });

    this.alarms = alarmSpecifications({
      metric,
      providers: props.providers,
      proxy: props.proxy.metrics,
      sweeper: props.ledger.sweeper,
      usage: props.usage.handler,
      deadSettlements: props.ledger.deadSettlements,
      failedBatches: props.usage.failedBatches,
    }).map(
      (alarm) =>
        new cloudwatch.Alarm(this, alarm.provider === undefined ? alarm.name : `${alarm.name}-${alarm.provider}`, {
          alarmDescription: `LLM gateway: ${alarm.meaning}. ${RUNBOOK}#${alarm.name.toLowerCase()}`,
          metric: alarm.metric,
          threshold: alarm.above,
          comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
          evaluationPeriods: alarm.periods ?? 1,
          treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        }),
    );
    if (props.alarmTopic !== undefined) {
      const action = new SnsAction(props.alarmTopic);
      for (const alarm of this.alarms) {
        alarm.addAlarmAction(action);
        alarm.addOkAction(action);
      }
    }

    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', { widgets: this.widgets(props, metric) });
    const { partition, region, urlSuffix } = Stack.of(this);
    const host = partition === 'aws-cn' ? `console.${urlSuffix}` : 'console.aws.amazon.com';
    this.dashboardUrl = `https://${host}/cloudwatch/home?region=${region}#dashboards:name=${this.dashboard.dashboardName}`;
  }

  private widgets(
    props: GatewayMonitoringProps,
    metric: (name: string, dimensions?: Record<string, string>) => cloudwatch.Metric,
  ): cloudwatch.IWidget[][] {
    const graph = (title: string, left: cloudwatch.IMetric[], leftYAxis?: cloudwatch.YAxisProps): cloudwatch.GraphWidget =>
      new cloudwatch.GraphWidget({ title, left, leftYAxis, width: 8, height: 6 });
    const percentile = (name: string, statistic: string): cloudwatch.Metric =>
      metric(name).with({ statistic, label: `${name} ${statistic}` });
    const zero = { min: 0 };
    const plane = props.proxy.metrics;
    return [
      [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: this.alarms, width: 24, height: 3 })],
      [
        graph('Calls', [metric(METRICS.REQUESTS), metric(METRICS.ERRORS), metric(METRICS.REJECTED)], zero),
        graph('Spend in US dollars', [metric(METRICS.COST)], zero),
        graph('Tokens', [metric(METRICS.INPUT_TOKENS), metric(METRICS.OUTPUT_TOKENS)], zero),
      ],
      [
        graph(
          'Time to first token in s',
          [percentile(METRICS.TIME_TO_FIRST_TOKEN, 'p50'), percentile(METRICS.TIME_TO_FIRST_TOKEN, 'p99')],
          zero,
        ),
        graph('Latency in s', [percentile(METRICS.DURATION, 'p50'), percentile(METRICS.DURATION, 'p99')], zero),
        graph('Gateway overhead in s', [percentile(METRICS.OVERHEAD, 'p50'), percentile(METRICS.OVERHEAD, 'p99')], zero),
      ],
      [
        graph('Refusals', [metric(METRICS.AUTH_FAILURES), metric(METRICS.RATE_LIMITED), metric(METRICS.BUDGET_REFUSED)], zero),
        graph(
          'Failed attempts by provider',
          props.providers.map((provider) => metric(METRICS.ATTEMPT_FAILURES, { provider }).with({ label: provider })),
          zero,
        ),
        graph(
          'Ledger',
          [
            metric(METRICS.STORE_DOWN),
            metric(METRICS.SETTLE_DEFERRED),
            metric(METRICS.SETTLEMENT_LOST),
            metric(METRICS.BOUND_EXCEEDED),
            metric(METRICS.SWEPT),
            metric(METRICS.PRICE_UNKNOWN),
          ],
          zero,
        ),
      ],
      [
        graph(plane.title, [plane.calls, plane.errors, plane.refused], zero),
        graph('Proxy concurrency', [plane.concurrency], zero),
        graph('API', callsOf(props.api.restApi), zero),
      ],
      [
        graph('Stream lag in ms', [props.usage.handler.metric('IteratorAge', { statistic: cloudwatch.Stats.MAXIMUM })], zero),
        graph(
          'Queues',
          [
            props.ledger.settlements.metricApproximateNumberOfMessagesVisible(),
            props.ledger.deadSettlements.metricApproximateNumberOfMessagesVisible(),
            props.usage.failedBatches.metricApproximateNumberOfMessagesVisible(),
          ],
          zero,
        ),
        ...(props.adminApi === undefined ? [] : [graph('Admin API', callsOf(props.adminApi.restApi), zero)]),
      ],
    ];
  }
}

function callsOf(api: apigateway.RestApi): cloudwatch.IMetric[] {
  return [api.metricCount(), api.metricClientError(), api.metricServerError()];
}

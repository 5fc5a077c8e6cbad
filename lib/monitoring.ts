import { Stack } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Alert } from './alert';
import type { GatewayApi } from './api';
import type { GatewayArchive } from './gateway-archive';
import type { GatewayLedger } from './ledger';
import { type Metrics, metricsLevel } from './metrics';
import { alarmSpecifications } from './private/alarms';
import { alertTopics, RUNBOOK, tellOfEvents } from './private/alert-topics';
import { financeWidgets } from './private/dashboards/finance';
import { modelWidgets } from './private/dashboards/models';
import { operatorWidgets } from './private/dashboards/operator';
import { QUERIES } from './private/dashboards/queries';
import { Widgets } from './private/dashboards/sources';
import { gatewayMetric } from './private/metrics';
import type { PrivateAdminApi } from './private-admin-api';
import type { GatewayProxy } from './proxy';
import type { GatewayTables } from './tables';
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

  /** The tables. */
  readonly tables: GatewayTables;

  /**
   * The archive.
   *
   * @default - nothing is archived
   */
  readonly archive?: GatewayArchive;

  /**
   * Whether bills are held against the records.
   *
   * @default false
   */
  readonly reconciles?: boolean;

  /**
   * How much is counted.
   *
   * @default Metrics.essential()
   */
  readonly metrics?: Metrics;

  /**
   * Who is told when an alarm rings and when it is over, and of events such as a budget's threshold.
   *
   * @default - nobody is told
   */
  readonly alerts?: Alert[];
}

/** Three dashboards, saved queries of the log, and the alarms that `docs/runbook.md` explains. */
export class GatewayMonitoring extends Construct {
  /** The operator's dashboard: whether it works, and who fails. */
  readonly dashboard: cloudwatch.Dashboard;

  /** The dashboard of spend: what it costs, and whose it is. */
  readonly financeDashboard: cloudwatch.Dashboard;

  /** The dashboard of models: how well they answer. */
  readonly modelDashboard: cloudwatch.Dashboard;

  /** Where the operator's dashboard is shown. */
  readonly dashboardUrl: string;

  /** The alarms. */
  readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: GatewayMonitoringProps) {
    super(scope, id);
    this.alarms = this.addAlarms(props);
    const topics = alertTopics(this, props.alerts ?? []);
    for (const topic of topics) {
      const action = new SnsAction(topic);
      for (const alarm of this.alarms) {
        alarm.addAlarmAction(action);
        alarm.addOkAction(action);
      }
    }
    if (topics.length > 0) tellOfEvents(this, props.usage.eventBus, topics);

    const widgets = widgetsOf(props);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', { widgets: operatorWidgets(widgets, this.alarms) });
    this.financeDashboard = new cloudwatch.Dashboard(this, 'FinanceDashboard', { widgets: financeWidgets(widgets) });
    this.modelDashboard = new cloudwatch.Dashboard(this, 'ModelDashboard', { widgets: modelWidgets(widgets) });
    this.addQueries(props);
    const { partition, region, urlSuffix } = Stack.of(this);
    const host = partition === 'aws-cn' ? `console.${urlSuffix}` : 'console.aws.amazon.com';
    this.dashboardUrl = `https://${host}/cloudwatch/home?region=${region}#dashboards:name=${this.dashboard.dashboardName}`;
  }

  private addAlarms(props: GatewayMonitoringProps): cloudwatch.Alarm[] {
    const specifications = alarmSpecifications({
      metric: (name, dimensionsMap) => gatewayMetric(props.gatewayName, name, { dimensionsMap }),
      providers: props.providers,
      proxy: props.proxy.metrics,
      sweeper: props.ledger.sweeper,
      usage: props.usage.handler,
      archiver: props.archive?.archiver,
      reconciles: props.reconciles,
      deadSettlements: props.ledger.deadSettlements,
      failedBatches: props.usage.failedBatches,
    });
    return specifications.map(
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
  }

  private addQueries({ gatewayName, proxy }: GatewayMonitoringProps): void {
    if (proxy.logGroup === undefined) return;
    for (const [name, lines] of Object.entries(QUERIES)) {
      new logs.CfnQueryDefinition(this, name.replaceAll(' ', ''), {
        name: `${gatewayName}/${name}`,
        queryString: lines.join('\n| '),
        logGroupNames: [proxy.logGroup.logGroupName],
      });
    }
  }
}

function widgetsOf(props: GatewayMonitoringProps): Widgets {
  const { gatewayName, providers, proxy, usage, archive, ledger, tables } = props;
  const readers = [
    { handler: usage.handler, label: 'usage' },
    ...(archive === undefined ? [] : [{ handler: archive.archiver, label: 'archive' }]),
  ];
  return new Widgets({
    gatewayName,
    level: metricsLevel(props.metrics),
    providers,
    proxy: proxy.metrics,
    proxyLog: proxy.logGroup,
    usageLog: usage.handler.logGroup,
    tables: [
      { name: 'identity', table: tables.identity },
      { name: 'counters', table: tables.counters },
      { name: 'records', table: tables.records },
    ],
    others: {
      API: callsOf(props.api.restApi),
      ...(props.adminApi === undefined ? {} : { 'Admin API': callsOf(props.adminApi.restApi) }),
      'Stream lag in ms': readers.map(({ handler, label }) =>
        handler.metric('IteratorAge', { statistic: cloudwatch.Stats.MAXIMUM, label }),
      ),
      Queues: [
        ledger.settlements.metricApproximateNumberOfMessagesVisible(),
        ledger.deadSettlements.metricApproximateNumberOfMessagesVisible(),
        usage.failedBatches.metricApproximateNumberOfMessagesVisible(),
      ],
    },
  });
}

function callsOf(api: apigateway.RestApi): cloudwatch.IMetric[] {
  return [api.metricCount(), api.metricClientError(), api.metricServerError()];
}

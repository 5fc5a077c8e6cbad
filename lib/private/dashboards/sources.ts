import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ComputePlaneMetrics } from '../../compute-plane-binding';
import { GATEWAY_DIMENSION, METRIC_FACTS, METRICS_NAMESPACE, type MetricDimension, type MetricName, type MetricsLevel } from '../contract';
import { gatewayMetric } from '../metrics';

/** What the dashboards show. */
export interface DashboardSources {
  readonly gatewayName: string;
  readonly level: MetricsLevel;
  /** Ids of the configured providers. */
  readonly providers: readonly string[];
  readonly proxy: ComputePlaneMetrics;
  /** Where the data plane's lines go; without it nothing can be asked of them. */
  readonly proxyLog?: logs.ILogGroup;
  /** Where the lines of the usage function go. */
  readonly usageLog: logs.ILogGroup;
  readonly tables: readonly { readonly name: string; readonly table: dynamodb.ITable }[];
  readonly others: { readonly [title: string]: readonly cloudwatch.IMetric[] };
}

const WIDTH = 8;
const HEIGHT = 6;

/** Makes the widgets of one gateway. */
export class Widgets {
  constructor(readonly sources: DashboardSources) {}

  /** A graph that begins at zero. */
  graph(title: string, left: readonly cloudwatch.IMetric[], options: cloudwatch.GraphWidgetProps = {}): cloudwatch.GraphWidget {
    return new cloudwatch.GraphWidget({ title, left: [...left], leftYAxis: { min: 0 }, width: WIDTH, height: HEIGHT, ...options });
  }

  /** One number for the time that is shown. */
  number(title: string, metrics: readonly cloudwatch.IMetric[]): cloudwatch.SingleValueWidget {
    return new cloudwatch.SingleValueWidget({ title, metrics: [...metrics], setPeriodToTimeRange: true, width: WIDTH, height: 3 });
  }

  sum(name: MetricName, label?: string): cloudwatch.Metric {
    return gatewayMetric(this.sources.gatewayName, name, label === undefined ? {} : { label });
  }

  most(name: MetricName): cloudwatch.Metric {
    return gatewayMetric(this.sources.gatewayName, name, { statistic: cloudwatch.Stats.MAXIMUM });
  }

  percentiles(name: MetricName, ...statistics: readonly string[]): cloudwatch.Metric[] {
    return statistics.map((statistic) => gatewayMetric(this.sources.gatewayName, name, { statistic, label: statistic }));
  }

  /** A line for each provider. */
  byProvider(name: MetricName, statistic: string = cloudwatch.Stats.SUM): cloudwatch.Metric[] {
    return this.sources.providers.map((provider) =>
      gatewayMetric(this.sources.gatewayName, name, { statistic, label: provider, dimensionsMap: { provider } }),
    );
  }

  /** A line for each combination of these dimensions that has values. */
  each(name: MetricName, dimensions: readonly MetricDimension[], statistic: string = cloudwatch.Stats.SUM): cloudwatch.MathExpression {
    const schema = [METRICS_NAMESPACE, GATEWAY_DIMENSION, ...dimensions].join(',');
    const terms = `{${schema}} MetricName="${name}" ${GATEWAY_DIMENSION}="${this.sources.gatewayName}"`;
    return new cloudwatch.MathExpression({
      expression: `SEARCH('${terms}', '${statistic}')`,
      usingMetrics: {},
      label: dimensions.map((dimension) => `\${PROP('Dim.${dimension}')}`).join(' '),
    });
  }

  /** Whether a metric is counted by these dimensions. */
  has(name: MetricName, dimensions: readonly MetricDimension[]): boolean {
    return METRIC_FACTS[name][this.sources.level].some((counted) => counted.join() === dimensions.join());
  }

  /** A row of these. */
  row(...widgets: readonly cloudwatch.IWidget[]): cloudwatch.IWidget[] {
    return [...widgets];
  }

  /** What the data plane's lines say to a query; nothing where nobody knows where they are. */
  table(title: string, query: LogQuery): cloudwatch.IWidget[] {
    const { proxyLog } = this.sources;
    if (proxyLog === undefined) return [];
    return [
      new cloudwatch.LogQueryWidget({ title, logGroupNames: [proxyLog.logGroupName], queryLines: [...query], width: 12, height: HEIGHT }),
    ];
  }
}

/** Lines of a query of CloudWatch Logs Insights. */
export type LogQuery = readonly string[];

import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { GATEWAY_DIMENSION, METRICS_NAMESPACE } from './contract';

/** One of the gateway's own metrics (`METRICS`), by default its sum over 5 minutes. */
export function gatewayMetric(gatewayName: string, metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    statistic: cloudwatch.Stats.SUM,
    ...options,
    dimensionsMap: { [GATEWAY_DIMENSION]: gatewayName, ...options.dimensionsMap },
  });
}

import { METRICS } from '../../../lib/private/contract';

/** Values of one moment, by metric name (`METRICS`). */
export type MetricValues = Readonly<Record<string, number>>;

export interface Metrics {
  /** Writes the values once for the whole gateway and, when a provider is named, once per provider and model. */
  emit(values: MetricValues, by?: { readonly provider?: string; readonly model?: string }): void;
}

const UNITS: Readonly<Record<string, string>> = {
  [METRICS.LATENCY]: 'Milliseconds',
  [METRICS.TIME_TO_FIRST_BYTE]: 'Milliseconds',
  [METRICS.OVERHEAD]: 'Milliseconds',
  [METRICS.COST]: 'None',
};

/**
 * Writes CloudWatch's embedded metric format to the function's log: no call, no agent.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(
  gateway: string,
  now: () => number,
  sink: (line: string) => void = (line) => process.stdout.write(line),
): Metrics {
  return {
    emit(values, by = {}) {
      const dimensions: string[][] = [[METRICS.GATEWAY_DIMENSION]];
      if (by.provider !== undefined) dimensions.push([METRICS.GATEWAY_DIMENSION, METRICS.PROVIDER_DIMENSION]);
      if (by.provider !== undefined && by.model !== undefined) {
        dimensions.push([METRICS.GATEWAY_DIMENSION, METRICS.PROVIDER_DIMENSION, METRICS.MODEL_DIMENSION]);
      }
      const metrics = Object.keys(values).map((name) => ({ Name: name, Unit: UNITS[name] ?? 'Count' }));
      const line = {
        _aws: { Timestamp: now(), CloudWatchMetrics: [{ Namespace: METRICS.NAMESPACE, Dimensions: dimensions, Metrics: metrics }] },
        [METRICS.GATEWAY_DIMENSION]: gateway,
        ...(by.provider === undefined ? {} : { [METRICS.PROVIDER_DIMENSION]: by.provider }),
        ...(by.model === undefined ? {} : { [METRICS.MODEL_DIMENSION]: by.model }),
        ...values,
      };
      sink(`${JSON.stringify(line)}\n`);
    },
  };
}

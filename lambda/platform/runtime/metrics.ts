import { METRICS } from '../../../lib/private/contract';
import { deliver, numeral, quoted } from './log';

/** Values of one moment, at least one, by metric name (`METRICS`). */
export type MetricValues = Readonly<Record<string, number>>;

/** What else the values are counted by. */
export interface MetricDimensions {
  readonly provider?: string;
  readonly model?: string;
}

export interface Metrics {
  /** Writes the values in a line of their own, for the whole gateway. */
  emit(values: MetricValues): void;
  /**
   * The values as members for a line of the log, `provider` and `model` among them: once for the whole gateway and, when a provider is
   * named, once per provider and model. One line for both is half the calls and half of what CloudWatch bills for taking it in.
   */
  members(values: MetricValues, by: MetricDimensions): string;
}

const MAX_DECLARATIONS = 500;

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
  // Which metrics and dimensions a line declares repeats from request to request; only the values do not.
  let declared = 0;
  let roots: Declared[] = [];
  const start = (by: MetricDimensions): Declared => {
    if (declared >= MAX_DECLARATIONS) {
      declared = 0;
      roots = [];
    }
    const index = by.provider === undefined ? 0 : by.model === undefined ? 1 : 2;
    roots[index] ??= { next: new Map() };
    return roots[index];
  };

  const members = (values: MetricValues, by: MetricDimensions): string => {
    let place = start(by);
    let text = '';
    for (const name in values) {
      let next = place.next.get(name);
      if (next === undefined) {
        next = { next: new Map() };
        place.next.set(name, next);
      }
      place = next;
      text += `,"${name}":${numeral(values[name] as number)}`;
    }
    if (place.text === undefined) {
      place.text = declarationOf(Object.keys(values), by);
      declared += 1;
    }
    const named =
      dimension(METRICS.GATEWAY_DIMENSION, gateway) +
      dimension(METRICS.PROVIDER_DIMENSION, by.provider) +
      dimension(METRICS.MODEL_DIMENSION, by.model);
    return `"_aws":{"Timestamp":${now()},"CloudWatchMetrics":${place.text}}${named}${text}`;
  };

  return { members, emit: (values) => deliver(sink, `{${members(values, {})}}\n`) };
}

/** A declaration, and those of one value more. */
interface Declared {
  text?: string;
  readonly next: Map<string, Declared>;
}

function declarationOf(names: readonly string[], by: MetricDimensions): string {
  const dimensions: string[][] = [[METRICS.GATEWAY_DIMENSION]];
  if (by.provider !== undefined) dimensions.push([METRICS.GATEWAY_DIMENSION, METRICS.PROVIDER_DIMENSION]);
  if (by.provider !== undefined && by.model !== undefined) {
    dimensions.push([METRICS.GATEWAY_DIMENSION, METRICS.PROVIDER_DIMENSION, METRICS.MODEL_DIMENSION]);
  }
  const metrics = names.map((name) => ({ Name: name, Unit: UNITS[name] ?? 'Count' }));
  return JSON.stringify([{ Namespace: METRICS.NAMESPACE, Dimensions: dimensions, Metrics: metrics }]);
}

function dimension(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quoted(value)}`;
}

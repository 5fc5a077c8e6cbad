import {
  GATEWAY_DIMENSION,
  METRIC_DIMENSIONS,
  METRIC_FACTS,
  METRICS_NAMESPACE,
  type MetricDimension,
  type MetricName,
  type MetricsLevel,
} from '../../../lib/private/contract';
import { deliver, numeral, quoted } from './log';

/** Values of one moment, at least one, by metric name (`METRICS`). */
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

/** What else the values are counted by, as far as each metric is (`METRIC_FACTS`). */
export type MetricDimensions = { readonly [Name in MetricDimension]?: string };

export interface Metrics {
  /** Writes the values in a line of their own, for the whole gateway. */
  emit(values: MetricValues): void;
  /**
   * The values as members for a line of the log, the dimensions among them. CloudWatch reads the metrics of a request out of the line that
   * tells of it: half the calls, and half of what is billed for taking them in.
   */
  members(values: MetricValues, by: MetricDimensions): string;
}

const MAX_DECLARATIONS = 500;
/** Without one, CloudWatch counts. */
const CLOUDWATCH_UNITS: Readonly<Record<string, string>> = { s: 'Seconds' };

/**
 * Writes CloudWatch's embedded metric format to the function's log: no call, no agent.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(
  gateway: string,
  now: () => number,
  sink: (line: string) => void = (line) => process.stdout.write(line),
  level: MetricsLevel = 'essential',
): Metrics {
  // Which metrics and dimensions a line declares repeats from request to request; only the values do not.
  let declared = 0;
  let roots: Declared[] = [];
  const start = (by: MetricDimensions): Declared => {
    if (declared >= MAX_DECLARATIONS) {
      declared = 0;
      roots = [];
    }
    let index = 0;
    for (const name of METRIC_DIMENSIONS) index = 2 * index + (by[name] === undefined ? 0 : 1);
    roots[index] ??= { next: new Map() };
    return roots[index] as Declared;
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
      text += `,"${name}":${numeral(values[name as MetricName] as number)}`;
    }
    if (place.text === undefined) {
      place.text = declarationOf(Object.keys(values) as MetricName[], by, level);
      declared += 1;
    }
    let named = `,"${GATEWAY_DIMENSION}":${quoted(gateway)}`;
    for (const name of METRIC_DIMENSIONS) {
      const value = by[name];
      if (value !== undefined) named += `,"${name}":${quoted(value)}`;
    }
    return `"_aws":{"Timestamp":${now()},"CloudWatchMetrics":${place.text}}${named}${text}`;
  };

  return { members, emit: (values) => deliver(sink, `{${members(values, {})}}\n`) };
}

/** A declaration, and those of one value more. */
interface Declared {
  text?: string;
  readonly next: Map<string, Declared>;
}

/** A directive for all metrics that are counted by the same; one that the line has not all dimensions for is counted by the others. */
function declarationOf(names: readonly MetricName[], by: MetricDimensions, level: MetricsLevel): string {
  const directives = new Map<string, { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit?: string }[] }>();
  for (const name of names) {
    const { unit, [level]: combinations } = METRIC_FACTS[name];
    const Dimensions = combinations
      .filter((dimensions) => dimensions.every((dimension) => by[dimension] !== undefined))
      .map((dimensions) => [GATEWAY_DIMENSION, ...dimensions]);
    if (Dimensions.length === 0) continue;
    const key = JSON.stringify(Dimensions);
    const directive = directives.get(key) ?? { Namespace: METRICS_NAMESPACE, Dimensions, Metrics: [] };
    const Unit = CLOUDWATCH_UNITS[unit];
    directive.Metrics.push(Unit === undefined ? { Name: name } : { Name: name, Unit });
    directives.set(key, directive);
  }
  return JSON.stringify([...directives.values()]);
}

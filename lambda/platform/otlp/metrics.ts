import { METRIC_FACTS, type MetricFacts, type MetricName } from '../../../lib/private/contract';
import { type Attributes, addAttributes, nanoseconds, scoped } from './attributes';
import { ProtobufMessage } from './protobuf';

/** As OpenTelemetry advises for durations of generative models. */
const BOUNDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] as const;
/** Each export tells what came since the one before: processes come and go. */
const DELTA = 1;

interface Series {
  readonly attributes: Attributes;
  count: number;
  sum: number;
  least: number;
  most: number;
  readonly buckets: number[];
}

/** Adds up measurements until they are exported. */
export class MetricBatch {
  readonly #metrics = new Map<MetricName, Map<string, Series>>();
  #series = 0;

  /** How many combinations of a metric with its attributes it holds. */
  public get size(): number {
    return this.#series;
  }

  public add(name: MetricName, value: number, attributes: Attributes): void {
    let all = this.#metrics.get(name);
    if (all === undefined) {
      all = new Map();
      this.#metrics.set(name, all);
    }
    const key = JSON.stringify(attributes);
    let series = all.get(key);
    if (series === undefined) {
      series = { attributes, count: 0, sum: 0, least: value, most: value, buckets: Array(BOUNDS.length + 1).fill(0) };
      all.set(key, series);
      this.#series += 1;
    }
    series.count += 1;
    series.sum += value;
    series.least = Math.min(series.least, value);
    series.most = Math.max(series.most, value);
    const above = BOUNDS.findIndex((bound) => value <= bound);
    const bucket = above < 0 ? BOUNDS.length : above;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  /**
   * The body of an `ExportMetricsServiceRequest`.
   *
   * @param sinceMs epoch milliseconds of the export before
   * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
   */
  public encode(resource: Attributes, sinceMs: number, nowMs: number): Buffer {
    const span = { since: nanoseconds(sinceMs), now: nanoseconds(nowMs) };
    const metrics = [...this.#metrics].map(([name, series]) => metricOf(name, METRIC_FACTS[name], [...series.values()], span));
    return scoped(resource, metrics).finish();
  }
}

interface TimeSpan {
  readonly since: bigint;
  readonly now: bigint;
}

function metricOf(name: string, { unit, instrument }: MetricFacts, all: readonly Series[], span: TimeSpan): ProtobufMessage {
  const data = new ProtobufMessage();
  for (const series of all)
    data.message(1, instrument === 'histogram' ? histogramPoint(series, span) : numberPoint(series, span, instrument));
  const metric = new ProtobufMessage().text(1, name).text(3, unit);
  if (instrument === 'gauge') return metric.message(5, data);
  if (instrument === 'sum') return metric.message(7, data.number(2, DELTA).number(3, 1));
  return metric.message(9, data.number(2, DELTA));
}

function numberPoint({ attributes, sum, most }: Series, { since, now }: TimeSpan, instrument: 'sum' | 'gauge'): ProtobufMessage {
  const point = new ProtobufMessage()
    .fixed64(2, since)
    .fixed64(3, now)
    .double(4, instrument === 'sum' ? sum : most);
  return addAttributes(point, 7, attributes);
}

function histogramPoint({ attributes, count, sum, least, most, buckets }: Series, { since, now }: TimeSpan): ProtobufMessage {
  const point = new ProtobufMessage()
    .fixed64(2, since)
    .fixed64(3, now)
    .fixed64(4, BigInt(count))
    .double(5, sum)
    .fixed64s(6, buckets)
    .doubles(7, BOUNDS)
    .double(11, least)
    .double(12, most);
  return addAttributes(point, 9, attributes);
}

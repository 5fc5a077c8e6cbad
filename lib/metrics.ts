import type { OtlpDestination } from './otlp-destination';
import type { MetricsLevel } from './private/contract';

/**
 * How much the gateway counts. CloudWatch bills every combination of a metric with what it is counted by; `docs/cost.md` has the figures, and
 * `docs/observability.md` every metric.
 */
export class Metrics {
  /** Requests for the whole gateway, attempts for each provider, failures by their kind too. Dashboards and alarms need no more. */
  static essential(): Metrics {
    return new Metrics('essential');
  }

  /** Tokens, cost and times for each model too, and attempts for each Region. */
  static detailed(): Metrics {
    return new Metrics('detailed');
  }

  /**
   * What is essential, and beside it all metrics by OpenTelemetry's protocol, told apart by key, team, model, provider and Region: billed by their size, not by
   * their number.
   *
   * @param destination where they are sent
   */
  static otlp(destination: OtlpDestination): Metrics {
    return new Metrics('essential', destination);
  }

  private constructor(
    /** `essential` or `detailed`. */
    readonly level: string,
    /** Where they go beside the log. */
    readonly destination?: OtlpDestination,
  ) {}
}

/** @internal */
export function metricsLevel(metrics: Metrics | undefined): MetricsLevel {
  return (metrics ?? Metrics.essential()).level as MetricsLevel;
}

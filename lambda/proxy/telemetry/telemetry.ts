import type { AttemptRecord } from '../../money/record';
import type { MetricDimensions, MetricValues } from '../../platform/runtime';
import type { Trace } from '../after/trace';

/** What places are called where they are counted. */
export interface PlaceNames {
  of(place: Pick<AttemptRecord, 'provider' | 'model' | 'region'>): MetricDimensions;
  /** As OpenTelemetry calls the vendor of a configured provider. */
  vendorOf(provider: string | undefined): string | undefined;
}

/** Sends metrics and spans to where they are collected, once the answers are out. */
export interface Telemetry {
  /** Spans are kept, so requests and attempts have one. */
  readonly makesSpans: boolean;
  /** Counts what is no request's. */
  count(values: MetricValues): void;
  /** Takes in what became of a request. What is due to be sent, with what came before, is sent by the promise; it never rejects. */
  note(trace: Trace, names: PlaceNames): Promise<void> | undefined;
  /** Sends what is left. Never rejects. */
  flush(): Promise<void>;
}

/** OpenTelemetry's protocol, as far as metrics and spans are sent by it. Loaded only where they are. */

export type { Attributes } from './attributes';
export { MetricBatch } from './metrics';
export { encodeSpans, type Span } from './spans';

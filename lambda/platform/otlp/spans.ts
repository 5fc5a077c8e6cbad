import { type Attributes, addAttributes, nanoseconds, scoped } from './attributes';
import { ProtobufMessage } from './protobuf';

/** What was done, for whom, and how long it took. */
export interface Span {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
  readonly parentId?: string | undefined;
  readonly name: string;
  readonly kind: 'server' | 'client';
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
  readonly attributes: Attributes;
}

const KINDS = { server: 2, client: 3 } as const;
const FAILED = 2;

/**
 * The body of an `ExportTraceServiceRequest`.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function encodeSpans(resource: Attributes, spans: readonly Span[]): Buffer {
  return scoped(resource, spans.map(spanOf)).finish();
}

function spanOf({ traceId, spanId, parentId, name, kind, startedAt, endedAt, failed, attributes }: Span): ProtobufMessage {
  const span = new ProtobufMessage().bytes(1, Buffer.from(traceId, 'hex')).bytes(2, Buffer.from(spanId, 'hex'));
  if (parentId !== undefined) span.bytes(4, Buffer.from(parentId, 'hex'));
  span.text(5, name).number(6, KINDS[kind]).fixed64(7, nanoseconds(startedAt)).fixed64(8, nanoseconds(endedAt));
  addAttributes(span, 9, attributes);
  return failed ? span.message(15, new ProtobufMessage().number(3, FAILED)) : span;
}

import { randomBytes } from 'node:crypto';

/** Where a request stands in a trace that others began, or that begins here. */
export interface TraceContext {
  /** 32 digits. */
  readonly traceId: string;
  /** Of the caller's span; absent: the trace begins here. */
  readonly parentId: string | undefined;
  /** Of our own span; absent: we have none. */
  readonly spanId: string | undefined;
  /** Whether spans of it are kept. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = /^0+$/;
const SAMPLED = 1;

/**
 * What a caller's `traceparent` says. One that is not valid is as good as none.
 *
 * @param makesSpans whether the gateway keeps spans of its own; without, a trace is only passed on
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceContext(sent: string | readonly string[] | undefined, makesSpans: boolean): TraceContext | undefined {
  const read = typeof sent === 'string' && sent.length <= 512 ? TRACEPARENT.exec(sent) : null;
  const [, version, traceId = '', parentId = '', flags = '', more] = read ?? [];
  const isValid =
    read !== null && version !== 'ff' && (version !== '00' || more === undefined) && !NO_TRACE.test(traceId) && !NO_TRACE.test(parentId);
  if (!isValid) {
    return makesSpans ? { traceId: randomBytes(16).toString('hex'), parentId: undefined, spanId: newSpanId(), sampled: true } : undefined;
  }
  const sampled = (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED;
  return { traceId, parentId, spanId: makesSpans ? newSpanId() : undefined, sampled };
}

export function newSpanId(): string {
  return randomBytes(8).toString('hex');
}

/** As a provider is told of it. @param spanId of the attempt's span; absent: the caller's own goes on */
export function traceparentOf({ traceId, parentId, sampled }: TraceContext, spanId: string | undefined): string {
  return `00-${traceId}-${spanId ?? parentId}-${sampled ? '01' : '00'}`;
}

import { METRICS } from '../../../lib/private/contract';
import { NANO_USD } from '../../money/pricing';
import type { LogFields } from '../../platform/runtime';
import type { Gateway } from '../gateway';
import { LEFT } from '../relay/departure';
import { metricDimensions } from './metric-dimensions';
import type { Trace } from './trace';

/** Writes the request's one log line, with its metrics in it. */
export function record(gateway: Gateway, trace: Trace): void {
  const latencyMs = latencyOf(gateway, trace);
  const level = trace.status >= 500 ? (trace.stack === undefined ? 'warn' : 'error') : 'info';
  // Probes and health checks say nothing about the service callers get.
  const isProbe = trace.operation === undefined && trace.status < 400;
  const by = isProbe ? undefined : metricDimensions(gateway, trace);
  const metrics = by === undefined ? undefined : gateway.metrics.members(metricsOf(trace, latencyMs), by);
  // What the metrics call the model need not be said twice.
  const requestModel = trace.requestModel === by?.model ? undefined : trace.requestModel;
  gateway.log.write(level, 'request', fieldsOf(trace, latencyMs, requestModel), metrics);
}

/** Provider and model are among the metrics' members. */
function fieldsOf(trace: Trace, latencyMs: number, requestModel: string | undefined): LogFields {
  const { key, usage, exchange } = trace;
  // One literal of one shape; what is undefined is left out of the line.
  return {
    requestId: trace.requestId,
    keyId: key?.id,
    teamId: key?.teamId,
    projectId: key?.projectId,
    userId: key?.userId,
    method: exchange.method.slice(0, 16),
    route: trace.route,
    dialect: trace.dialect,
    operation: trace.operation,
    originalModel: trace.originalModel,
    requestModel,
    status: trace.status,
    outcome: trace.outcome,
    reason: trace.reason,
    attempts: trace.attempts.length || undefined,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    costNanoUsd: trace.costNanoUsd === 0n ? undefined : String(trace.costNanoUsd),
    latencyMs: Math.round(latencyMs),
    timeToFirstByteMs: trace.firstByteMs === 0 ? undefined : Math.round(trace.firstByteMs - exchange.arrivedMs),
    overheadMs: trace.firstSendMs === 0 ? undefined : overheadMs(trace),
    malformedEvents: trace.malformedEvents || undefined,
    incomplete: trace.incomplete || undefined,
    stack: trace.stack,
  };
}

function metricsOf(trace: Trace, latencyMs: number): Record<string, number> {
  const { status, usage, outcome } = trace;
  const failedAttempts = trace.attempts.filter((attempt) => attempt.outcome !== 'ok' && !isOfCaller(attempt.outcome));
  const values: Record<string, number> = {};
  values[METRICS.REQUESTS] = 1;
  values[METRICS.LATENCY] = latencyMs;
  const count = (name: string, value: number): void => {
    if (value > 0) values[name] = value;
  };
  count(METRICS.ERRORS, !isOfCaller(outcome) && (status >= 500 || (status < 400 && outcome !== 'ok')) ? 1 : 0);
  count(METRICS.REJECTED, status >= 400 && status < 500 ? 1 : 0);
  count(METRICS.AUTH_FAILURES, status === 401 ? 1 : 0);
  count(METRICS.BUDGET_REFUSED, outcome === 'insufficient_quota' ? 1 : 0);
  count(METRICS.RATE_LIMITED, status === 429 && outcome !== 'insufficient_quota' ? 1 : 0);
  count(METRICS.UPSTREAM_FAILURES, failedAttempts.length);
  count(METRICS.FAILOVERS, trace.failovers);
  count(METRICS.PROVIDER_KEY_BAD, failedAttempts.filter((attempt) => attempt.outcome === 'upstream_auth').length);
  count(METRICS.MISCONFIGURED, outcome === 'misconfigured' || outcome === 'provider_misconfigured' ? 1 : 0);
  count(METRICS.PRICE_UNKNOWN, trace.priceUnknown ? 1 : 0);
  count(METRICS.USAGE_ANOMALY, trace.usageAnomaly ? 1 : 0);
  count(METRICS.INPUT_TOKENS, usage?.inputTokens ?? 0);
  count(METRICS.OUTPUT_TOKENS, usage?.outputTokens ?? 0);
  count(METRICS.COST, Number(trace.costNanoUsd) / Number(NANO_USD));
  if (trace.firstByteMs > 0) values[METRICS.TIME_TO_FIRST_BYTE] = trace.firstByteMs - trace.exchange.arrivedMs;
  if (trace.firstSendMs > 0) values[METRICS.OVERHEAD] = overheadMs(trace);
  return values;
}

/** A caller's leaving says nothing about the service. */
function isOfCaller(outcome: string): boolean {
  return outcome === LEFT['hang-up'] || outcome === LEFT.deadline;
}

/** Milliseconds between the request's arrival and the first call to a provider. */
export function overheadMs(trace: Trace): number {
  return trace.firstSendMs === 0 ? 0 : Math.round((trace.firstSendMs - trace.exchange.arrivedMs) * 10) / 10;
}

/** Milliseconds from the request's arrival to the end of its answer; settlement is not the caller's to wait for. */
export function latencyOf(gateway: Gateway, trace: Trace): number {
  return (trace.endedMs || gateway.clock.monotonic()) - trace.exchange.arrivedMs;
}

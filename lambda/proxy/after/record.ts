import { METRICS } from '../../../lib/private/contract';
import { NANO_USD } from '../../money/pricing';
import { type AttemptRecord, RECORD_FIELDS, RESULT_FIELDS, shown, type TypeShown, USAGE_FIELDS } from '../../money/record';
import type { LogFields } from '../../platform/runtime';
import type { Usage } from '../../wire/model';
import type { Gateway } from '../gateway';
import { LEFT } from '../relay/departure';
import { metricDimensions } from './metric-dimensions';
import { tenths } from './result';
import { type Trace, takeTimes } from './trace';

/** Writes the request's one log line, with its metrics in it. */
export function record(gateway: Gateway, trace: Trace): void {
  takeTimes(trace, gateway.clock.monotonic());
  const level = trace.status >= 500 ? (trace.stack === undefined ? 'warn' : 'error') : 'info';
  // Probes and health checks say nothing about the service callers get.
  const isProbe = trace.operation === undefined && trace.status < 400;
  const by = isProbe ? undefined : metricDimensions(gateway, trace);
  const metrics = by === undefined ? undefined : gateway.metrics.members(metricsOf(trace), by);
  // What the metrics call the model need not be said twice.
  const line = lineOf(trace);
  if (trace.requestModel === by?.model) line[RECORD_FIELDS.requestModel.log] = undefined;
  gateway.log.write(level, 'request', line, metrics);
}

type Say = (value: never) => string | number | boolean | undefined;

const AS_IT_IS: Say = (value) => value;

/** As fields are logged, by their types: what says nothing is left out. */
const LOGGED: Readonly<Record<TypeShown<typeof RECORD_FIELDS, 'log'>, Say>> = {
  text: AS_IT_IS,
  dialect: AS_IT_IS,
  operation: AS_IT_IS,
  integer: AS_IT_IS,
  flag: (value: boolean) => value || undefined,
  count: (value: number) => value || undefined,
  milliseconds: Math.round,
  'fine-milliseconds': (value: number) => tenths(value) || undefined,
  money: (value: bigint) => (value === 0n ? undefined : String(value)),
  attempts: (value: readonly AttemptRecord[]) => value.length || undefined,
};

const FIELDS = shown(RECORD_FIELDS, 'log').map(({ name, log, type }) => ({ name: name as keyof Trace, log, say: LOGGED[type] }));
const USAGE = shown(USAGE_FIELDS, 'log').map(({ name, log }) => ({ name: name as keyof Usage, log }));

type Line = { -readonly [Name in keyof LogFields]: LogFields[Name] } & Record<string, unknown>;

/** All lines have one shape; what is undefined is left out of them. The reason stands beside the outcome. */
const NOTHING: Line = Object.fromEntries(
  ['requestId', 'method', 'route', ...[...FIELDS, ...USAGE].map(({ log }) => log), 'stack']
    .flatMap((name) => (name === RESULT_FIELDS.outcome.log ? [name, 'reason'] : [name]))
    .map((name) => [name, undefined]),
);

/** Provider and model are among the metrics' members. */
function lineOf(trace: Trace): Line {
  const line = { ...NOTHING };
  line.requestId = trace.requestId;
  line.method = trace.exchange.method.slice(0, 16);
  line.route = trace.route;
  line.reason = trace.reason;
  line.stack = trace.stack;
  for (const { name, log, say } of FIELDS) {
    const value = trace[name];
    if (value !== undefined) line[log] = say(value as never);
  }
  const { usage } = trace;
  if (usage !== undefined) for (const { name, log } of USAGE) line[log] = usage[name];
  return line;
}

type Measure = (value: never) => number;

/** As fields are values of metrics, by their types. */
const METERED: Readonly<Record<TypeShown<typeof RECORD_FIELDS, 'metric'>, Measure>> = {
  money: (value: bigint) => Number(value) / Number(NANO_USD),
  milliseconds: (value: number) => value,
  'fine-milliseconds': tenths,
};

const AMOUNTS = shown(RECORD_FIELDS, 'metric').map(({ name, metric, type }) => ({
  name: name as keyof Trace,
  metric,
  measure: METERED[type],
}));
const TOKENS = shown(USAGE_FIELDS, 'metric').map(({ name, metric }) => ({ name: name as keyof Usage, metric }));

function metricsOf(trace: Trace): Record<string, number> {
  const { status, usage, outcome } = trace;
  const failedAttempts = trace.attempts.filter((attempt) => attempt.outcome !== 'ok' && !isOfCaller(attempt.outcome));
  const values: Record<string, number> = {};
  values[METRICS.REQUESTS] = 1;
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
  count(METRICS.PRICE_UNKNOWN, trace.priceSource === 'ceiling' ? 1 : 0);
  count(METRICS.USAGE_ANOMALY, trace.usageAnomaly ? 1 : 0);
  for (const { name, metric, measure } of AMOUNTS) {
    const value = trace[name];
    if (value !== undefined) count(metric, measure(value as never));
  }
  if (usage !== undefined) for (const { name, metric } of TOKENS) count(metric, (usage[name] as number | undefined) ?? 0);
  return values;
}

/** A caller's leaving says nothing about the service. */
function isOfCaller(outcome: string): boolean {
  return outcome === LEFT['hang-up'] || outcome === LEFT.deadline;
}

import { type AttemptRecord, RECORD_FIELDS, RESULT_FIELDS, shown, type TypeShown, USAGE_FIELDS } from '../../money/record';
import type { LogFields } from '../../platform/runtime';
import type { Usage } from '../../wire/model';
import type { Gateway } from '../gateway';
import { attemptFault } from './error-type';
import { addAttemptMeasures, requestMeasures } from './measures';
import { metricDimensions } from './metric-dimensions';
import { tenths } from './result';
import { type Trace, takeTimes } from './trace';

/**
 * Writes the request's one log line, with its metrics in it. What failed on the way has a line for each attempt, under the name of the
 * provider that failed; the attempt that brought the answer stands in the request's own.
 */
export function record(gateway: Gateway, trace: Trace): void {
  takeTimes(trace, gateway.clock);
  const { attempts } = trace;
  const last = attempts.at(-1);
  const answered = last === undefined || isFailure(last) ? undefined : last;
  if (trace.shadowOf === undefined) for (const attempt of attempts) if (attempt !== answered) recordAttempt(gateway, trace, attempt);
  const level = trace.status >= 500 ? (trace.stack === undefined ? 'warn' : 'error') : 'info';
  const line = lineOf(trace);
  // Probes, health checks and what is tried out say nothing about the service callers get.
  if (trace.shadowOf !== undefined || (trace.operation === undefined && trace.status < 400)) {
    gateway.log.write(level, 'request', line);
    return;
  }
  const { provider, requestModel: model } = trace;
  const placed = answered ?? (provider === undefined || model === undefined ? undefined : { provider, model });
  const by = placed === undefined ? {} : metricDimensions(gateway, placed);
  const values = requestMeasures(trace);
  if (answered !== undefined) addAttemptMeasures(values, answered);
  // What the metrics call the model need not be said twice.
  if (trace.requestModel === by.model) line[RECORD_FIELDS.requestModel.log] = undefined;
  gateway.log.write(level, 'request', line, gateway.metrics.members(values, by));
}

function isFailure({ outcome }: AttemptRecord): boolean {
  const fault = attemptFault(outcome);
  return fault !== undefined && fault !== 'left';
}

function recordAttempt(gateway: Gateway, { requestId, keyId, teamId }: Trace, attempt: AttemptRecord): void {
  const { model, status, outcome, durationMs } = attempt;
  const fault = attemptFault(outcome);
  const by = { ...metricDimensions(gateway, attempt), error_type: fault };
  const values = {};
  addAttemptMeasures(values, attempt);
  const line = {
    requestId,
    keyId,
    teamId,
    requestModel: model === by.model ? undefined : model,
    status,
    outcome,
    latencyMs: durationMs,
  };
  gateway.log.write(fault === 'refused' ? 'info' : 'warn', 'attempt', line, gateway.metrics.members(values, by));
}

/** Undefined: as it is. */
type Say = ((value: never) => string | number | boolean | undefined) | undefined;

const AS_IT_IS: Say = undefined;

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
    if (value !== undefined) line[log] = say === undefined ? value : say(value as never);
  }
  const { usage } = trace;
  if (usage !== undefined) for (const { name, log } of USAGE) line[log] = usage[name];
  return line;
}

import { METRICS, type MetricName } from '../../../lib/private/contract';
import { NANO_USD } from '../../money/pricing';
import { type AttemptRecord, RECORD_FIELDS, shown, type TypeShown, USAGE_FIELDS } from '../../money/record';
import type { MetricValues } from '../../platform/runtime';
import type { Usage } from '../../wire/model';
import { LEFT } from '../relay/departure';
import { type AttemptFault, attemptFault } from './error-type';
import type { Trace } from './trace';

type Measure = (value: never) => number;

/** As fields are values of metrics, by their types. */
const METERED: Readonly<Record<TypeShown<typeof RECORD_FIELDS, 'metric'> | 'count' | 'flag', Measure>> = {
  money: (value: bigint) => Number(value) / Number(NANO_USD),
  milliseconds: seconds,
  'fine-milliseconds': seconds,
  count: (value: number) => value,
  flag: Number,
};

const AMOUNTS = shown(RECORD_FIELDS, 'metric').map(({ name, metric, type }) => ({
  name: name as keyof Trace,
  metric: metric as MetricName,
  measure: METERED[type],
}));
const TOKENS = shown(USAGE_FIELDS, 'metric').map(({ name, metric }) => ({ name: name as keyof Usage, metric: metric as MetricName }));
/** As what the gravest verdict of a request counts. */
const GUARD_VERDICTS: Readonly<Record<string, MetricName>> = {
  block: METRICS.GUARD_BLOCKED,
  mask: METRICS.GUARD_MASKED,
  route: METRICS.GUARD_FLAGGED,
  flag: METRICS.GUARD_FLAGGED,
};
/** In a shorter time, the clock is measured. */
const SHORTEST_STREAM_MS = 50;

type Values = { -readonly [Name in keyof MetricValues]: MetricValues[Name] };

/** What is counted of a request. What did not happen is left out. */
export function requestMeasures(trace: Trace): Values {
  const { status, usage, outcome } = trace;
  const values: Values = {};
  values[METRICS.REQUESTS] = 1;
  if (status >= 400 || outcome !== 'ok') addTrouble(values, status, outcome);
  if (trace.failovers > 0) values[METRICS.FAILOVERS] = trace.failovers;
  if (trace.priceSource === 'ceiling') values[METRICS.PRICE_UNKNOWN] = 1;
  if (trace.usageAnomaly) values[METRICS.USAGE_ANOMALY] = 1;
  if (trace.guardVerdict !== undefined) {
    values[METRICS.GUARD_CHECKED] = 1;
    const verdict = GUARD_VERDICTS[trace.guardVerdict];
    if (verdict !== undefined) values[verdict] = 1;
  }
  if (outcome === 'guardrail_unavailable' || trace.guardVerdict === 'failed') values[METRICS.GUARD_UNAVAILABLE] = 1;
  if (trace.openReservations > 0) values[METRICS.RESERVATIONS_OPEN] = trace.openReservations;
  for (const { name, metric, measure } of AMOUNTS) {
    const found = trace[name];
    const value = found === undefined ? 0 : measure(found as never);
    if (value > 0) values[metric] = value;
  }
  if (usage !== undefined) addUsage(values, trace, usage);
  return values;
}

function addTrouble(values: Values, status: number, outcome: string): void {
  const isOfCaller = outcome === LEFT['hang-up'] || outcome === LEFT.deadline;
  if (!isOfCaller && (status >= 500 || status < 400)) values[METRICS.ERRORS] = 1;
  if (status >= 400 && status < 500) values[METRICS.REJECTED] = 1;
  if (status === 401) values[METRICS.AUTH_FAILURES] = 1;
  if (outcome === 'insufficient_quota') values[METRICS.BUDGET_REFUSED] = 1;
  else if (status === 429) values[METRICS.RATE_LIMITED] = 1;
  if (outcome === 'misconfigured' || outcome === 'provider_misconfigured') values[METRICS.MISCONFIGURED] = 1;
}

function addUsage(values: Values, trace: Trace, usage: Usage): void {
  for (const { name, metric } of TOKENS) {
    const tokens = usage[name] as number | undefined;
    if (tokens !== undefined && tokens > 0) values[metric] = tokens;
  }
  if ((usage.cacheReadInputTokens ?? 0) > 0) values[METRICS.CACHE_HITS] = 1;
  const rate = tokensPerSecond(trace, usage);
  if (rate > 0) values[METRICS.TOKENS_PER_SECOND] = rate;
}

/** What is counted of one attempt, into these values. @returns how it failed */
export function addAttemptMeasures(values: Values, attempt: AttemptRecord): AttemptFault | undefined {
  const fault = attemptFault(attempt.outcome);
  values[METRICS.ATTEMPTS] = 1;
  if (fault === 'refused') values[METRICS.ATTEMPT_REFUSALS] = 1;
  else if (fault !== undefined && fault !== 'left') values[METRICS.ATTEMPT_FAILURES] = 1;
  if (fault === 'credential') values[METRICS.PROVIDER_KEY_BAD] = 1;
  values[METRICS.ATTEMPT_DURATION] = seconds(attempt.durationMs);
  values[METRICS.BREAKER_OPEN] = attempt.rests === true ? 1 : 0;
  return fault;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10_000;
}

/** Of a stream, as its caller saw it. */
function tokensPerSecond({ firstByteMs, endedMs, stream }: Trace, { outputTokens = 0, estimated }: Usage): number {
  const tookMs = endedMs - firstByteMs;
  if (stream !== true || estimated === true || firstByteMs === 0 || tookMs < SHORTEST_STREAM_MS) return 0;
  return Math.round((outputTokens * 10_000) / tookMs) / 10;
}

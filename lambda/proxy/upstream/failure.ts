import { GatewayError } from '../../platform/error';
import type { ErrorCode } from '../../platform/error-catalogue';
import { TransportError, type TransportFailure } from '../../platform/http';
import type { Usage } from '../../wire/model';
import { FailedGeneration } from '../../wire/protocols';
import { LEFT } from '../relay/departure';

/** Why one attempt did not answer, and what may be done about it. */
export interface AttemptFailure {
  readonly error: GatewayError;
  /** Another target may succeed. */
  readonly failover: boolean;
  /** The same target may succeed a moment later. */
  readonly retrySame: boolean;
  /** The provider may bill what it was sent, so no other call may go to the same account blindly. */
  readonly mayBeBilled: boolean;
  /** What the provider had reported before its answer was cut. */
  readonly usage?: Usage;
  /** How long the target is to be left alone; 0: it counts as a failure of the target. Absent: says nothing about it. */
  readonly coolMs?: number;
}

const MESSAGES: Readonly<Record<TransportFailure, readonly [code: ErrorCode, message: string]>> = {
  dns: ['upstream_unreachable', "The provider's host cannot be found."],
  connect: ['upstream_unreachable', 'The provider does not accept connections.'],
  tls: ['upstream_tls', 'No secure connection to the provider could be made.'],
  egress_denied: ['egress_denied', "The provider's address may not be called."],
  timeout: ['upstream_timeout', 'The provider did not answer in time.'],
  reset: ['upstream_reset', 'The provider broke the connection.'],
  aborted: ['client_closed_request', 'The caller closed the connection.'],
  protocol: ['upstream_invalid_response', 'The provider did not answer in HTTP.'],
};

/** The deadline that the caller set has passed. Not to be tried again by itself: each try is charged, and meets the same deadline. */
export function callerTimeout(code: ErrorCode = 'upstream_timeout'): GatewayError {
  return new GatewayError({
    code,
    message: 'The call took longer than x-gateway-timeout-ms allows. What the provider still does of it is charged.',
    retryable: false,
  });
}

/** Failures that say nothing reached the provider, or nothing it could work on. */
const REPEATABLE: ReadonlySet<TransportFailure> = new Set(['dns', 'connect', 'reset']);

/** An attempt that has no answer. Rethrows what is not the network's. */
export function transportFailure(error: unknown): AttemptFailure {
  if (!(error instanceof TransportError)) throw error;
  const [code, message] = MESSAGES[error.failure];
  return {
    error: new GatewayError({ code, message, cause: error }),
    failover: error.failure !== 'aborted',
    retrySame: REPEATABLE.has(error.failure) && !error.sent,
    mayBeBilled: error.sent,
    ...(error.failure === 'aborted' ? {} : { coolMs: 0 }),
  };
}

/** The caller's patience ended before there was a connection: nothing was sent, and nothing was learnt. */
export function notAwaited(): AttemptFailure {
  return { error: callerTimeout(LEFT.deadline), failover: false, retrySame: false, mayBeBilled: false };
}

/** An answer that is none: a redirect, an encoding nobody asked for, a page of HTML. */
export function unusableAnswer(code: ErrorCode, message: string): AttemptFailure {
  return { error: new GatewayError({ code, message }), failover: true, retrySame: false, mayBeBilled: false, coolMs: 0 };
}

const LIMITED_MS = 5_000;
const QUOTA_MS = 60_000;
/** A provider that asks for a longer wait is not tried again for the same call. */
const LONGEST_WAIT_MS = 2_000;
const TRANSIENT: ReadonlySet<number> = new Set([500, 502, 503, 504, 529]);

/** An error that the provider itself gave, before anything of an answer. */
export function providerFailure(error: GatewayError, failover: boolean, providerStatus: number): AttemptFailure {
  const limited = error.status === 429;
  const quota = error.code === 'upstream_quota';
  const refused = error.code === 'upstream_auth';
  return {
    error,
    failover,
    retrySame: error.retryable && !limited && TRANSIENT.has(providerStatus) && (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS,
    mayBeBilled: false,
    ...(quota ? { coolMs: QUOTA_MS } : {}),
    ...(limited ? { coolMs: error.retryAfterMs ?? LIMITED_MS } : {}),
    ...(!quota && !limited && (error.status >= 500 || refused) ? { coolMs: error.retryAfterMs ?? 0 } : {}),
  };
}

/** Answers that were begun, so they may be billed, and are of no use. */
const CUT: ReadonlySet<ErrorCode> = new Set(['upstream_incomplete', 'upstream_timeout', 'event_too_large', 'upstream_too_large']);

/** A stream that failed before it said anything. */
export function streamFailure(error: GatewayError): AttemptFailure {
  if (error instanceof FailedGeneration) {
    const usage = error.usage === undefined ? {} : { usage: error.usage };
    return { error, failover: true, retrySame: false, mayBeBilled: true, ...usage };
  }
  const cut = CUT.has(error.code);
  const failure = providerFailure(error, error.status >= 500 || error.status === 429, cut ? 0 : error.status);
  return { ...failure, mayBeBilled: cut };
}

/** Every target refused the call for good, and they differ in why. */
export function allTargetsRefused(): GatewayError {
  return new GatewayError({
    code: 'all_targets_refused',
    message: "No provider of this model takes the call, each for a reason of its own; the request's usage record names them.",
  });
}

/** Every target failed or is being left alone. */
export function allTargetsFailed(retryAfterMs: number, limited: boolean): GatewayError {
  return limited
    ? new GatewayError({
        code: 'rate_limit_exceeded',
        message: "The providers' rate limits are reached; try again later.",
        retryAfterMs,
      })
    : new GatewayError({
        code: 'all_targets_failed',
        message: 'No provider of this model answers just now; try again later.',
        retryAfterMs,
      });
}

import type { Target } from '../core/config/models';
import type { Reservation } from '../core/ledger/admission';
import { GatewayError } from '../core/model/error';
import type { Usage } from '../core/model/usage';
import { formatUsd } from '../core/pricing/money';
import type { BoundedCall } from './bound';
import type { RoutedCall } from './call';
import type { Delivery } from './delivery';
import { type AttemptFailure, allTargetsFailed } from './failure';
import type { Gateway } from './gateway';
import { Itinerary, type Place, placesOf } from './places';
import { prepare } from './send';
import { lostAttempt } from './settle';
import type { Trace } from './trace';
import { type Answer, tryPlace } from './try-place';

/** What the attempts of one call share. */
export interface AttemptContext {
  readonly call: RoutedCall;
  readonly bounded: BoundedCall;
  readonly reservation: Reservation;
  readonly delivery: Delivery;
  readonly trace: Trace;
  /** Cap to write in place of the caller's, in tokens; undefined leaves it as it is. */
  readonly outputCap: number | undefined;
  /** Characters of output after which a stream is a runaway. */
  readonly maxOutputCharacters: number;
  /** Monotonic end of everything. */
  readonly totalAtMs: number;
  /** Aborted when the caller is known to have gone. */
  readonly signal: AbortSignal;
}

/** No target answered. */
export class AttemptsFailedError extends Error {
  public constructor(public readonly error: GatewayError) {
    super(error.message, { cause: error });
    this.name = 'AttemptsFailedError';
  }
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Calls the targets in order until one answers. Another one only while nothing of an answer has been sent to the caller.
 *
 * @throws AttemptsFailedError when none does
 */
export async function attempt(gateway: Gateway, context: AttemptContext): Promise<Answer> {
  const { call, trace, signal } = context;
  const itinerary = new Itinerary(placesOf(call.targets), gateway.cooldowns);
  let last: AttemptFailure | undefined;
  let retries = 0;
  let givenUp = false;

  gateway.attemptBudget.deposit();
  for (let step = itinerary.next(); step !== undefined; step = itinerary.next()) {
    if (last !== undefined && !gateway.attemptBudget.withdraw()) {
      givenUp = true;
      break;
    }
    if (step.again) {
      const pauseMs = gateway.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries);
      retries += 1;
      if (gateway.clock.monotonic() + pauseMs >= context.totalAtMs) break;
      await pause(pauseMs, signal);
    } else if (last !== undefined) trace.failovers += 1;
    const result = await attemptOnce(gateway, context, step.place);
    if (result === TOO_LATE) break;
    if ('answer' in result) return result.answer;
    last = result.failure;
    itinerary.note(step.place, last);
    if (!last.failover || signal.aborted || gateway.clock.monotonic() >= context.totalAtMs) break;
  }
  throw new AttemptsFailedError(givenUp ? allTargetsFailed(itinerary.cooling().retryAfterMs, false) : finalError(last, itinerary, trace));
}

/** The reservation may be taken for dead before an answer ends, so nothing more may be sent on it. */
const TOO_LATE = 'too-late';

type OneAttempt = { readonly answer: Answer } | { readonly failure: AttemptFailure } | typeof TOO_LATE;

async function attemptOnce(gateway: Gateway, context: AttemptContext, place: Place): Promise<OneAttempt> {
  const first = await attemptWith(gateway, context, place, false);
  // The credential may have been rotated: one try with the one of now.
  const rotated =
    first !== TOO_LATE &&
    'failure' in first &&
    first.failure.error.code === 'upstream_auth' &&
    place.target.provider.secretArn !== undefined &&
    !context.signal.aborted;
  return rotated ? attemptWith(gateway, context, place, true) : first;
}

async function attemptWith(gateway: Gateway, context: AttemptContext, place: Place, freshCredential: boolean): Promise<OneAttempt> {
  const { call, bounded, trace, reservation, outputCap } = context;
  const { target, site, key } = place;
  const startedMs = gateway.clock.monotonic();
  let sent = false;
  const record = (outcome: string, status: number | undefined, mayBeBilled = false, usage?: Usage): void => {
    const lost = mayBeBilled && call.operation !== 'count-tokens' ? lostAttempt(bounded, target, usage) : undefined;
    if (lost !== undefined) trace.lost.push(lost);
    trace.attempts.push({
      provider: target.provider.id,
      model: target.model,
      region: site.region,
      status,
      outcome,
      durationMs: Math.round(gateway.clock.monotonic() - startedMs),
      ...(lost === undefined ? {} : { estimatedCostUsd: formatUsd(lost.costNanoUsd) }),
    });
  };
  try {
    const prepared = await prepare(gateway, call, target, site, outputCap, mostOutputOf(bounded, target), freshCredential);
    if (!isSendable(reservation)) return TOO_LATE;
    sent = true;
    if (trace.firstSendMs === 0) trace.firstSendMs = gateway.clock.monotonic();
    trace.provider = target.provider.id;
    trace.requestModel = target.model;
    trace.dropped = prepared.dropped;
    const result = await tryPlace(gateway, context, prepared);
    if ('answer' in result) {
      record(result.answer.error?.code ?? 'ok', result.status);
      gateway.cooldowns.note(key, result.answer.error === undefined ? { kind: 'good' } : { kind: 'failed' });
      return result;
    }
    const { failure } = result;
    record(failure.error.code, result.status, failure.mayBeBilled, failure.usage);
    if (failure.coolMs !== undefined) {
      gateway.cooldowns.note(key, failure.coolMs > 0 ? { kind: 'limited', forMs: failure.coolMs } : { kind: 'failed' });
    } else if (result.status !== undefined && result.status < 500) gateway.cooldowns.note(key, { kind: 'good' });
    return result;
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : 'internal_error';
    record(code, undefined, sent);
    if (!(error instanceof GatewayError)) throw error;
    // What one target cannot say, or has no credential for, another may.
    return { failure: { error, failover: true, retrySame: false, mayBeBilled: sent } };
  }
}

/** A window holds the prompt as well, so no answer is longer. */
function mostOutputOf({ prices }: BoundedCall, { name }: Target): number | undefined {
  const price = prices.get(name);
  return price?.maxOutputTokens ?? price?.contextWindow;
}

function isSendable(reservation: Reservation): boolean {
  try {
    reservation.assertSendable();
    return true;
  } catch {
    return false;
  }
}

/** The caller hears the provider's own failure when there was one place to ask, else that all of them failed. */
function finalError(last: AttemptFailure | undefined, itinerary: Itinerary, trace: Trace): GatewayError {
  const { retryAfterMs, limited } = itinerary.cooling();
  if (last === undefined) return allTargetsFailed(retryAfterMs, limited);
  const places = new Set(trace.attempts.map(({ provider, model, region }) => `${provider}/${model}@${region ?? ''}`));
  const unreachable = last.error.code === 'upstream_unreachable';
  if (!last.failover || last.error.status < 429 || (places.size <= 1 && !unreachable)) return last.error;
  return allTargetsFailed(last.error.retryAfterMs ?? retryAfterMs, last.error.status === 429 && limited);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      done();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish, { once: true });
  });
}

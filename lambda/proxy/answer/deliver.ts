import type { Reservation } from '../../money/ledger';
import type { GatewayError } from '../../platform/error';
import type { Consumed } from '../after/estimate';
import { settle, settleLost } from '../after/settle';
import type { Trace } from '../after/trace';
import { type BoundedCall, runawayCharacters } from '../before/bound';
import type { Gateway } from '../gateway';
import { Delivery } from '../relay/delivery';
import { Departure, LEFT, type Leaving } from '../relay/departure';
import { AttemptsFailedError, attempt } from '../upstream/attempt';
import type { AttemptContext } from '../upstream/attempt-context';
import { callerTimeout } from '../upstream/failure';
import type { Answer } from '../upstream/try-place';
import { gatewayHeaders, sendError, visibleError } from './answers';
import { estimatedCount } from './count-tokens';
import { usageNotice } from './usage-notice';

/** Status of a call whose caller was not there to get one. */
const CLOSED = 499;
/** Keeps a silent JSON answer alive: white space may stand before any JSON. */
const JSON_HEARTBEAT = ' ';

/** Carries an admitted call to a provider and its answer back, then settles. The caller has its whole answer before the settlement. */
export async function deliver(gateway: Gateway, bounded: BoundedCall, reservation: Reservation, trace: Trace): Promise<void> {
  const context = contextOf(gateway, bounded, reservation, trace);
  let answer: Answer | undefined;
  try {
    answer = await attempt(gateway, context);
    finish(gateway, context, answer);
  } catch (error) {
    context.departure.end();
    context.delivery.abandon();
    if (error instanceof AttemptsFailedError) return fail(gateway, bounded, context, error);
    if (context.departure.how === undefined) {
      trace.outcome = visibleError(error).code;
      tellFailure(context, visibleError(error));
    }
    // A fault of our own must not keep the money.
    if (answer === undefined) await settleLost(gateway, bounded, reservation, trace);
    else await settle(gateway, bounded, reservation, trace, consumedOf(gateway, answer, context));
    throw error;
  }
  await settle(gateway, bounded, reservation, trace, consumedOf(gateway, answer, context));
}

function contextOf(gateway: Gateway, bounded: BoundedCall, reservation: Reservation, trace: Trace): AttemptContext {
  const { call } = bounded;
  const { deadlines } = call.configuration.document;
  const { arrivedMs, deadlineMs } = call.exchange;
  const totalAtMs = Math.min(arrivedMs + deadlines.totalMs, deadlineMs);
  const patienceEndMs = arrivedMs + (call.options.timeoutMs ?? Number.POSITIVE_INFINITY);
  const departure = new Departure({
    clock: gateway.clock,
    ticker: gateway.ticker,
    hungUp: call.exchange.signal,
    deadlineMs: patienceEndMs < totalAtMs ? patienceEndMs : Number.POSITIVE_INFINITY,
    onLeave: (how) => partWith(gateway, context, how),
  });
  const delivery = new Delivery({
    exchange: call.exchange,
    ticker: gateway.ticker,
    stream: call.facts.stream,
    headers: (headers) =>
      Object.assign(
        gatewayHeaders(call, reservation, trace, headers),
        usageNotice(call.dialect.name, reservation.budget, bounded.bound.costNanoUsd),
      ),
    heartbeat: call.facts.stream ? call.dialect.heartbeat : JSON_HEARTBEAT,
    commitMs: call.facts.stream ? deadlines.streamCommitMs : deadlines.jsonCommitMs,
    heartbeatMs: deadlines.heartbeatMs,
    onGone: () => departure.leave('hang-up'),
  });
  const context: AttemptContext = {
    call,
    bounded,
    reservation,
    delivery,
    trace,
    outputCap: bounded.outputCap,
    maxOutputCharacters: runawayCharacters(bounded),
    totalAtMs,
    departure,
  };
  return context;
}

/** The caller leaves: one whose own deadline has passed is told so now, whatever becomes of the call. */
function partWith(gateway: Gateway, context: AttemptContext, how: Leaving): void {
  const { delivery, trace } = context;
  if (how === 'deadline') tellFailure(context, callerTimeout());
  else trace.status = delivery.committed ? 200 : CLOSED;
  delivery.leave();
  trace.outcome = LEFT[how];
  trace.incomplete ||= delivery.committed;
  trace.firstByteMs = delivery.firstByteMs;
  trace.endedMs = gateway.clock.monotonic();
}

/** Ends the answer: a whole one is sent, a stream that broke off gets its terminal error. */
function finish(gateway: Gateway, { call, delivery, trace, reservation, departure }: AttemptContext, answer: Answer): void {
  departure.end();
  trace.responseModel = answer.responseModel;
  trace.finishReason = answer.finishReason;
  trace.malformedEvents = answer.malformed;
  // Who left was told already, if that could be.
  if (departure.how !== undefined) return;
  trace.status = 200;
  if (answer.whole !== undefined) delivery.endWith(200, answer.whole.headers, answer.whole.body);
  if (answer.error !== undefined) {
    trace.outcome = answer.error.code;
    trace.incomplete = true;
    delivery.content(answer.terminal ?? call.dialect.encodeStreamError(answer.error, reservation.attemptId));
    delivery.end();
  }
  trace.firstByteMs = delivery.firstByteMs;
  trace.endedMs = gateway.clock.monotonic();
}

function consumedOf(
  { clock }: Gateway,
  { usage, writtenTokens, firstTextMs, error }: Answer,
  { departure, trace }: AttemptContext,
): Consumed {
  const sinceSendMs = clock.monotonic() - trace.lastSendMs;
  const writingMs = departure.how === undefined ? 0 : sinceSendMs;
  const silentMs = firstTextMs === 0 ? sinceSendMs : firstTextMs - trace.lastSendMs;
  return { usage, writtenTokens, complete: error === undefined, writingMs, silentMs };
}

/** No provider answered: tells the caller, in whatever form is still open, and gives back or settles the money. */
async function fail(gateway: Gateway, bounded: BoundedCall, context: AttemptContext, failed: AttemptsFailedError): Promise<void> {
  const { call, delivery, trace, reservation, departure } = context;
  const { error } = failed;
  if (departure.how !== undefined) return settleLost(gateway, bounded, reservation, trace);
  if (call.operation === 'count-tokens' && error.code === 'operation_not_supported') {
    trace.status = 200;
    delivery.endWith(200, { 'content-type': 'application/json' }, estimatedCount(call));
  } else {
    trace.outcome = error.code;
    tellFailure(context, error);
  }
  trace.endedMs = gateway.clock.monotonic();
  await settleLost(gateway, bounded, reservation, trace);
}

function tellFailure({ call, delivery, trace, reservation }: AttemptContext, error: GatewayError): void {
  if (!delivery.committed) return sendError(call.exchange, trace, call.dialect, error, gatewayHeaders(call, reservation, trace));
  trace.status = 200;
  trace.incomplete = true;
  if (call.facts.stream) {
    delivery.content(delivery.farewell?.(error) ?? call.dialect.encodeStreamError(error, trace.requestId));
    delivery.end();
  } else delivery.endWith(200, {}, Buffer.from(JSON.stringify(call.dialect.encodeError(error, trace.requestId))));
}

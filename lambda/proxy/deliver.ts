import type { Reservation } from '../core/ledger/admission';
import type { GatewayError } from '../core/model/error';
import { gatewayHeaders, sendError, visibleError } from './answers';
import { type AttemptContext, AttemptsFailedError, attempt } from './attempt';
import { type BoundedCall, runawayCharacters } from './bound';
import { estimatedCount } from './count-tokens';
import { Delivery } from './delivery';
import type { Gateway } from './gateway';
import { type Consumed, settle, settleLost } from './settle';
import type { Trace } from './trace';
import type { Answer } from './try-place';
import { usageNotice } from './usage-notice';

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
    context.delivery.abandon();
    if (error instanceof AttemptsFailedError) return fail(gateway, bounded, context, error);
    trace.outcome = visibleError(error).code;
    tellFailure(context, visibleError(error));
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
  });
  return {
    call,
    bounded,
    reservation,
    delivery,
    trace,
    outputCap: bounded.outputCap,
    maxOutputCharacters: runawayCharacters(bounded),
    totalAtMs: Math.min(
      call.exchange.arrivedMs + Math.min(deadlines.totalMs, call.options.timeoutMs ?? deadlines.totalMs),
      call.exchange.deadlineMs,
    ),
    signal: call.exchange.signal,
  };
}

/** Ends the answer: a whole one is sent, a stream that broke off gets its terminal error. */
function finish(gateway: Gateway, { call, delivery, trace, reservation }: AttemptContext, answer: Answer): void {
  trace.status = 200;
  trace.responseModel = answer.responseModel;
  trace.finishReason = answer.finishReason;
  trace.malformedEvents = answer.malformed;
  if (answer.whole !== undefined) delivery.endWith(200, answer.whole.headers, answer.whole.body);
  if (answer.error !== undefined) {
    trace.outcome = answer.clientGone ? 'client_closed_request' : answer.error.code;
    trace.incomplete = true;
    if (!answer.clientGone) delivery.content(answer.terminal ?? call.dialect.encodeStreamError(answer.error, reservation.attemptId));
    delivery.end();
  }
  trace.firstByteMs = delivery.firstByteMs;
  trace.endedMs = gateway.clock.monotonic();
}

function consumedOf({ clock }: Gateway, { usage, outputCharacters, error }: Answer, { call }: AttemptContext): Consumed {
  const { timeoutMs = Number.POSITIVE_INFINITY } = call.options;
  const cutByCaller = error !== undefined && clock.monotonic() - call.exchange.arrivedMs >= timeoutMs;
  return { usage, outputCharacters, complete: error === undefined, cutByCaller };
}

/** No provider answered: tells the caller, in whatever form is still open, and gives back or settles the money. */
async function fail(gateway: Gateway, bounded: BoundedCall, context: AttemptContext, failed: AttemptsFailedError): Promise<void> {
  const { call, delivery, trace, reservation } = context;
  const { error } = failed;
  if (call.operation === 'count-tokens' && error.code === 'operation_not_supported') {
    trace.status = 200;
    delivery.endWith(200, { 'content-type': 'application/json' }, estimatedCount(call));
  } else {
    trace.outcome = call.exchange.signal.aborted ? 'client_closed_request' : error.code;
    tellFailure(context, error);
  }
  trace.endedMs = gateway.clock.monotonic();
  await settleLost(gateway, bounded, reservation, trace);
}

function tellFailure({ call, delivery, trace, reservation }: AttemptContext, error: GatewayError): void {
  trace.status = call.dialect.errorStatus(error);
  if (!delivery.committed) return sendError(call.exchange, trace, call.dialect, error, gatewayHeaders(call, reservation, trace));
  trace.status = 200;
  trace.incomplete = true;
  if (call.facts.stream) {
    delivery.content(call.dialect.encodeStreamError(error, trace.requestId));
    delivery.end();
  } else delivery.endWith(200, {}, Buffer.from(JSON.stringify(call.dialect.encodeError(error, trace.requestId))));
}

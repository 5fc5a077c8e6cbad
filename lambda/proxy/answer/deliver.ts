import type { CallGuard } from '../../guardrails';
import type { Reservation } from '../../money/ledger';
import type { GatewayError } from '../../platform/error';
import { giveWay } from '../../platform/runtime';
import type { Consumed } from '../after/estimate';
import { settle, settleLost } from '../after/settle';
import type { Trace } from '../after/trace';
import { runawayCharacters } from '../before/bound';
import type { BoundedCall, RoutedCall } from '../before/call';
import type { Gateway } from '../gateway';
import { askManagedGuards } from '../guarding/managed-prompt';
import { Delivery, type DeliveryOptions } from '../relay/delivery';
import { Departure, LEFT, type Leaving } from '../relay/departure';
import { callerTimeout } from '../upstream/failure';
import { gatewayHeaders, visibleError } from './answers';
import { budgetNotice } from './budget-notice';
import { tellFailure } from './refused';
import { answerSink } from './sink';
import { type AdmittedCall, type Answer, type AnswerSink, UnansweredError } from './source';

/** Status of a call whose caller was not there to get one. */
const CLOSED = 499;
/** Keeps a silent JSON answer alive: white space may stand before any JSON. */
const JSON_HEARTBEAT = ' ';

/** Has an admitted call answered, then settles. The caller has its whole answer before the settlement. */
export async function deliver(gateway: Gateway, bounded: BoundedCall, reservation: Reservation, trace: Trace): Promise<void> {
  const { call, delivery } = open(gateway, bounded, reservation, trace);
  let answer: Answer | undefined;
  try {
    answer = await firstAnswer(gateway, call, answerSink(gateway, call, delivery));
    finish(gateway, call, delivery, answer);
  } catch (error) {
    call.departure.end();
    delivery.abandon();
    if (error instanceof UnansweredError) return fail(gateway, call, delivery, error);
    if (call.departure.how === undefined) {
      trace.outcome = visibleError(error).shownCode;
      tellFailure(call, delivery, visibleError(error));
    }
    // A fault of our own must not keep the money.
    await settleAnswer(gateway, call, answer);
    throw error;
  }
  await settleAnswer(gateway, call, answer);
}

/** Asks the sources in order until one answers. */
async function firstAnswer(gateway: Gateway, call: AdmittedCall, sink: AnswerSink): Promise<Answer> {
  const { guard, operation } = call.call;
  if (guard !== undefined && !operation.answeredByGuards) {
    if (guard.refusal === undefined) await askManagedGuards(gateway, call);
    if (guard.refusal !== undefined) throw new UnansweredError(guard.refusal);
  }
  let reason: GatewayError | undefined;
  for (const source of gateway.sources) {
    const given = source.answer(call, sink);
    const answer = given instanceof Promise ? await given : given;
    if (!('declined' in answer)) return answer;
    reason = answer.declined ?? reason;
  }
  throw new UnansweredError(reason ?? visibleError(undefined));
}

/** Many callers may hang up at once: the providers of all are freed before any of them is settled. */
async function settleAnswer(gateway: Gateway, call: AdmittedCall, answer: Answer | undefined): Promise<void> {
  const { bounded, reservation, trace, departure } = call;
  if (call.call.guard !== undefined) noteGuard(trace, call.call.guard);
  if (departure.how === 'hang-up') await giveWay();
  if (answer?.billed !== true) await settleLost(gateway, bounded, reservation, trace);
  else await settle(gateway, bounded, reservation, trace, consumedOf(gateway, answer, call));
  trace.costNanoUsd += trace.decidedNanoUsd;
}

function noteGuard(trace: Trace, guard: CallGuard): void {
  trace.guardrails = guard.verdicts;
  trace.guardVerdict = guard.verdict;
  trace.guardedCharacters = guard.checkedCharacters;
  trace.guardMs = guard.tookMs;
}

interface OpenCall {
  readonly call: AdmittedCall;
  readonly delivery: Delivery;
}

function open(gateway: Gateway, bounded: BoundedCall, reservation: Reservation, trace: Trace): OpenCall {
  const { call } = bounded;
  const { deadlines } = call.configuration.document;
  const { arrivedMs, deadlineMs } = call.exchange;
  const totalAtMs = Math.min(arrivedMs + deadlines.totalMs, deadlineMs);
  const patienceEndMs = arrivedMs + (call.options.timeoutMs ?? Number.POSITIVE_INFINITY);
  const departure = new Departure({
    clock: gateway.clock,
    ticker: gateway.ticker,
    wanted: call.exchange.wanted,
    readsOn: call.exchange.readsOn,
    deadlineMs: patienceEndMs < totalAtMs ? patienceEndMs : Number.POSITIVE_INFINITY,
    onLeave: (how) => partWith(gateway, admitted, delivery, how),
  });
  const alive = keptAlive(call);
  const delivery = new Delivery({
    exchange: call.exchange,
    ticker: gateway.ticker,
    kind: call.answer,
    headers: (headers) =>
      Object.assign(
        gatewayHeaders(call, admitted.reservation, trace, headers),
        budgetNotice(call.dialect, admitted.reservation.budget, admitted.bounded.bound.costNanoUsd),
      ),
    heartbeat: alive.heartbeat,
    commitMs: alive.commitMs,
    heartbeatMs: alive.heartbeatMs,
    onGone: () => departure.leave('hang-up'),
  });
  const admitted: AdmittedCall = {
    call,
    bounded,
    reservation,
    trace,
    maxOutputCharacters: runawayCharacters(bounded),
    totalAtMs,
    departure,
  };
  return { call: admitted, delivery };
}

/** How a silent call is kept alive, by what its answer comes as. Nothing may stand before or between bytes. */
function keptAlive({ answer, dialect, configuration }: RoutedCall): Pick<DeliveryOptions, 'heartbeat' | 'commitMs' | 'heartbeatMs'> {
  const { streamCommitMs, jsonCommitMs, heartbeatMs } = configuration.document.deadlines;
  switch (answer) {
    case 'sse':
      return { heartbeat: dialect.heartbeat, commitMs: streamCommitMs, heartbeatMs };
    case 'json':
      return { heartbeat: JSON_HEARTBEAT, commitMs: jsonCommitMs, heartbeatMs };
    case 'bytes':
      return { heartbeat: '', commitMs: Number.POSITIVE_INFINITY, heartbeatMs: Number.POSITIVE_INFINITY };
  }
}

/** The caller leaves: one whose own deadline has passed is told so now, whatever becomes of the call. */
function partWith(gateway: Gateway, call: AdmittedCall, delivery: Delivery, how: Leaving): void {
  const { trace } = call;
  if (how === 'deadline') tellFailure(call, delivery, callerTimeout());
  else trace.status = delivery.committed ? 200 : CLOSED;
  delivery.leave();
  trace.outcome = LEFT[how];
  trace.incomplete ||= delivery.committed;
  trace.firstByteMs = delivery.firstByteMs;
  trace.endedMs = gateway.clock.monotonic();
}

/** Ends the answer: a whole one is sent, one that broke off gets its error. */
function finish(gateway: Gateway, admitted: AdmittedCall, delivery: Delivery, answer: Answer): void {
  const { trace, departure } = admitted;
  departure.end();
  trace.responseModel = answer.responseModel;
  trace.finishReason = answer.finishReason;
  trace.malformedEvents = answer.malformed;
  // Who left was told already, if that could be.
  if (departure.how !== undefined) return;
  trace.status = 200;
  if (answer.whole !== undefined) delivery.endWith(200, answer.whole.headers, answer.whole.body);
  if (answer.error !== undefined) {
    trace.outcome = answer.error.shownCode;
    delivery.abandon();
    tellFailure(admitted, delivery, answer.error, answer.terminal);
  }
  trace.firstByteMs = delivery.firstByteMs;
  trace.endedMs = gateway.clock.monotonic();
}

function consumedOf(
  { clock }: Gateway,
  { usage, writtenTokens, firstTextMs, error, endedByStage }: Answer,
  { departure, trace }: AdmittedCall,
): Consumed {
  const sinceSendMs = clock.monotonic() - trace.lastSendMs;
  const writingMs = departure.how === undefined ? 0 : sinceSendMs;
  const silentMs = firstTextMs === 0 ? sinceSendMs : firstTextMs - trace.lastSendMs;
  return { usage, writtenTokens, complete: endedByStage?.complete ?? error === undefined, writingMs, silentMs };
}

/** Nobody answered: tells the caller, in whatever form is still open, and gives back or settles the money. */
async function fail(gateway: Gateway, call: AdmittedCall, delivery: Delivery, { error }: UnansweredError): Promise<void> {
  const { trace, departure } = call;
  if (departure.how === undefined) {
    trace.outcome = error.shownCode;
    tellFailure(call, delivery, error);
    trace.endedMs = gateway.clock.monotonic();
  }
  await settleAnswer(gateway, call, undefined);
}

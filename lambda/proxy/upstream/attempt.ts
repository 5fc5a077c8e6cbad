import type { Reservation } from '../../money/ledger';
import { formatUsd } from '../../money/pricing';
import type { AttemptRecord } from '../../money/record';
import { GatewayError } from '../../platform/error';
import { type Place, placesOf, type Target, type Visit } from '../../routing';
import { FailedGeneration } from '../../wire/protocols';
import { lostAttempt } from '../after/settle';
import type { LostAttempt } from '../after/trace';
import { visibleError } from '../answer/answers';
import { type AdmittedCall, type Answer, UnansweredError } from '../answer/source';
import { isBilled } from '../before/bound';
import type { RoutedCall } from '../before/call';
import { furtherTargets } from '../choosing/further';
import { routeOrder } from '../choosing/order';
import { routeReason } from '../choosing/route-reason';
import type { Gateway } from '../gateway';
import type { Delivery } from '../relay/delivery';
import { LEFT } from '../relay/departure';
import { newSpanId, traceparentOf } from '../telemetry/trace-context';
import { coverNext } from './cover-next';
import type { AttemptFailure } from './failure';
import { finalError } from './final-error';
import { Itinerary } from './places';
import { prepare } from './send';
import { usualPatienceMs } from './silence';
import { tryPlace } from './try-place';
import { faultOf, verdictOf } from './verdict';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const BYTES_PER_TOKEN = 4;

/**
 * Calls the targets in order until one answers. Another one only while nothing of an answer has been sent to the caller.
 *
 * @throws UnansweredError when none does
 */
export async function attempt(gateway: Gateway, context: AdmittedCall, delivery: Delivery): Promise<Answer> {
  const { call, bounded, trace, departure } = context;
  const order = routeOrder(gateway, bounded);
  let itinerary = new Itinerary(placesOf(order.targets), gateway.health, gateway.attemptBudget, tokensOf(call));
  const asked: Target[] = [];
  let last: AttemptFailure | undefined;
  let retries = 0;

  for (let step = itinerary.next(); step !== undefined; step = itinerary.next()) {
    if (step.again) {
      const backoffMs = gateway.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries);
      const pauseMs = Math.max(backoffMs, Math.min(last?.error.retryAfterMs ?? 0, LONGEST_PAUSE_MS));
      retries += 1;
      if (gateway.clock.monotonic() + pauseMs >= context.totalAtMs) break;
      await departure.pause(pauseMs);
    } else if (last !== undefined) trace.failovers += 1;
    if (context.trace.lost.length > 0 && !(await coverNext(gateway, context, step.place.target, last?.error))) {
      gateway.health.giveBack(step.place.key, gateway.clock.monotonic());
      break;
    }
    if (call.resolution.chooses || call.resolution.instead)
      trace.routeReason = routeReason(call, order, step.place.target, last?.error.code);
    const hasOther = itinerary.hasOther(step.place);
    let result = await attemptAt(gateway, context, delivery, step.place, hasOther, false);
    // The credential may have been rotated: one try with the one of now.
    if (isRefusedCredential(result, step.place) && !departure.hasLeft())
      result = await attemptAt(gateway, context, delivery, step.place, hasOther, true);
    if (result === NOT_SENT) break;
    if ('answer' in result) return result.answer;
    asked.push(step.place.target);
    const further = furtherTargets(context.bounded, order.targets, asked, result.failure.error);
    last = further === undefined ? result.failure : { ...result.failure, failover: true };
    itinerary.note(step.place, last);
    if (further !== undefined) itinerary = new Itinerary(placesOf(further), gateway.health, gateway.attemptBudget, tokensOf(call));
    if (!last.failover || departure.hasLeft() || gateway.clock.monotonic() >= context.totalAtMs) break;
  }
  throw new UnansweredError(finalError(last, itinerary));
}

/** Nobody waits for it any more, or the reservation may be taken for dead before an answer ends: nothing more may be sent on it. */
const NOT_SENT = 'not-sent';

type OneAttempt = { readonly answer: Answer } | { readonly failure: AttemptFailure } | typeof NOT_SENT;

function isRefusedCredential(attempted: OneAttempt, { target: { provider } }: Place): boolean {
  if (attempted === NOT_SENT || 'answer' in attempted || provider.secretArn === undefined) return false;
  return attempted.failure.error.code === 'upstream_auth';
}

async function attemptAt(
  gateway: Gateway,
  context: AdmittedCall,
  delivery: Delivery,
  place: Place,
  hasOther: boolean,
  freshCredential: boolean,
): Promise<OneAttempt> {
  const { call, bounded, trace, reservation, departure } = context;
  const { health } = gateway;
  const { target, site, key } = place;
  const startedMs = gateway.clock.monotonic();
  const spanId = trace.context?.spanId === undefined ? undefined : newSpanId();
  let visit: Visit | undefined;
  const record = (outcome: string, status: number | undefined, failure?: Pick<AttemptFailure, 'error' | 'mayBeBilled' | 'usage'>): void => {
    const endedMs = gateway.clock.monotonic();
    const tookMs = endedMs - trace.lastSendMs;
    const loss = { tookMs, writingMs: departure.how === undefined ? 0 : tookMs, complete: failure?.error instanceof FailedGeneration };
    const lost = failure?.mayBeBilled === true && isBilled(call) ? lostAttempt(bounded, target, failure.usage, loss) : undefined;
    if (lost !== undefined) trace.lost.push(lost);
    trace.sending = false;
    if (spanId !== undefined) trace.attemptSpans.push({ id: spanId, startedMs, endedMs });
    trace.attempts.push({
      provider: target.provider.id,
      model: target.model,
      region: site.region,
      status,
      outcome,
      durationMs: Math.round(endedMs - startedMs),
      ...(health.look(key).open ? {} : { rests: true }),
      ...(lost === undefined ? {} : estimatesOf(lost)),
    });
  };
  try {
    const traceparent = trace.context === undefined ? undefined : traceparentOf(trace.context, spanId);
    const prepared = await prepare(gateway, bounded, target, site, freshCredential, traceparent);
    if (!isSendable(reservation) || departure.hasLeft()) {
      health.giveBack(key, startedMs);
      return NOT_SENT;
    }
    visit = health.visit(key, tokensOf(call));
    trace.sending = true;
    trace.lastSendMs = gateway.clock.monotonic();
    if (trace.firstSendMs === 0) trace.firstSendMs = trace.lastSendMs;
    trace.provider = target.provider.id;
    trace.requestModel = target.model;
    trace.dropped = prepared.dropped;
    trace.written = prepared.written;
    const silenceMs = hasOther ? usualPatienceMs(gateway, bounded, place) : Number.POSITIVE_INFINITY;
    const result = await tryPlace(gateway, context, delivery, prepared, visit, silenceMs);
    if ('answer' in result && result.answer.error === undefined) visit.wrote(result.answer.usage?.outputTokens ?? 0);
    visit.end(departure.stopped ? undefined : verdictOf(result));
    const told = health.tell();
    if (told !== undefined) trace.afterwards.push(told);
    const error = faultOf(result);
    const code = error !== undefined && departure.stopped ? LEFT[departure.how ?? 'hang-up'] : (error?.shownCode ?? 'ok');
    if ('answer' in result) record(code, result.status);
    else record(code, result.status, result.failure);
    return result;
  } catch (error) {
    if (visit === undefined) health.giveBack(key, startedMs);
    else visit.end(undefined);
    const shown = visibleError(error);
    // What one target cannot say, or has no credential for, another may.
    const failure: AttemptFailure = { error: shown, failover: true, retrySame: false, mayBeBilled: visit !== undefined };
    record(shown.shownCode, undefined, failure);
    if (!(error instanceof GatewayError)) throw error;
    return { failure };
  }
}

/** About: what a provider's quota has to leave for the call. */
function tokensOf({ document }: RoutedCall): number {
  return Math.ceil(document.mostBytes / BYTES_PER_TOKEN);
}

/** What is charged for an attempt that brought nothing; the list price and the provider's terms where these are not the same. */
function estimatesOf({ charge: { listNanoUsd, billedNanoUsd, costNanoUsd } }: LostAttempt): Partial<AttemptRecord> {
  return {
    estimatedCostUsd: formatUsd(costNanoUsd),
    ...(listNanoUsd === costNanoUsd ? {} : { estimatedListUsd: formatUsd(listNanoUsd) }),
    ...(billedNanoUsd === costNanoUsd ? {} : { estimatedBilledUsd: formatUsd(billedNanoUsd) }),
  };
}

function isSendable(reservation: Reservation): boolean {
  try {
    reservation.assertSendable();
    return true;
  } catch {
    return false;
  }
}

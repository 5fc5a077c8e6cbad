import { GatewayError } from '../../platform/error';
import { attemptId } from '../../platform/runtime';
import type { Target } from '../../routing';
import { settleLost } from '../after/settle';
import type { AdmittedCall } from '../answer/source';
import { admit } from '../before/admit';
import { mostAt, runawayCharacters } from '../before/bound';
import type { BoundedCall, RoutedCall } from '../before/call';
import type { Gateway } from '../gateway';
import { confined } from '../guarding/guard';

/** The caller waits no longer for the record of what was lost; it is written all the same. */
const DECIDING_MS = 1_000;

/**
 * Sees to it that another call of the same request is covered: by what is set aside, where that holds it beside all that earlier ones may
 * be billed. Else these are decided, in a record of their own, and the request is admitted anew, under another id.
 *
 * @param because why the last one brought no answer
 * @returns false when it is not covered: it may not be sent
 */
export async function coverNext(
  gateway: Gateway,
  context: AdmittedCall,
  target: Target,
  because: GatewayError | undefined,
): Promise<boolean> {
  const { trace, bounded, reservation, departure } = context;
  const lostNanoUsd = trace.lost.reduce((sum, { charge }) => sum + charge.costNanoUsd, 0n);
  const most = mostAt(bounded, target);
  if (most === undefined) return false;
  if (lostNanoUsd === 0n || lostNanoUsd + most <= reservation.bound.costNanoUsd) return true;

  await decideLost(gateway, context, because);
  if (departure.hasLeft()) return false;
  try {
    const again = { ...context.call, requestId: attemptId(gateway.clock.now()) };
    const admitted = await admit(gateway, again, (work) => trace.afterwards.push(work), false);
    context.bounded = asGuarded(admitted.bounded, context.call);
    context.reservation = admitted.reservation;
    context.maxOutputCharacters = runawayCharacters(admitted.bounded);
    trace.requestId = admitted.reservation.attemptId;
  } catch (error) {
    // The caller is told why the providers gave no answer: it only cannot be tried again.
    if (error instanceof GatewayError) return false;
    throw error;
  }
  const { call, prices } = context.bounded;
  return call.guard?.refusal === undefined && call.targets.some(({ name }) => name === target.name) && prices.has(target.name);
}

/** What was found in the call holds on: it is not looked for again, and its answer is of the same call. */
function asGuarded(bounded: BoundedCall, { guard }: RoutedCall): BoundedCall {
  if (guard === undefined) return bounded;
  guard.refusal ??= bounded.call.guard?.refusal;
  return { ...bounded, call: confined({ ...bounded.call, guard }, guard) };
}

/** Writes down what was sent so far and what it may cost. Whatever comes next is told in another record. */
async function decideLost(gateway: Gateway, context: AdmittedCall, because: GatewayError | undefined): Promise<void> {
  const { bounded, reservation, trace, departure } = context;
  const { provider, requestModel } = trace;
  trace.outcome = because?.shownCode ?? trace.outcome;
  trace.status = because?.status ?? 0;
  const decided = settleLost(gateway, bounded, reservation, trace);
  trace.decidedNanoUsd += trace.costNanoUsd;
  trace.decidedAttempts = trace.attempts.length;
  trace.lost.length = 0;
  trace.provider = provider;
  trace.requestModel = requestModel;
  trace.outcome = 'ok';
  trace.status = 0;
  trace.usage = undefined;
  trace.costNanoUsd = 0n;
  trace.providerAdjustmentNanoUsd = undefined;
  trace.teamAdjustmentNanoUsd = undefined;
  trace.priceVersion = undefined;
  trace.priceSource = undefined;
  trace.afterwards.push(decided);
  await Promise.race([decided, departure.pause(DECIDING_MS)]);
}

import type { NetworkConfig } from '../../../lib/private/contract';
import type { Outcome, Reservation } from '../../money/ledger';
import {
  type Charge,
  chargeOfUsage,
  implausible,
  mayReasonUnseen,
  NOTHING_CHARGED,
  type Price,
  sumOfCharges,
  tierPercent,
  writtenWithin,
} from '../../money/pricing';
import type { Target } from '../../routing';
import type { Usage } from '../../wire/model';
import { isBilled } from '../before/bound';
import type { BoundedCall, RoutedCall } from '../before/call';
import { askedAt, guardedAt } from '../choosing/parameters';
import type { Gateway } from '../gateway';
import { noteSubjects } from './end-user';
import {
  billedOf,
  billedUnits,
  type Consumed,
  estimatedInput,
  estimatedOutput,
  estimatedTools,
  guardrailUnitsOf,
  mostOutputOf,
} from './estimate';
import { resultOf } from './result';
import { type LostAttempt, type Trace, takeTimes } from './trace';

/** Records what an answered call really cost, with what its lost attempts may. Never throws. */
export function settle(gateway: Gateway, asked: BoundedCall, reservation: Reservation, trace: Trace, consumed: Consumed): Promise<void> {
  const name = `${trace.provider}/${trace.requestModel}`;
  const target = asked.call.targets.find((one) => one.name === name);
  const bounded = askedAt(asked, target);
  const { call, prices } = bounded;
  const price = prices.get(name);
  const guarded = target !== undefined && guardedAt(call, target);
  const report = trustedReport(gateway, bounded, price, trace, consumed.usage, guarded);
  const known = isBilled(call) ? finalUsage(bounded, price, trace.requestModel, { ...consumed, usage: report }) : undefined;
  const usage = known === undefined || !guarded ? known : { ...known, ...guardrailUnitsOf(call, known) };
  const charge = usage === undefined || price === undefined ? NOTHING_CHARGED : chargeOfUsage(price, usage);
  return book(gateway, bounded, reservation, trace, usage, price, charge);
}

/** Charges the lost attempts of a call that no provider answered; gives everything back when there are none. Never throws. */
export function settleLost(gateway: Gateway, bounded: BoundedCall, reservation: Reservation, trace: Trace): Promise<void> {
  const last = trace.lost.at(-1);
  if (last === undefined) return release(gateway, bounded, reservation, trace);
  trace.provider = last.provider;
  trace.requestModel = last.model;
  return book(gateway, bounded, reservation, trace, last.usage, bounded.prices.get(`${last.provider}/${last.model}`), NOTHING_CHARGED);
}

function book(
  gateway: Gateway,
  { call }: BoundedCall,
  reservation: Reservation,
  trace: Trace,
  usage: Usage | undefined,
  price: Price | undefined,
  answer: Charge,
): Promise<void> {
  trace.usage = usage;
  const { listNanoUsd, billedNanoUsd, costNanoUsd } = trace.lost.reduce((sum, { charge }) => sumOfCharges(sum, charge), answer);
  trace.costNanoUsd = costNanoUsd + billedByGuards(trace, call);
  trace.providerAdjustmentNanoUsd = unlessNone(billedNanoUsd - listNanoUsd);
  trace.teamAdjustmentNanoUsd = unlessNone(costNanoUsd - billedNanoUsd);
  trace.priceVersion = price?.version;
  trace.priceSource = price?.source;
  return reservation.settle(closed(gateway, trace, call));
}

/** Gives everything back but for what guards have billed: no provider can bill this call. Never throws. */
function release(gateway: Gateway, { call }: BoundedCall, reservation: Reservation, trace: Trace): Promise<void> {
  trace.costNanoUsd = billedByGuards(trace, call);
  const isVoid = call.guard?.refusal !== undefined && trace.costNanoUsd === 0n && trace.attempts.length === 0;
  const outcome = closed(gateway, trace, call);
  return isVoid ? reservation.annul(outcome) : reservation.release(outcome);
}

function billedByGuards(trace: Trace, { guard }: RoutedCall): bigint {
  if (guard === undefined) return 0n;
  const billed = guard.takeBilled();
  trace.guardNanoUsd = unlessNone(billed);
  return billed;
}

function unlessNone(nanoUsd: bigint): bigint | undefined {
  return nanoUsd === 0n ? undefined : nanoUsd;
}

function closed(gateway: Gateway, trace: Trace, call: RoutedCall): Outcome {
  const { sensitivity, targets } = call;
  takeTimes(trace, gateway.clock);
  noteSubjects(trace, call);
  if (sensitivity !== 'public') {
    trace.sensitivity = sensitivity;
    trace.network = widestNetwork(trace, targets);
  }
  const outcome = resultOf(trace);
  return trace.decidedAttempts === 0 ? outcome : { ...outcome, attempts: trace.attempts.slice(trace.decidedAttempts) };
}

/** How an attempt went that was sent and brought nothing. */
export interface Loss {
  /** As in `Consumed`. */
  readonly writingMs: number;
  /** From the moment it was sent, in ms. */
  readonly tookMs: number;
  /** What the provider reported is its last word: the answer came to its end, and is of no use. */
  readonly complete: boolean;
}

/** Where a call got to, whether it was answered there or not. */
function widestNetwork({ attempts }: Trace, targets: readonly Target[]): NetworkConfig | undefined {
  const used = targets.flatMap(({ provider }) => (attempts.some((made) => made.provider === provider.id) ? [provider.network] : []));
  return (['public', 'vpc', 'loopback'] as const).find((network) => used.includes(network));
}

/**
 * What an attempt is charged that was sent and brought nothing: what the provider reported; else its input, which may be billed even where
 * nothing was answered, and what may have been written unseen: the whole of an answer that comes in one piece, what a model thought
 * before a stream began, and all that was written for a caller who left.
 *
 * @param reported what the provider had reported before it was cut
 */
export function lostAttempt(asked: BoundedCall, target: Target, reported: Usage | undefined, loss: Loss): LostAttempt {
  const bounded = askedAt(asked, target);
  const { call, prices } = bounded;
  const { provider, model, name } = target;
  const price = prices.get(name);
  const guarded = guardedAt(call, target);
  const trusted = reported !== undefined && anomalyOf(bounded, price, reported, guarded) === undefined ? reported : undefined;
  const { toolCalls, units, billedOutputTokens, ...tokens } = trusted ?? {};
  const tier = servedTier(call, price, trusted);
  const tools = toolCalls ?? (loss.writingMs > 0 ? estimatedTools(call, price) : undefined);
  const isLastWord = loss.complete && tokens.inputTokens !== undefined && tokens.outputTokens !== undefined;
  const known = billedOf(call, {
    ...tokens,
    ...billedUnits(call, units),
    ...(tools === undefined ? {} : { toolCalls: tools }),
    ...(countsTokens(call) && !isLastWord
      ? {
          inputTokens: tokens.inputTokens ?? estimatedInput(call, price, model),
          outputTokens: Math.max(tokens.outputTokens ?? 0, unseenOutput(bounded, price, loss)),
        }
      : {}),
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(isLastWord ? (billedOutputTokens === undefined ? {} : { billedOutputTokens }) : { estimated: true }),
  });
  const usage = guarded ? { ...known, ...guardrailUnitsOf(call, known) } : known;
  return { provider: provider.id, model, usage, charge: price === undefined ? NOTHING_CHARGED : chargeOfUsage(price, usage) };
}

/** What may have been written of an answer of which nothing came, in tokens at most. */
function unseenOutput(bounded: BoundedCall, price: Price | undefined, { writingMs, tookMs }: Loss): number {
  const { call } = bounded;
  const unseenMs = call.answer !== 'sse' || mayReasonUnseen(price) ? tookMs : writingMs;
  return Math.min(writtenWithin(unseenMs, price, call.facts.choices), mostOutputOf(bounded, price));
}

/** Whether such calls are billed in tokens, so that ours stand in for what is not reported. */
function countsTokens({ operation }: RoutedCall): boolean {
  return operation.billedIn.includes('token');
}

/** The tier as reported, else as asked where it is dearer: a cheaper one may not have been granted, or not even sent on. */
function servedTier({ facts }: RoutedCall, price: Price | undefined, reported: Usage | undefined): string | undefined {
  if (reported?.serviceTier !== undefined) return reported.serviceTier;
  return price !== undefined && tierPercent(price, facts.serviceTier) > 100 ? facts.serviceTier : undefined;
}

/** A report unless something in it cannot be true; what is odd about it goes to the log, and what cannot be true to the metrics. */
function trustedReport(
  gateway: Gateway,
  bounded: BoundedCall,
  price: Price | undefined,
  trace: Trace,
  usage: Usage | undefined,
  guarded: boolean,
): Usage | undefined {
  if (usage === undefined) return undefined;
  const { requestId, provider, requestModel: model } = trace;
  const anomaly = anomalyOf(bounded, price, usage, guarded);
  if (anomaly !== undefined) {
    gateway.log.write('warn', 'usage-anomaly', { requestId, provider, model, reason: anomaly.slice(0, 64) });
    trace.usageAnomaly = true;
    return undefined;
  }
  if (usage.inputTokens === 0 && usage.outputTokens === 0) gateway.log.write('warn', 'usage-zero', { requestId, provider, model });
  return usage;
}

function anomalyOf({ call, maxOutputTokens }: BoundedCall, price: Price | undefined, usage: Usage, guarded: boolean): string | undefined {
  if (price === undefined) return undefined;
  const { facts, document } = call;
  return implausible(usage, { facts, bodyBytes: document.mostBytes, maxOutputTokens, price, guarded });
}

/** The provider's figures where they can be trusted, else ours, marked as such. */
function finalUsage(bounded: BoundedCall, price: Price | undefined, model: string | undefined, consumed: Consumed): Usage {
  const { usage, complete } = consumed;
  const { call } = bounded;
  const tier = servedTier(call, price, usage);
  const units = billedUnits(call, usage?.units);
  const withTier = (known: Usage): Usage => billedOf(call, { ...known, ...units, ...(tier === undefined ? {} : { serviceTier: tier }) });
  const reported = usage?.inputTokens !== undefined && (usage.outputTokens !== undefined || !call.operation.generates);
  if (usage !== undefined && reported && complete) return withTier(usage);
  if (!countsTokens(call)) return withTier(usage ?? { estimated: true });

  const tools = usage?.toolCalls ?? estimatedTools(call, price);
  return withTier({
    ...usage,
    ...(tools === undefined ? {} : { toolCalls: tools }),
    inputTokens: usage?.inputTokens ?? estimatedInput(call, price, model ?? call.facts.model),
    ...estimatedOutput(bounded, price, consumed),
    estimated: true,
  });
}

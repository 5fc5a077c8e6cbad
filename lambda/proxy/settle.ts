import type { Outcome, Reservation } from '../core/ledger/admission';
import type { Usage } from '../core/model/usage';
import { costOfUsage, estimateTokens, familyOf } from '../core/pricing';
import type { BoundedCall } from './bound';
import type { Gateway } from './gateway';
import { latencyOf, overheadMs } from './record';
import type { Trace } from './trace';

/** What there is to charge for. */
export interface Consumed {
  /** As the provider reported it. */
  readonly usage: Usage | undefined;
  /** Characters of generated text that came, for an estimate. */
  readonly outputCharacters: number;
  /** The answer reached its end, so the report is the last word. */
  readonly complete: boolean;
}

/** Characters a token stands for, on the low side: an estimate must not charge less than the provider may bill. */
const CHARACTERS_PER_TOKEN = 3;

/** Records what an answered call, or one that a provider may bill, really cost. Never throws. */
export async function settle(
  gateway: Gateway,
  bounded: BoundedCall,
  reservation: Reservation,
  trace: Trace,
  consumed: Consumed,
): Promise<void> {
  const { call, prices } = bounded;
  const price = prices.get(`${trace.provider}/${trace.requestModel}`);
  const usage = call.operation === 'count-tokens' ? undefined : finalUsage(bounded, consumed);
  if (usage !== undefined && price !== undefined) {
    trace.usage = usage;
    trace.costNanoUsd = costOfUsage(price, usage);
    trace.priceUnknown = price.source === 'ceiling';
  }
  const outcome = outcomeOf(gateway, trace, call.options.labels);
  await reservation.settle({
    ...outcome,
    ...(usage === undefined ? {} : { usage }),
    costNanoUsd: trace.costNanoUsd,
    ...(price === undefined ? {} : { priceVersion: price.version, priceSource: price.source }),
  });
}

/** Gives everything back: no provider can bill this call. Never throws. */
export async function release(gateway: Gateway, bounded: BoundedCall, reservation: Reservation, trace: Trace): Promise<void> {
  await reservation.release(outcomeOf(gateway, trace, bounded.call.options.labels));
}

/** The provider's figures where they can be trusted, else ours, marked as such. */
function finalUsage({ call, maxOutputTokens }: BoundedCall, consumed: Consumed): Usage {
  const { usage, outputCharacters, complete } = consumed;
  const tier = usage?.serviceTier ?? call.facts.serviceTier;
  const withTier = (known: Usage): Usage => (tier === undefined ? known : { ...known, serviceTier: tier });
  const embeddings = call.operation === 'embeddings';
  const reported = usage?.inputTokens !== undefined && (usage.outputTokens !== undefined || embeddings);
  if (usage !== undefined && reported && complete) return withTier(usage);

  const written = Math.min(Math.ceil(outputCharacters / CHARACTERS_PER_TOKEN), maxOutputTokens || Number.POSITIVE_INFINITY);
  return withTier({
    ...usage,
    inputTokens: usage?.inputTokens ?? estimateTokens(call.document.bytes.toString('utf8'), familyOf(call.facts.model)),
    outputTokens: Math.max(usage?.outputTokens ?? 0, written),
    estimated: true,
  });
}

function outcomeOf(gateway: Gateway, trace: Trace, labels: Readonly<Record<string, string>>): Outcome {
  return {
    status: trace.status,
    outcome: trace.outcome,
    ...(trace.provider === undefined ? {} : { provider: trace.provider }),
    ...(trace.requestModel === undefined ? {} : { requestModel: trace.requestModel }),
    ...(trace.responseModel === undefined ? {} : { responseModel: trace.responseModel }),
    costNanoUsd: 0n,
    attempts: trace.attempts,
    ...(trace.finishReason === undefined ? {} : { finishReason: trace.finishReason }),
    ...(trace.incomplete ? { incomplete: true } : {}),
    latencyMs: Math.round(latencyOf(gateway, trace)),
    ...(trace.firstByteMs === 0 ? {} : { timeToFirstChunkMs: Math.round(trace.firstByteMs - trace.exchange.arrivedMs) }),
    overheadMs: overheadMs(trace),
    ...(trace.malformedEvents === 0 ? {} : { malformedEvents: trace.malformedEvents }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

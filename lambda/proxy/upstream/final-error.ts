import type { GatewayError } from '../../platform/error';
import { type AttemptFailure, allTargetsFailed, allTargetsRefused } from './failure';
import type { Itinerary } from './places';

/**
 * What the caller hears when nobody answered: the provider's own failure where there was one place to ask, or where all places failed in
 * one way that waiting does not cure; else that all of them failed.
 *
 * @param last of the attempts; undefined when every place is being left alone
 */
export function finalError(last: AttemptFailure | undefined, itinerary: Itinerary): GatewayError {
  if (last?.failover === false) return last.error;
  const { retryAfterMs, limited } = itinerary.cooling();
  const { failed, untried } = itinerary.outcomes();
  if (itinerary.givenUp && untried.length > 0) return allTargetsFailed(retryAfterMs, false);
  const errors = [...failed, ...untried];
  const known = errors.filter((error) => error !== undefined);
  const final = last?.error ?? known.at(-1);
  if (final === undefined) return allTargetsFailed(retryAfterMs, limited);
  if (known.length === errors.length && known.every(({ retryable }) => !retryable)) {
    const alike = known.every(({ code }) => code === final.code) || known.every(({ status }) => status < 429);
    return alike ? final : allTargetsRefused();
  }
  if (last === undefined) return allTargetsFailed(retryAfterMs, limited);
  if (failed.length === 1 && final.retryable && final.code !== 'upstream_unreachable') return final;
  return allTargetsFailed(final.retryAfterMs ?? retryAfterMs, final.status === 429 && limited);
}

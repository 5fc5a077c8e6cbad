import { type KeptRows, storeUnavailable, tagsOf } from '../../identity';
import { GatewayError } from '../../platform/error';
import type { Soon } from '../../platform/runtime';
import type { Resolution } from '../../routing';
import { choose } from '../choosing/choose';
import type { Gateway } from '../gateway';
import { guarded } from '../guarding/guard';
import { bound } from './bound';
import type { BoundedCall, ModelCall } from './call';
import { allow } from './policy';

/** What a call is planned from is asked for within the time that it waits for the ledger. */
const CHECK_TIMEOUT_MS = 600;

/**
 * Finds out where a call may go and what it may cost, from rows and a configuration of any age: the round that reserves checks that they still
 * hold, so only what refuses a call here is asked for at once.
 *
 * @param instead what the caller named leads to this alias or model now, because no budget covers the other
 * @throws GatewayError that says why not
 */
export async function plan(gateway: Gateway, asked: ModelCall, instead?: string): Promise<BoundedCall> {
  const { caller } = asked;
  const known = rowsOf(gateway, asked);
  const rows = known instanceof Promise ? await known : known;
  try {
    if (asked.operation.answeredByGuards) return await (await import('../guarding/moderation')).planModeration(gateway, asked, rows);
    const routed = allow(asked, rows, meaningOf(asked, instead));
    const allowed = routed instanceof Promise ? await routed : routed;
    const call = allowed.guardrails.length === 0 ? allowed : await guarded(gateway, allowed);
    const chosen = call.resolution.chooses ? choose(gateway, call) : call;
    return bound(gateway, chosen instanceof Promise ? await chosen : chosen);
  } catch (error) {
    if (caller.isAnew || !(error instanceof GatewayError) || (await stands(gateway, rows))) throw error;
  }
  return plan(gateway, { ...asked, caller: await caller.again() }, instead);
}

/** What the caller named is what it is allowed, counted and told by. */
function meaningOf({ configuration, facts }: ModelCall, instead: string | undefined): Resolution {
  const models = configuration.models();
  const named = models.resolve(facts.model);
  if (instead === undefined) return named;
  const other = models.resolve(instead);
  return {
    ...other,
    originalModel: facts.model,
    reason: 'alias',
    instead: true,
    placements: [...named.placements, ...other.placements],
    guardrails: [...named.guardrails, ...other.guardrails],
  };
}

/** The rows of a call with those of its tags, and under the configuration that holds. */
export function rowsOf(gateway: Gateway, call: Pick<ModelCall, 'caller' | 'configuration'>): Soon<KeptRows> {
  const { caller, configuration } = call;
  const { rows, isAnew } = caller;
  if (isAnew || configuration.mark() < rows.marks.overrides) return rowsFollowed(gateway, call);
  return gateway.rows.withTags(rows, tagsOf(rows), configuration.mark());
}

async function rowsFollowed(
  { rows: known }: Gateway,
  { caller, configuration }: Pick<ModelCall, 'caller' | 'configuration'>,
): Promise<KeptRows> {
  const { rows, isAnew } = caller;
  if (configuration.mark() < rows.marks.overrides) await configuration.follow(rows.marks.overrides);
  if (!isAnew) return known.withTags(rows, tagsOf(rows), configuration.mark());
  try {
    return await known.withAllTags(rows, tagsOf(rows), configuration.mark());
  } catch (error) {
    throw storeUnavailable(error);
  }
}

/** A read that fails leaves the refusal. */
async function stands({ rows: known }: Gateway, rows: KeptRows): Promise<boolean> {
  try {
    return await known.stand(rows, CHECK_TIMEOUT_MS);
  } catch {
    return true;
  }
}

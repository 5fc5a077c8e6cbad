import { type KeptRows, storeUnavailable } from '../../identity';
import { GatewayError } from '../../platform/error';
import type { Gateway } from '../gateway';
import { bound } from './bound';
import type { BoundedCall, ModelCall } from './call';
import { allow, tagsOf } from './policy';

/** What a call is planned from is asked for within the time that it waits for the ledger. */
const CHECK_TIMEOUT_MS = 600;

/**
 * Finds out where a call may go and what it may cost, from rows and a configuration of any age: the round that reserves checks that they still
 * hold, so only what refuses a call here is asked for at once.
 *
 * @throws GatewayError that says why not
 */
export async function plan(gateway: Gateway, asked: ModelCall): Promise<BoundedCall> {
  const { caller, configuration } = asked;
  const rows = await rowsOf(gateway, asked);
  try {
    return bound(gateway, await allow(asked, rows, configuration.models().resolve(asked.facts.model)));
  } catch (error) {
    if (caller.isAnew || !(error instanceof GatewayError) || (await stands(gateway, rows))) throw error;
  }
  return plan(gateway, { ...asked, caller: await caller.again() });
}

/** The rows of a call with those of its tags, and under the configuration that holds. */
export async function rowsOf(
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

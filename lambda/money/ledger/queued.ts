import { closeAll, type Decision, type DecisionStores, decide, openOf } from './decide';
import type { QueuedWork } from './persist';

/**
 * Does what a process could not do itself. Any number of times, with any crash in between.
 *
 * @throws what the table says; nothing is lost by trying again
 */
export async function bookQueued(stores: DecisionStores, { record, held }: QueuedWork): Promise<Decision['outcome']> {
  const decision = await decide(stores, record);
  await closeAll(stores, record.id, openOf(held), () => decision);
  return decision.outcome;
}

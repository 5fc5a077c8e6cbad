import { Abandonment } from './abandonment';
import type { QueuedWork } from './persist';
import { type SettlementOutcome, type SettlementStores, settleRequest } from './settlement';

/**
 * Does what a process could not do itself. Any number of times, with any crash in between.
 *
 * @throws what the table says; nothing is lost by trying again
 */
export async function bookQueued(stores: SettlementStores, work: QueuedWork, nowMs: number): Promise<SettlementOutcome> {
  if (work.kind !== 'unsent') return settleRequest(stores, work, nowMs);
  const abandonment = new Abandonment(stores, work);
  await abandonment.work(nowMs);
  return abandonment.tooLate ? 'lost' : 'released';
}

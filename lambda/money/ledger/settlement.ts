import type { CounterStore } from '../ports/counters';
import type { RecordStore } from '../ports/records';
import type { CounterReservation, DecidedRecord, RecordState, RequestIntent, RequestRecord, RequestResult } from '../record/fields';

/** How a request ended, complete enough for another process to book it. */
export interface Settlement {
  readonly attemptId: string;
  /** `release`: nothing may have been billed, so the record becomes `void`. */
  readonly kind: 'settle' | 'release';
  /** Holds the cost (`costNanoUsd`, default 0) and all that the usage record says. */
  readonly result: RequestResult;
}

export interface SettlementStores {
  readonly counters: CounterStore;
  readonly records: RecordStore;
}

/**
 * What became of a settlement: booked now, booked too late but in time to adjust, booked before by somebody (the record's amount stands),
 * or lost because no record knows the request.
 */
export type SettlementOutcome = 'settled' | 'released' | 'adjusted' | 'already' | 'lost';

/**
 * Books how a request ended. Anyone may do it any number of times, with any crash in between: the record's change of state
 * is the only decision, and each counter step needs the request's own entry.
 *
 * @param known the request's intent, where the caller still has it
 * @throws what the table says; nothing is lost by trying again
 */
export async function settleRequest(
  stores: SettlementStores,
  settlement: Settlement,
  nowMs: number,
  known?: RequestIntent,
): Promise<SettlementOutcome> {
  const { attemptId, kind, result } = settlement;
  const cost = kind === 'release' ? 0n : (result.costNanoUsd ?? 0n);
  const booked = { ...result, costNanoUsd: cost, known };

  const decision =
    kind === 'release'
      ? await stores.records.transition(attemptId, ['intent'], 'void', { ...booked, listed: true }, nowMs)
      : await stores.records.transition(attemptId, ['intent'], 'settling', booked, nowMs);
  if (decision.done) {
    const record = decision.record;
    if (kind === 'release') await leave(stores, record);
    else await finishRecord(stores, record, nowMs);
    return kind === 'release' ? 'released' : 'settled';
  }

  const found = decision.found;
  switch (found?.state) {
    case undefined:
      return 'lost';
    case 'expired_charged': {
      const adjusting = await stores.records.transition(attemptId, ['expired_charged'], 'adjusting', booked, nowMs);
      if (!adjusting.done) return settleRequest(stores, settlement, nowMs, known);
      await finishRecord(stores, adjusting.record, nowMs);
      return 'adjusted';
    }
    case 'settling':
    case 'adjusting':
      await finishRecord(stores, found as RequestRecord, nowMs);
      return 'already';
    case 'void':
      await leave(stores, found as RequestRecord);
      return kind === 'release' ? 'already' : 'lost';
    default:
      return 'already';
  }
}

/** Does what a decided record (`settling`, `adjusting`) asks of its counters, then says that it is done. */
export async function finishRecord(stores: SettlementStores, record: DecidedRecord, nowMs: number): Promise<void> {
  const cost = record.costNanoUsd ?? 0n;
  await Promise.all(record.counters.map(({ counter, nanoUsd }) => stores.counters.close(counter, record.id, nanoUsd - cost)));
  const [from, to]: [RecordState, RecordState] = record.state === 'adjusting' ? ['adjusting', 'adjusted'] : ['settling', 'settled'];
  await stores.records.transition(record.id, [from], to, { openUntilMs: null, listed: true, known: record }, nowMs);
}

/** Returns all of a void record's money; it can be found until that is done. */
async function leave(stores: SettlementStores, record: Pick<DecidedRecord, 'id' | 'counters'>): Promise<void> {
  await giveBack(stores, record);
  await stores.records.keepVoid(record.id, null);
}

/** Returns the whole reservation of a record that is known to be `void`. Answers whether any of it was still held. */
export async function giveBack(
  stores: SettlementStores,
  record: { readonly id: string; readonly counters: readonly CounterReservation[] },
): Promise<boolean> {
  const closed = await Promise.all(record.counters.map(({ counter, nanoUsd }) => stores.counters.close(counter, record.id, nanoUsd)));
  return closed.includes(true);
}

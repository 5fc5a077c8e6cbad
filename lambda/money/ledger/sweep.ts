import { OPEN_SHARDS } from '../../../lib/private/contract';
import type { Clock } from '../../platform/runtime';
import type { CounterState } from '../ports/counters';
import type { GateStore } from '../ports/gates';
import type { DecidedRecord, RecordState, RequestRecord } from '../record/fields';
import { VOID_KEPT_SECONDS } from './abandonment';
import { finishRecord, giveBack, type SettlementStores } from './settlement';

export interface SweepOptions extends SettlementStores {
  readonly gates: Pick<GateStore, 'sweep' | 'scan'>;
  readonly clock: Clock;
  /**
   * How long a settlement may still come after its request expired: the queue's retention and a margin. Default: 15 days,
   * a day more than SQS keeps anything.
   */
  readonly retentionMs?: number;
  /** The sweep stops between two requests once this says so, and goes on at its next run. Default: never. */
  readonly stop?: () => boolean;
}

/** How many requests were resolved, by what was done. */
export interface SweepReport {
  voided: number;
  charged: number;
  finished: number;
  returned: number;
  adjusted: number;
  /** Slots of dead requests freed. */
  slots: number;
  /** Requests that the table would not resolve now. */
  failed: number;
}

/** A sweeper's clock may be this far ahead of those that made a record. */
const CLOCK_SKEW_MS = 15 * 60_000;
const DEFAULT_RETENTION_MS = 15 * 86_400_000;

/** Resolves what dead processes left behind. */
export interface Sweeper {
  /** Records that should have ended by now, by the open index. */
  sweepRecords(): Promise<SweepReport>;
  /** Every counter's entries past their time, also those that no record tells of. */
  sweepCounters(): Promise<SweepReport>;
  /** One request, by the id of its attempt. */
  sweepRequest(id: string, entry?: { readonly counter: string; readonly nanoUsd: bigint }): Promise<Resolution>;
}

type Resolution = 'voided' | 'charged' | 'finished' | 'returned' | 'adjusted' | 'none';

/**
 * Each step is a conditional write that anyone may repeat: two sweepers, a late settlement and a slow live process
 * may interleave in any order.
 */
export function createSweeper(options: SweepOptions): Sweeper {
  const { counters, records, clock } = options;
  const retentionMs = options.retentionMs ?? DEFAULT_RETENTION_MS;

  async function sweepRequest(id: string, entry?: { readonly counter: string; readonly nanoUsd: bigint }): Promise<Resolution> {
    const record = await records.get(id);
    const now = clock.now();
    const held = entry === undefined ? [] : [entry];
    switch (record?.state) {
      case undefined: {
        if (entry === undefined) return 'none';
        // First the void, so that a slow live process fails its own intent and never calls; only then the money.
        const fields = {
          ttl: seconds(now) + VOID_KEPT_SECONDS,
          outcome: 'expired',
          openUntilMs: now,
          held: { counters: held, expiresAtMs: now },
        };
        const voided = await records.putVoid(id, fields, now);
        if (!voided.done) return sweepRequest(id, entry);
        await giveBack(options, { id, counters: held });
        await records.keepVoid(id, nextLook(now, now));
        return 'voided';
      }
      case 'void':
        return sweepVoid(record as RequestRecord, held, entry === undefined, now);
      case 'settled':
      case 'adjusted':
        // Its own entries were dropped before it was final, so this one came late.
        await giveBack(options, { id, counters: held });
        return entry === undefined ? 'none' : 'returned';
      case 'settling':
      case 'adjusting':
        await finishRecord(options, record as RequestRecord, now);
        return 'finished';
      case 'intent':
        return sweepIntent(record as RequestRecord, held, now);
      case 'expired_charged':
        return sweepCharged(record as RequestRecord, now);
      default:
        return 'none';
    }
  }

  /** Nothing was sent. Until the expiry a reservation of it may still arrive; then the record leaves the open index, and the hourly scan remains. */
  async function sweepVoid(
    record: RequestRecord,
    held: readonly { counter: string; nanoUsd: bigint }[],
    listed: boolean,
    now: number,
  ): Promise<Resolution> {
    const returned = await giveBack(options, { id: record.id, counters: merged(record, held) });
    if (listed) await records.keepVoid(record.id, nextLook(record.expiresAtMs, now));
    return returned ? 'returned' : 'none';
  }

  async function sweepIntent(
    record: RequestRecord,
    held: readonly { counter: string; nanoUsd: bigint }[],
    now: number,
  ): Promise<Resolution> {
    if (record.expiresAtMs > now) return 'none';
    const states = await Promise.all(record.counters.map(({ counter }) => counters.get(counter)));
    const complete = states.every((state) => state?.open.has(record.id) === true || state?.parked.has(record.id) === true);
    if (!complete) {
      // A reservation is missing, so the request was never admitted and nothing was sent.
      const voided = await records.transition(
        record.id,
        ['intent'],
        'void',
        { ttl: seconds(now) + VOID_KEPT_SECONDS, outcome: 'expired' },
        now,
      );
      if (!voided.done) return sweepRequest(record.id);
      await giveBack(options, { id: record.id, counters: merged(record, held) });
      await records.keepVoid(record.id, nextLook(record.expiresAtMs, now));
      return 'voided';
    }
    const charged = await records.transition(
      record.id,
      ['intent'],
      'expired_charged',
      { outcome: 'expired', costNanoUsd: record.boundNanoUsd, openUntilMs: now + retentionMs, listed: true },
      now,
    );
    if (!charged.done) return sweepRequest(record.id);
    await park(charged.record);
    return 'charged';
  }

  async function sweepCharged(record: RequestRecord, now: number): Promise<Resolution> {
    if (Date.parse(record.updatedAt) + retentionMs > now) {
      await park(record);
      return 'none';
    }
    const state: RecordState = 'adjusting';
    const adjusting = await records.transition(record.id, ['expired_charged'], state, { costNanoUsd: record.boundNanoUsd }, now);
    if (!adjusting.done) return sweepRequest(record.id);
    await finishRecord(options, adjusting.record, now);
    return 'adjusted';
  }

  /** The money stays charged; the entries fill no live map and wait for a late settlement. */
  async function park(record: DecidedRecord): Promise<void> {
    await Promise.all(
      record.counters.map(({ counter, nanoUsd }) => counters.park(counter, record.id, { nanoUsd, expiresAtMs: record.expiresAtMs })),
    );
  }

  async function count(report: SweepReport, resolve: () => Promise<Resolution>): Promise<void> {
    try {
      const resolution = await resolve();
      if (resolution !== 'none') report[resolution]++;
    } catch {
      report.failed++;
    }
  }

  const stopped = (): boolean => options.stop?.() === true;

  return {
    sweepRequest,

    async sweepRecords() {
      const report = emptyReport();
      const now = clock.now();
      for (let shard = 0; shard < OPEN_SHARDS && !stopped(); shard++) {
        let after: string | undefined;
        do {
          const page = await records.openBefore(shard, now, after);
          for (const id of page.items) {
            if (stopped()) return report;
            await count(report, () => sweepRequest(id));
          }
          after = page.next;
        } while (after !== undefined);
      }
      return report;
    },

    async sweepCounters() {
      const report = emptyReport();
      const now = clock.now();
      let after: string | undefined;
      do {
        const page = await counters.scan(after);
        for (const counter of page.items) {
          for (const [id, entry] of deadEntries(counter, now, retentionMs)) {
            if (stopped()) return report;
            await count(report, () => sweepRequest(id, { counter: counter.key, nanoUsd: entry.nanoUsd }));
          }
        }
        after = page.next;
      } while (after !== undefined && !stopped());
      do {
        const page = await options.gates.scan(now, after);
        for (const key of page.items) report.slots += await options.gates.sweep(key, now);
        after = page.next;
      } while (after !== undefined && !stopped());
      return report;
    },
  };
}

/** When a void record is to be looked at again; null: no write of its own can come any more, by anybody's clock. */
function nextLook(expiresAtMs: number, now: number): number | null {
  const looks = [expiresAtMs, expiresAtMs + CLOCK_SKEW_MS];
  return looks.find((atMs) => atMs > now) ?? null;
}

/** Entries past their time; parked ones only when no settlement can come for them any more, which the open index finds sooner. */
function deadEntries(counter: CounterState, now: number, retentionMs: number): (readonly [string, { readonly nanoUsd: bigint }])[] {
  const live = [...counter.open].filter(([, entry]) => entry.expiresAtMs < now);
  const parked = [...counter.parked].filter(([, entry]) => entry.expiresAtMs + 2 * retentionMs < now);
  return [...live, ...parked];
}

/** The record's own counters, and an entry found on one that it does not list. */
function merged(
  record: RequestRecord,
  held: readonly { readonly counter: string; readonly nanoUsd: bigint }[],
): { readonly counter: string; readonly nanoUsd: bigint }[] {
  return [...record.counters, ...held.filter(({ counter }) => !record.counters.some((listed) => listed.counter === counter))];
}

function emptyReport(): SweepReport {
  return { voided: 0, charged: 0, finished: 0, returned: 0, adjusted: 0, slots: 0, failed: 0 };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}

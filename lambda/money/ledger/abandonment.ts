import type { CounterReservation, RequestIntent, RequestRecord } from '../record/fields';
import type { AttemptReplies } from './attempt';
import type { Plan } from './plan';
import { finishRecord, type SettlementStores } from './settlement';

/** An attempt that sent nothing, complete enough for another process to take it back. */
export interface Unsent {
  readonly attemptId: string;
  readonly kind: 'unsent';
  /** Why it was abandoned. */
  readonly outcome: string;
  /** Every counter that may hold money for it. */
  readonly counters: readonly CounterReservation[];
  /** Epoch ms after which none of its writes can come any more. */
  readonly expiresAtMs: number;
}

/** Longer than any sweeper stalls and than any write may come late. */
export const VOID_KEPT_SECONDS = 30 * 86_400;
/** A reservation without an answer that arrives at all has nearly always arrived by then. */
export const LATE_SECONDS = 8;
/** The sweeper looks at a void record whose entries are not known to be gone this much later, and at its expiry once more. */
const LOOK_AGAIN_MS = 10_000;

/**
 * Takes a refused or doubtful attempt back, in steps that may be repeated by anyone. Nothing was sent, so whatever the record says by now,
 * all of the money returns.
 *
 * The record becomes `void` before money is released, and stays in the open index until no counter can hold an entry. Where a counter has
 * refused, the attempt can never be complete and nobody can charge it: its money may go first, and one write is saved.
 */
export class Abandonment {
  readonly #stores: SettlementStores;
  readonly #unsent: Unsent;
  /** Counters that have not answered to the closing of their entry. */
  readonly #open: Set<string>;
  readonly #incomplete: boolean;
  readonly #mayCome: boolean;
  #voided = false;
  #tooLate = false;
  #listed = false;

  public constructor(stores: SettlementStores, unsent: Unsent, held: ReadonlySet<string> = new Set(), incomplete = false) {
    this.#stores = stores;
    this.#unsent = unsent;
    this.#open = new Set(unsent.counters.map(({ counter }) => counter));
    this.#mayCome = unsent.counters.some(({ counter }) => !held.has(counter));
    this.#incomplete = incomplete;
  }

  /** As another process can go on with it. */
  public get unsent(): Unsent {
    return this.#unsent;
  }

  /**
   * A reservation had no answer, so it may still arrive: also where its entry was found and closed, because a call whose connection
   * breaks is made twice.
   */
  public get mayCome(): boolean {
    return this.#mayCome;
  }

  /** Nothing is left to do, now or later. */
  public get done(): boolean {
    return this.#voided && this.#open.size === 0 && !this.#mayCome;
  }

  /** The record had its last word before: the money stays charged. */
  public get tooLate(): boolean {
    return this.#tooLate;
  }

  /**
   * Does what is left to do.
   *
   * @param timeoutMs what each call may take at the moment it is made
   * @throws what the table said first; everything that can be done is done before
   */
  public async work(nowMs: number, timeoutMs?: () => number): Promise<void> {
    const failures: unknown[] = [];
    if (this.#incomplete) await this.#close(failures, timeoutMs);
    if (!this.#voided) await this.#void(nowMs, timeoutMs);
    if (this.#open.size > 0) await this.#close(failures, timeoutMs);
    if (this.#open.size === 0 && this.#listed && !this.#mayCome) {
      await this.#stores.records.keepVoid(this.#unsent.attemptId, null, timeoutMs?.());
      this.#listed = false;
    }
    if (this.#open.size > 0) throw failures[0];
  }

  async #void(nowMs: number, timeoutMs: (() => number) | undefined): Promise<void> {
    const { attemptId, outcome, counters, expiresAtMs } = this.#unsent;
    const listed = this.#open.size > 0 || this.#mayCome;
    const fields = {
      ttl: Math.floor(nowMs / 1_000) + VOID_KEPT_SECONDS,
      outcome,
      openUntilMs: listed ? nowMs + LOOK_AGAIN_MS : null,
      held: { counters, expiresAtMs },
    };
    const voided = await this.#stores.records.putVoid(attemptId, fields, nowMs, timeoutMs?.());
    if (!voided.done) this.#tooLate = !(await uncharge(this.#stores, attemptId, voided.found, nowMs));
    this.#voided = true;
    this.#listed = listed && voided.done;
  }

  async #close(failures: unknown[], timeoutMs: (() => number) | undefined): Promise<void> {
    const { attemptId, counters } = this.#unsent;
    const open = counters.filter(({ counter }) => this.#open.has(counter));
    await Promise.all(
      open.map(async ({ counter, nanoUsd }) => {
        try {
          await this.#stores.counters.close(counter, attemptId, nanoUsd, timeoutMs?.());
          this.#open.delete(counter);
        } catch (error) {
          failures.push(error);
        }
      }),
    );
  }
}

/** What a refused or doubtful attempt at admission leaves to be taken back. */
export function abandonmentOf(
  stores: SettlementStores,
  intent: RequestIntent,
  plan: Plan,
  replies: AttemptReplies,
  outcome: string,
): Abandonment {
  const counters: CounterReservation[] = [];
  const held = new Set<string>();
  let incomplete = false;
  for (const [index, { key }] of plan.counters.entries()) {
    const reply = replies.counters[index];
    if (reply?.ok === true && reply.value.kind !== 'reserved') {
      incomplete = true;
      continue;
    }
    // A reservation whose answer was lost may hold money too.
    counters.push({ counter: key, nanoUsd: intent.boundNanoUsd });
    if (reply?.ok === true) held.add(key);
  }
  const unsent: Unsent = { attemptId: intent.id, kind: 'unsent', outcome, counters, expiresAtMs: intent.expiresAtMs };
  return new Abandonment(stores, unsent, held, incomplete);
}

/** The record is not void: a sweeper has taken the attempt for one that died after it was sent. Its process says that it was not. */
async function uncharge(stores: SettlementStores, id: string, found: RequestRecord | undefined, nowMs: number): Promise<boolean> {
  if (found?.state === 'expired_charged') {
    const adjusting = await stores.records.transition(id, ['expired_charged'], 'adjusting', { costNanoUsd: 0n }, nowMs);
    if (!adjusting.done) return uncharge(stores, id, adjusting.found, nowMs);
    await finishRecord(stores, adjusting.record, nowMs);
    return true;
  }
  if (found?.state === 'adjusting') await finishRecord(stores, found, nowMs);
  return (found?.costNanoUsd ?? 0n) === 0n;
}

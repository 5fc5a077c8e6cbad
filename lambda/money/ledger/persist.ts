import type { Clock, Pause } from '../../platform/runtime';
import type { Held, LastWord } from './decide';

/** An attempt's last word that the table did not take, for another process to say. */
export interface QueuedWork {
  /** `unsent`: no provider heard of it. */
  readonly kind: 'settle' | 'unsent';
  readonly record: LastWord;
  readonly held: readonly Held[];
}

/** Takes work that the table did not take, for the sweeper to do. */
export interface SettlementQueue {
  /** Rejects when the queue did not take it. */
  send(work: QueuedWork): Promise<void>;
}

export interface PersistOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly queue: SettlementQueue;
  readonly pause: Pause;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Pauses between tries at the table, in ms; then the queue gets it. */
const PAUSES = [50, 200, 800, 2_000] as const;
/** What each try waits for one answer, in ms; one that is lost is soon said again. Beyond them the last one. */
const TIMEOUTS = [1_000, 2_000, 5_000] as const;
/** When the queue does not take it either, both are tried again this often. */
const DEAF_PAUSE_MS = 5_000;
/** No process lives for more. */
const MOST_TRIES = 200;

/**
 * Does something that may be repeated until the table has taken it, or the queue has.
 *
 * @param lastMonotonicMs nothing is begun any more after this
 * @param onDeferred told once, with what the table said, before the queue is asked
 * @throws what the queue said last, when neither took it in time
 */
export async function persist(
  { clock, queue, pause, random }: PersistOptions,
  run: (timeoutMs: number) => Promise<unknown>,
  work: QueuedWork,
  lastMonotonicMs: number,
  onDeferred: (error: unknown) => void,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await run(TIMEOUTS[Math.min(tries, TIMEOUTS.length - 1)] as number);
      return;
    } catch (error) {
      const wait = PAUSES[tries];
      if (wait !== undefined && clock.monotonic() + wait < lastMonotonicMs) {
        await pause(wait * (0.5 + random()));
        continue;
      }
      if (tries <= PAUSES.length) onDeferred(error);
    }
    try {
      await queue.send(work);
      return;
    } catch (error) {
      if (tries >= MOST_TRIES || clock.monotonic() + DEAF_PAUSE_MS >= lastMonotonicMs) throw error;
      await pause(DEAF_PAUSE_MS * (0.5 + random()));
    }
  }
}

import type { Clock, Log } from '../../platform/runtime';
import { type Abandonment, LATE_SECONDS } from './abandonment';
import { type PersistOptions, persist } from './persist';

/** What was not sent is told to the table, or to the queue, for this long after the answer. */
const TAKE_BACK_MS = 60_000;

/** Goes on with an attempt that the request's time was too short to take back. Never rejects. */
export async function takeBack(
  options: PersistOptions & { readonly clock: Clock; readonly log: Log },
  abandonment: Abandonment,
): Promise<void> {
  const { clock, queue, log } = options;
  const complain =
    (level: 'warn' | 'error', event: string) =>
    (error: unknown): void =>
      log.write(level, event, { requestId: abandonment.unsent.attemptId, ...(error instanceof Error ? { code: error.name } : {}) });
  const work = persist(
    options,
    () => abandonment.work(clock.now()),
    abandonment.unsent,
    clock.monotonic() + TAKE_BACK_MS,
    complain('warn', 'abandonment-deferred'),
  ).catch(complain('error', 'abandonment-not-queued'));
  // This process may be frozen or dead when a late reservation arrives.
  if (abandonment.mayCome) await queue.send(abandonment.unsent, LATE_SECONDS).catch(complain('warn', 'late-look-missed'));
  await work;
}

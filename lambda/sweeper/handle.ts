import { METRICS } from '../../lib/private/contract';
import { bookQueued, createSweeper, type DecisionStores, readQueued } from '../money/ledger';
import { parseJson } from '../platform/json';
import { type Clock, type Log, type Metrics, type Pause, safeStack, pause as timer } from '../platform/runtime';

export interface SweeperServices extends DecisionStores {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
  /** Default: a timer. */
  readonly pause?: Pause;
}

/** The parts of an SQS event that are read. */
export interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string; readonly eventSource?: string }[];
}

/** Tells Lambda which messages to deliver again. */
export interface BatchResult {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Left for the answer when the sweep stops by itself. */
const MARGIN_MS = 20_000;
/** Between tries at what the table does not take, in ms; the queue's own visibility timeout is minutes. */
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/**
 * Books queued settlements, and takes back what was not sent. A message that is neither is dropped and logged: no retry would make it one.
 *
 * @param remainingMs what is left of the function's time
 */
export async function bookSettlements(services: SweeperServices, event: QueueEvent, remainingMs: () => number): Promise<BatchResult> {
  const pause = services.pause ?? timer;
  let left = await bookEach(services, event.Records);
  for (const ms of PAUSES) {
    if (left.length === 0 || remainingMs() < ms + MARGIN_MS) break;
    await pause(ms);
    left = await bookEach(services, left);
  }
  return { batchItemFailures: left.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Answers the messages that the table did not take now. */
async function bookEach(services: SweeperServices, messages: QueueEvent['Records']): Promise<QueueEvent['Records']> {
  const failed: QueueEvent['Records'][number][] = [];
  for (const message of messages) {
    const { body } = message;
    const work = readQueued(parseJson(body));
    if (work === undefined) {
      services.log.write('error', 'settlement-unreadable', { bytes: body.length });
      continue;
    }
    try {
      const outcome = await bookQueued(services, work);
      services.log.write('info', 'settlement-booked', { requestId: work.record.id, outcome });
      if (outcome !== 'other') continue;
      // What stands is another amount, which no later message may change.
      services.log.write('error', 'settlement-late', { requestId: work.record.id });
      services.metrics.emit({ [METRICS.SETTLEMENT_LOST]: 1 });
    } catch (error) {
      services.log.write('warn', 'settlement-failed', {
        requestId: work.record.id,
        ...(error instanceof Error ? { code: error.name } : {}),
      });
      failed.push(message);
    }
  }
  return failed;
}

/**
 * The scheduled sweep: every page that the index names as due.
 *
 * @param remainingMs what is left of the function's time
 */
export async function sweep(services: SweeperServices, remainingMs: () => number): Promise<void> {
  const sweeper = createSweeper({ ...services, stop: () => remainingMs() < MARGIN_MS });
  try {
    const { failed, ...done } = await sweeper.sweep();
    const count = Object.values(done).reduce((total, value) => total + value, 0);
    if (count + failed > 0) services.log.write(failed > 0 ? 'warn' : 'info', 'swept', { count, attempts: failed });
    if (count > 0) services.metrics.emit({ [METRICS.SWEPT]: count });
  } catch (error) {
    services.log.write('error', 'sweep-failed', {
      stack: safeStack(error),
      ...(error instanceof Error ? { code: error.name } : {}),
    });
    throw error;
  }
}

import { METRICS } from '../../lib/private/contract';
import { bookQueued, createSweeper, readQueued, type SettlementStores, type SweepReport } from '../money/ledger';
import type { GateStore } from '../money/ports';
import { parseJson } from '../platform/json';
import { type Clock, type Log, type Metrics, type Pause, safeStack, pause as timer } from '../platform/runtime';

export interface SweeperServices extends SettlementStores {
  readonly gates: GateStore;
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
      const outcome = await bookQueued(services, work, services.clock.now());
      const level = outcome === 'lost' ? 'error' : 'info';
      services.log.write(level, 'settlement-booked', { requestId: work.attemptId, outcome });
    } catch (error) {
      services.log.write('warn', 'settlement-failed', {
        requestId: work.attemptId,
        ...(error instanceof Error ? { code: error.name } : {}),
      });
      failed.push(message);
    }
  }
  return failed;
}

/**
 * The scheduled sweep: records that should have ended by the open index on every run, all counters once an hour.
 *
 * @param remainingMs what is left of the function's time
 */
export async function sweep(services: SweeperServices, remainingMs: () => number): Promise<void> {
  const sweeper = createSweeper({ ...services, stop: () => remainingMs() < MARGIN_MS });
  const reports = [await attempt(services, 'records', () => sweeper.sweepRecords())];
  if (Math.floor(services.clock.now() / 60_000) % 60 === 0)
    reports.push(await attempt(services, 'counters', () => sweeper.sweepCounters()));
  const resolved = reports.reduce(
    (total, report) => total + report.voided + report.charged + report.finished + report.returned + report.adjusted,
    0,
  );
  if (resolved > 0) services.metrics.emit({ [METRICS.SWEPT]: resolved });
}

async function attempt(services: SweeperServices, reason: string, run: () => Promise<SweepReport>): Promise<SweepReport> {
  try {
    const report = await run();
    const { failed, ...done } = report;
    const count = Object.values(done).reduce((total, value) => total + value, 0);
    if (count + failed > 0) services.log.write(failed > 0 ? 'warn' : 'info', 'swept', { reason, count, attempts: failed });
    return report;
  } catch (error) {
    services.log.write('error', 'sweep-failed', {
      reason,
      stack: safeStack(error),
      ...(error instanceof Error ? { code: error.name } : {}),
    });
    throw error;
  }
}

import type { RebuildProgress, RebuildRequest, RefusalStore, RollupStore } from '../aws/dynamodb';
import type { UsageRecordStore } from '../money/ports';
import { type Contribution, contributionOf, contributionOfRefusals } from '../money/rollup';
import type { Clock, Log, Pause } from '../platform/runtime';
import type { RollupWriter } from './rollup-writer';

export interface RebuildParts {
  readonly records: Pick<UsageRecordStore, 'list'>;
  readonly refusals: Pick<RefusalStore, 'list'>;
  readonly rollups: Pick<RollupStore, 'epochs' | 'beginRebuild' | 'finishRebuild' | 'retire' | 'requestRebuild'>;
  readonly writer: Pick<RollupWriter, 'rebuild'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly pause: Pause;
}

const DAY_MS = 86_400_000;
/** A request may be listed this many days after it arrived: two weeks of a queue, and as much of the queue of what failed there. */
const LATE_DAYS = 30;
const PAGE = 100;
/** The list of requests is an index, which follows the table within moments. */
const INDEX_LAG_MS = 3_000;
/** After this long a rebuild is handed to a later call, so that the stream goes on and no day is too large for the function's timeout. */
const STEP_MS = 20_000;

/**
 * Adds all requests of each asked-for day up anew, beside the rollups that are read, then makes the new ones the ones that are read.
 * Live requests go to both meanwhile, each once. It may be begun again at any point. What does not fit into one call asks for a
 * continuation through the stream.
 */
export async function rebuildDays(parts: RebuildParts, requests: readonly RebuildRequest[]): Promise<void> {
  const deadline = parts.clock.monotonic() + STEP_MS;
  for (const request of requests) {
    if (parts.clock.monotonic() >= deadline) await handOver(parts, request);
    else await rebuildDay(parts, request, deadline);
  }
}

async function rebuildDay(parts: RebuildParts, request: RebuildRequest, deadline: number): Promise<void> {
  const { records, rollups, writer, clock, log } = parts;
  const { day } = request;
  const progress = request.progress ?? (await begin(parts, day));
  const { epoch } = progress;
  // Another chain of calls has finished it, or this one before its time was over.
  if ((await rollups.epochs(day)).building !== epoch) return retire(parts, request, progress, deadline);
  let { count, after } = progress;
  const last = Math.min(Date.parse(day) + LATE_DAYS * DAY_MS, clock.now());
  for (let ms = Date.parse(progress.listedDay); ms <= last; ms += DAY_MS) {
    const listedDay = new Date(ms).toISOString().slice(0, 10);
    do {
      if (clock.monotonic() >= deadline)
        return handOver(parts, request, { epoch, count, listedDay, ...(after === undefined ? {} : { after }) });
      const page = await records.list(listedDay, { limit: PAGE, ...(after === undefined ? {} : { after }) });
      const contributions = page.items.map(contributionOf).filter((found): found is Contribution => found?.day === day);
      await writer.rebuild(contributions, epoch);
      count += contributions.length;
      after = page.next;
    } while (after !== undefined);
  }
  count += await addRefusals(parts, day, epoch);
  await rollups.finishRebuild(day, epoch, clock.now());
  log.write('info', 'rollup-rebuilt', { reason: day, count });
  await retire(parts, request, { epoch, listedDay: day, count }, deadline);
}

/** What was read before may tell of somebody who was deleted since. */
async function retire(parts: RebuildParts, request: RebuildRequest, progress: RebuildProgress, deadline: number): Promise<void> {
  const { rollups, clock } = parts;
  const { current } = await rollups.epochs(request.day);
  const isAll = await rollups.retire(request.day, Math.min(current, progress.epoch), clock.now(), () => clock.monotonic() >= deadline);
  if (!isAll) await handOver(parts, request, progress);
}

/** Sums of refused calls are few, and each is applied once however often a step is begun again. */
async function addRefusals({ refusals, writer }: RebuildParts, day: string, epoch: number): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await refusals.list(day, after);
    await writer.rebuild(page.items.map(contributionOfRefusals), epoch);
    count += page.items.length;
    after = page.next;
  } while (after !== undefined);
  return count;
}

async function begin({ rollups, pause }: RebuildParts, day: string): Promise<RebuildProgress> {
  const epoch = await rollups.beginRebuild(day);
  await pause(INDEX_LAG_MS);
  return { epoch, listedDay: day, count: 0 };
}

function handOver({ rollups, clock }: RebuildParts, request: RebuildRequest, progress = request.progress): Promise<void> {
  const next = { ...request, step: (request.step ?? 0) + 1, ...(progress === undefined ? {} : { progress }) };
  return rollups.requestRebuild(next, clock.now());
}

import type { Clock } from '../core/runtime/clock';
import type { Log } from '../core/runtime/log';
import type { Contribution, RecordStore, RollupStore } from '../core/stores';
import { contributionOf } from '../core/stores';
import type { RollupWriter } from './rollup-writer';

export interface RebuildParts {
  readonly records: Pick<RecordStore, 'list'>;
  readonly rollups: RollupStore;
  readonly writer: Pick<RollupWriter, 'rebuild'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly pause: (ms: number) => Promise<void>;
}

const DAY_MS = 86_400_000;
/** A request may be settled or adjusted this many days after it arrived, and is listed under that day. */
const LATE_DAYS = 15;
const PAGE = 100;
/** The list of requests is an index, which follows the table within moments. */
const INDEX_LAG_MS = 3_000;

/**
 * Adds all requests of one day up anew, beside the rollups that are read, then makes the new ones the ones that are read.
 * Live requests go to both meanwhile, each once. It may be begun again at any point.
 *
 * @param day UTC day: `2026-11-24`
 */
export async function rebuildDay({ records, rollups, writer, clock, log, pause }: RebuildParts, day: string): Promise<void> {
  const epochs = await rollups.beginRebuild(day);
  if (epochs.building === undefined) return;
  let count = 0;
  await pause(INDEX_LAG_MS);

  const last = Math.min(Date.parse(day) + LATE_DAYS * DAY_MS, clock.now());
  for (let ms = Date.parse(day); ms <= last; ms += DAY_MS) {
    let after: string | undefined;
    do {
      const page = await records.list(new Date(ms).toISOString().slice(0, 10), { limit: PAGE, ...(after === undefined ? {} : { after }) });
      const contributions = page.items.map(contributionOf).filter((found): found is Contribution => found?.day === day);
      await writer.rebuild(contributions, epochs.building);
      count += contributions.length;
      after = page.next;
    } while (after !== undefined);
  }
  await rollups.finishRebuild(day, epochs);
  log.write('info', 'rollup-rebuilt', { reason: day, count });
}

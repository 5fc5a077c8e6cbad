import { SPEND_PREFIX } from '../../lib/private/contract';
import type { ObjectStore } from '../archive';
import { type ExportStore, type RollupStore, rowsOfDay } from '../aws/dynamodb';
import { spendFile } from '../money/rollup';
import { type Clock, daysBefore, type Log, utcDay } from '../platform/runtime';

export interface ExportParts {
  readonly exports: ExportStore;
  readonly rollups: Pick<RollupStore, 'epochs' | 'list'>;
  readonly objects: Pick<ObjectStore, 'put'>;
  /** Name of the gateway, as the files say it. */
  readonly gateway: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Records of a day may still come, or change, so long: the settlement queue keeps messages for two weeks, and what failed there for two more. */
const LATE_DAYS = 35;
const PARQUET = 'application/vnd.apache.parquet';

/**
 * Writes what is due, as long as there is time: once a UTC day the days that are over and may have changed since, the newest first, and at any time
 * those that were made anew. A day is one object, replaced as a whole by the same bytes where its rows are the same.
 */
export async function exportSpend(parts: ExportParts, stop: () => boolean): Promise<void> {
  const { exports, clock, log } = parts;
  const today = utcDay(clock.now());
  const oldest = daysBefore(today, LATE_DAYS);
  const known = await exports.progress();
  let next = known?.begun === today ? known.next : daysBefore(today, 1);
  let count = 0;
  while (next >= oldest && !stop()) {
    await writeDay(parts, next);
    next = daysBefore(next, 1);
    count += 1;
    await exports.keep({ begun: today, next });
  }
  for (const changed of await exports.changed()) {
    // What is not over is written when it is.
    if (changed.day >= today) continue;
    if (stop()) break;
    await writeDay(parts, changed.day);
    await exports.written(changed, clock.now());
    count += 1;
  }
  if (count > 0) log.write('info', 'spend-exported', { count });
}

async function writeDay({ rollups, objects, gateway }: ExportParts, day: string): Promise<void> {
  const file = spendFile(gateway, await rowsOfDay(rollups, day));
  await objects.put(`${SPEND_PREFIX}day=${day}/spend.parquet`, file, { contentType: PARQUET });
}

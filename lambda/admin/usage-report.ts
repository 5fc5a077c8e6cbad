import { type ListedRow, listOfKey, ROW_LISTS } from '../aws/dynamodb';
import { add, COST, dimensionOf, NOTHING, type Sums } from '../money/rollup';
import { GatewayError } from '../platform/error';
import { utcDay } from '../platform/runtime';
import { earlier, monthsOf } from './days';
import type { Services } from './services';
import { isTime, TIMES, type UsageQuestion } from './usage-question';

/** Rollup rows that one question may touch: past it, the range has to be narrowed. */
const MOST_ROWS = 100_000;
const HOUR_MS = 3_600_000;
/** A forecast goes on as the last days went. */
const RECENT_MS = 7 * 24 * HOUR_MS;

export interface UsageGroup {
  /** Values in the order of `groupBy`; `null`: the requests had none. */
  readonly values: readonly (string | null)[];
  readonly sums: Sums;
  /** The last hour of which it has something. */
  readonly lastHour: string;
  /** What the month will come to, where that was asked for. */
  readonly forecastNanoUsd?: bigint;
}

/** Sums of the rows that are asked for, in the order of what they are grouped by. @throws GatewayError where these are too many */
export async function reportUsage(
  services: Pick<Services, 'clock' | 'rollups'>,
  question: UsageQuestion,
  mostRows = MOST_ROWS,
): Promise<readonly UsageGroup[]> {
  const now = services.clock.now();
  const groups = new Groups(question, now);
  let touched = 0;
  await readRows(services, question, now, (row) => {
    touched += 1;
    if (touched > mostRows) throw tooLarge();
    groups.take(row);
  });
  return groups.sorted();
}

interface Group {
  readonly values: readonly (string | null)[];
  sums: Sums;
  lastHour: string;
  recentNanoUsd: bigint;
}

class Groups {
  private readonly found = new Map<string, Group>();
  private readonly recentHour: string;
  private firstHour: string | undefined;

  public constructor(
    private readonly question: UsageQuestion,
    private readonly now: number,
  ) {
    this.recentHour = hourOf(now - RECENT_MS);
  }

  public take({ hour, tuple, sums }: ListedRow): void {
    const { groupBy, wanted, span } = this.question;
    if (this.firstHour === undefined || hour < this.firstHour) this.firstHour = hour;
    if (!wanted.every(([dimension, value]) => dimensionOf(tuple, dimension) === value)) return;
    const values = groupBy.map((name) => (isTime(name) ? hour.slice(0, TIMES[name]) : (dimensionOf(tuple, name) ?? null)));
    const name = JSON.stringify(values);
    const group = this.found.get(name) ?? { values, sums: NOTHING, lastHour: '', recentNanoUsd: 0n };
    this.found.set(name, group);
    if (hour > this.recentHour) group.recentNanoUsd += sums[COST] ?? 0n;
    if (hour.slice(0, 10) < span.start) return;
    group.sums = add(group.sums, sums);
    if (hour > group.lastHour) group.lastHour = hour;
  }

  /** By what was grouped, so that two answers can be compared. Of a single dimension, what has no value of it is left out. */
  public sorted(): readonly UsageGroup[] {
    const isSingle = this.question.groupBy.filter((name) => !isTime(name)).length === 1;
    return [...this.found.entries()]
      .filter(([, { values, sums }]) => Object.keys(sums).length > 0 && !(isSingle && values.includes(null)))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, { values, sums, lastHour, recentNanoUsd }]) => {
        const forecast = this.question.forecast ? { forecastNanoUsd: (sums[COST] ?? 0n) + this.toCome(recentNanoUsd) } : {};
        return { values, sums, lastHour, ...forecast };
      });
  }

  /** What the rest of the month costs when it goes on as of late. */
  private toCome(recentNanoUsd: bigint): bigint {
    const { now } = this;
    const date = new Date(now);
    const leftMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - now;
    // A gateway that is younger than that is measured by its own life.
    const sinceMs = Math.max(Date.parse(`${this.firstHour ?? hourOf(now)}:00:00Z`), now - RECENT_MS);
    return (recentNanoUsd * BigInt(leftMs)) / BigInt(Math.max(HOUR_MS, now - sinceMs));
  }
}

function hourOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13);
}

/** Reads all lists of a month at once, one month after the other. */
async function readRows(
  services: Pick<Services, 'rollups'>,
  { span, wanted, forecast }: UsageQuestion,
  now: number,
  take: (row: ListedRow) => void,
): Promise<void> {
  const key = wanted.find(([dimension]) => dimension === 'key')?.[1];
  const lists = key === undefined ? Array.from({ length: ROW_LISTS }, (_unused, list) => list) : [listOfKey(key)];
  const start = forecast ? earlier(span.start, utcDay(now - RECENT_MS)) : span.start;
  const epochOf = createEpochs(services);
  for (const month of monthsOf({ start, end: span.end })) {
    await Promise.all(
      lists.map(async (list) => {
        let after: string | undefined;
        do {
          const page = await services.rollups.list(month, list, [`${start}T00`, `${span.end}T23`], after);
          for (const row of page.items) if (row.epoch === (await epochOf(row.hour.slice(0, 10)))) take(row);
          after = page.next;
        } while (after !== undefined);
      }),
    );
  }
}

/** The epoch of a day's rows that are read. */
function createEpochs({ rollups }: Pick<Services, 'rollups'>): (day: string) => Promise<number> {
  const known = new Map<string, Promise<number>>();
  return (day) => {
    const found = known.get(day) ?? rollups.epochs(day).then(({ current }) => current);
    known.set(day, found);
    return found;
  };
}

function tooLarge(): GatewayError {
  return new GatewayError({
    code: 'range_too_large',
    message: 'This covers too much for one answer. Narrow start and end, or ask for one key.',
    param: 'start',
  });
}

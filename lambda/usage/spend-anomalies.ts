import { EVENTS } from '../../lib/private/contract';
import type { AlertStore, DailySpend } from '../aws/dynamodb';
import { formatUsd } from '../money/pricing';
import type { Contribution } from '../money/rollup';
import { type Clock, daysBefore, isoTime, utcDay } from '../platform/runtime';

export interface SpendAnomalyParts {
  readonly spend: DailySpend;
  readonly alerts: AlertStore;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a key's days are like that it spends something on. */
export interface UsualDay {
  readonly medianNanoUsd: bigint;
  /** A day above it is unlike the others. */
  readonly mostNanoUsd: bigint;
}

/** Of a key's past, so much is looked at. */
const DAYS = 14;
/** A key with fewer days of spend among them has no habits yet. */
const LEAST_DAYS = 5;
/** How far beyond the median a day may be, whatever the others: by itself, and by how far they are apart. */
const TIMES = 3n;
const SPREADS = 5n;
/** Less than a dollar a day is nobody's surprise. */
const LEAST_NANO_USD = 1_000_000_000n;
const MOST_REMEMBERED = 20_000;

type Spends = readonly Pick<Contribution, 'levels' | 'atMs' | 'costNanoUsd'>[];

/**
 * Makes what tells of keys that spend more on a day than their days before let expect, once a key and day. It looks at how things stand, not at
 * what changed, so that doing it again finds the same and tells nothing twice.
 */
export function createSpendAnomalies({ spend, alerts, clock }: SpendAnomalyParts): (calls: Spends) => Promise<void> {
  /** What may still be told, by key and day; undefined: there is nothing to tell any more, or not enough to tell by. */
  const remembered = new Map<string, UsualDay | undefined>();

  async function usualOf(level: string, day: string, place: string): Promise<UsualDay | undefined> {
    if (remembered.has(place)) return remembered.get(place);
    const days = await spend.daily(level, daysBefore(day, DAYS), daysBefore(day, 1));
    const usual = usualDay([...days.values()]);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(place, usual);
    return usual;
  }

  async function check({ level, day, teamId }: SpentOn, place: string): Promise<void> {
    const usual = await usualOf(level, day, place);
    if (usual === undefined) return;
    const spent = (await spend.daily(level, day, day)).get(day) ?? 0n;
    if (spent <= usual.mostNanoUsd) return;
    await alerts.raise({
      id: `spend#${place}`,
      type: EVENTS.SPEND_ANOMALY,
      at: isoTime(clock.now()),
      detail: {
        key_id: level.slice(KEY.length),
        ...(teamId === undefined ? {} : { team_id: teamId }),
        day,
        spent_usd: formatUsd(spent),
        usual_usd: formatUsd(usual.medianNanoUsd),
        threshold_usd: formatUsd(usual.mostNanoUsd),
      },
    });
    remembered.set(place, undefined);
  }

  return async (calls) => {
    const places = new Map(calls.flatMap(spentOn).map((spent) => [`${spent.level}#${spent.day}`, spent]));
    for (const [place, spent] of places) await check(spent, place);
  };
}

/** By the median and the median distance from it, which a single day in the past that was unlike the others does not move. */
export function usualDay(days: readonly bigint[]): UsualDay | undefined {
  const spent = days.filter((nanoUsd) => nanoUsd > 0n);
  if (spent.length < LEAST_DAYS) return undefined;
  const median = middle(spent);
  const spread = middle(spent.map((nanoUsd) => (nanoUsd > median ? nanoUsd - median : median - nanoUsd)));
  const most = [LEAST_NANO_USD, TIMES * median, median + SPREADS * spread].reduce((left, right) => (left > right ? left : right));
  return { medianNanoUsd: median, mostNanoUsd: most };
}

function middle(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const half = sorted.length >> 1;
  const [upper = 0n, lower = 0n] = [sorted[half], sorted[half - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2n;
}

interface SpentOn {
  /** `key#ID`. */
  readonly level: string;
  /** UTC. */
  readonly day: string;
  readonly teamId: string | undefined;
}

const KEY = 'key#';
const TEAM = 'team#';

function spentOn({ levels, atMs, costNanoUsd }: Spends[number]): readonly SpentOn[] {
  const level = levels.find((label) => label.startsWith(KEY));
  if (level === undefined || costNanoUsd === 0n) return [];
  const teamId = levels.find((label) => label.startsWith(TEAM))?.slice(TEAM.length);
  return [{ level, day: utcDay(atMs), teamId }];
}

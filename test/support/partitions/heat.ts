import { spreadOf } from '../../../lambda/money/pages';

/** What one partition gives in a second, in any mix; a single item never gives more. */
export interface PartitionLimits {
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** As Amazon documents it. */
export const PARTITION: PartitionLimits = { writeUnits: 1_000, readUnits: 3_000 };

export interface HeatOptions {
  readonly limits: PartitionLimits;
  /** As many as the table's warm throughput has; a new table on demand: 4. */
  readonly partitions: number;
  /**
   * How long a partition must be near its limit before it is split. Amazon says no more than that it takes "sustained" traffic; reports speak
   * of minutes.
   */
  readonly splitAfterMs: number;
}

interface Partition {
  /** Hashes from here on, up to the next partition's. */
  readonly from: number;
  /** Shares of a second that are left. Below zero: it has given more than it had. */
  left: number;
  atMs: number;
  /** Since when it has been hot without a break. */
  hotSinceMs: number | undefined;
  /** What each key has taken of it in this second and before. */
  heat: Map<string, number>;
  second: number;
  used: number;
}

/** What a table or an index had to give, second by second. */
export interface HeatReport {
  readonly partitions: number;
  /** The most that one partition gave in a second, as a share of its limit, from a second on. */
  peak(fromSecond: number): number;
  /** Calls, or items of a batch, that were turned away from a second on. */
  throttles(fromSecond: number): number;
  /** Units a second, on average from a second on. */
  writeUnits(fromSecond: number, toSecond: number): number;
}

/** A second of rest is kept. */
const BURST = 1;
/** From this share of its limit on a partition is hot. */
const HOT = 0.8;
const WHOLE = 2 ** 32;

/** The partitions of one table or index: a range of hashes each, split where they stay hot, at the middle of their heat. */
export class Heat implements HeatReport {
  private readonly parts: Partition[];
  private readonly peaks: number[] = [];
  private readonly turnedAway: number[] = [];
  private readonly written: number[] = [];

  public constructor(private readonly options: HeatOptions) {
    const count = options.partitions;
    this.parts = Array.from({ length: count }, (_unused, index) => partition(Math.floor((WHOLE / count) * index), 0));
  }

  public get partitions(): number {
    return this.parts.length;
  }

  /** Which one has a key. */
  public indexOf(key: string): number {
    const hash = hashOf(key);
    let low = 0;
    let high = this.parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.parts[middle] as Partition).from <= hash) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Whether the partition of a key takes another call now. @param debt that it may have run into, in seconds */
  public takes(key: string, nowMs: number, debt = 0): boolean {
    const part = this.at(key, nowMs);
    if (part.left > -debt) return true;
    const second = Math.floor(nowMs / 1_000);
    this.turnedAway[second] = (this.turnedAway[second] ?? 0) + 1;
    return false;
  }

  public charge(key: string, units: { readonly read?: number; readonly write?: number }, nowMs: number): void {
    const { limits } = this.options;
    const part = this.at(key, nowMs);
    const share = (units.write ?? 0) / limits.writeUnits + (units.read ?? 0) / limits.readUnits;
    part.left -= share;
    part.used += share;
    part.heat.set(key, (part.heat.get(key) ?? 0) + share);
    const { second } = part;
    this.peaks[second] = Math.max(this.peaks[second] ?? 0, part.used);
    this.written[second] = (this.written[second] ?? 0) + (units.write ?? 0);
  }

  public peak(fromSecond: number): number {
    return this.peaks.slice(fromSecond).reduce((most, used) => Math.max(most, used ?? 0), 0);
  }

  public throttles(fromSecond: number): number {
    return this.turnedAway.slice(fromSecond).reduce((sum, count) => sum + (count ?? 0), 0);
  }

  public writeUnits(fromSecond: number, toSecond: number): number {
    const sum = this.written.slice(fromSecond, toSecond).reduce((all, units) => all + (units ?? 0), 0);
    return sum / Math.max(1, toSecond - fromSecond);
  }

  private at(key: string, nowMs: number): Partition {
    const index = this.indexOf(key);
    const part = this.parts[index] as Partition;
    part.left = Math.min(BURST, part.left + (nowMs - part.atMs) / 1_000);
    part.atMs = nowMs;
    const second = Math.floor(nowMs / 1_000);
    if (second === part.second) return part;
    const hot = part.used >= HOT && second === part.second + 1;
    part.hotSinceMs = hot ? (part.hotSinceMs ?? part.second * 1_000) : undefined;
    part.second = second;
    part.used = 0;
    if (part.hotSinceMs !== undefined && nowMs - part.hotSinceMs >= this.options.splitAfterMs && this.split(index, nowMs)) {
      return this.at(key, nowMs);
    }
    if (part.hotSinceMs === undefined) part.heat.clear();
    return part;
  }

  /** Answers false where one key is all that is hot: it has the partition for itself by then, and no more. */
  private split(index: number, nowMs: number): boolean {
    const part = this.parts[index] as Partition;
    const byHash = [...part.heat].map(([key, share]) => [hashOf(key), share] as const).sort(([one], [other]) => one - other);
    const all = byHash.reduce((sum, [, share]) => sum + share, 0);
    let sum = 0;
    let at: number | undefined;
    for (const [hash, share] of byHash) {
      if (hash > part.from && sum > 0 && (at === undefined || sum <= all / 2)) at = hash;
      sum += share;
    }
    part.hotSinceMs = undefined;
    part.heat = new Map();
    if (at === undefined) return false;
    this.parts.splice(index + 1, 0, partition(at, nowMs));
    return true;
  }
}

function partition(from: number, nowMs: number): Partition {
  const second = Math.floor(nowMs / 1_000);
  return { from, left: BURST, atMs: nowMs, hotSinceMs: undefined, heat: new Map(), second, used: 0 };
}

/** Even in all bits, as Amazon's is. */
function hashOf(key: string): number {
  let hash = spreadOf(key);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

import { type Clock, type Pause, pause as timer } from '../../platform/runtime';
import { isThrottle } from '../../platform/stored';
import type { PageStore } from '../ports/page-store';
import type { PageSpec, PageState } from '../ports/pages';
import { loanName, shardKeysOf } from './names';
import { emptyRates, parcelFor, placeOf, SHARD_POLICY, type ShardPolicy, type Size, shardSpec, wholeOf } from './shard-plan';
import { isAsPlanned, splitPage } from './split';
import { isShardOf, type Lack, MOST_ENTRIES } from './take';
import { bringAllHome, endLoan, finish, lend } from './transfers';

/** Where a refused call can be tried next; or that nothing is left to try, with all that its page has in one state. */
export type ShardVerdict = { readonly again: PageSpec } | { readonly whole: PageState | undefined };

/** Shards of busy pages, as this process knows them. Bounded. */
export interface Shards {
  /** The item to reserve on: the page, or one of its shards at random. */
  specFor(root: PageSpec): PageSpec;
  /** Learns how many shards a page has from any answer that shows it. */
  learn(page: PageState): void;
  /**
   * Called before anybody is refused by an item of a page: lends to the shard, finds one that has more, or brings everything home.
   *
   * @param tried the specs that refused this call, the last one last
   * @param lacks why the last one did
   */
  refused(root: PageSpec, tried: readonly PageSpec[], size: Size, lacks: readonly Lack[]): Promise<ShardVerdict>;
  /**
   * What the table's answer makes worth doing beside the call: splitting a page that is too full, lending before a shard is dry, ending old
   * loans. Undefined: nothing. It never rejects.
   *
   * @param page undefined: it was throttled
   */
  afterwards(root: PageSpec, used: PageSpec, page: PageState | undefined, size: Size): Promise<void> | undefined;
}

const MOST_REMEMBERED = 5_000;
/** Between two attempts to split a page, about. */
const QUIET_MS = 200;
const MOST_TRIES = 6;
const TRY_PAUSE_MS = 20;
/** One item is tried for one call. */
const MOST_TIMES = 3;
/** Calls that a shard should still have money for; below that it is lent more. */
const LOW = 4n;
/** Old loans that one call ends. */
const MOST_ENDED = 4;

export function createShards({
  pages,
  clock,
  random,
  policy = SHARD_POLICY,
  pause = timer,
}: {
  readonly pages: PageStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly policy?: ShardPolicy;
  /** Default: a timer. */
  readonly pause?: Pause;
}): Shards {
  /** The root of a page that has to be split is busy: it is asked again. */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!isThrottle(error) || tries >= MOST_TRIES) throw error;
        await pause(random() * TRY_PAUSE_MS * tries);
      }
    }
  }

  const known = new Map<string, number>();
  /** Until when a page is not split by this process. */
  const quietUntil = new Map<string, number>();
  /** Pages that this process works on beside its calls. */
  const busy = new Set<string>();

  function note(root: string, shards: number): void {
    if (shards === 0) known.delete(root);
    else {
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(root, shards);
    }
  }

  const learn = (page: PageState): void => note(page.key, page.shards);

  function specFor(root: PageSpec): PageSpec {
    const shards = known.get(root.key) ?? 0;
    return shards === 0 ? root : shardSpec(root, shards, Math.min(shards - 1, Math.floor(random() * shards)));
  }

  /** Lends to one shard of the present limits that has not enough, after finishing what is under way there. */
  async function lendTo(root: PageSpec, shards: number, spec: PageSpec, size: Size): Promise<boolean> {
    const loan = spec.key.slice(root.key.length + 1);
    const place = { root: root.key, loan, key: spec.key };
    const rates = emptyRates(spec, clock.now());
    const sides = await finish(pages, place, spec, rates);
    if (sides === undefined || !isAsPlanned(root, sides.root)) return false;
    // Money is not what it lacks.
    if (sides.shard !== undefined && (!isShardOf(root, sides.shard) || hasEnough(root, sides.shard, size))) return false;
    const parcel = parcelFor(root, sides.root, shards, size, policy);
    if (parcel === undefined) return false;
    return lend(pages, place, { root, shard: spec }, parcel, sides.root.loans.get(loan)?.number ?? 0, rates);
  }

  async function split(root: PageSpec, entries: number, size: Size): Promise<void> {
    const before = known.get(root.key) ?? 0;
    if (before >= policy.mostShards || (quietUntil.get(root.key) ?? 0) > clock.monotonic()) return;
    // Others do it, or it cannot be done: for a moment nobody here asks again.
    if (quietUntil.size >= MOST_REMEMBERED) quietUntil.clear();
    quietUntil.set(root.key, clock.monotonic() + QUIET_MS * (0.5 + random()));
    try {
      const shards = await splitPage(pages, root, { known: before, entries, size, nowMs: clock.now(), policy, patiently });
      if (shards === undefined) return;
      note(root.key, shards);
      if (shards > before) quietUntil.delete(root.key);
    } catch {
      // A root that is throttled gives no answer; its first shard says how many there are.
      const [first] = await pages.read([placeOf(root, 0).key]);
      if (first !== undefined && first.shards > before) note(root.key, first.shards);
    }
  }

  async function endOldLoans(root: PageSpec, page: PageState): Promise<void> {
    const old = oldLoans(root, page).slice(0, MOST_ENDED);
    await Promise.all(old.map((loan) => endLoan(pages, root.key, loan, clock.now())));
  }

  function beside(root: PageSpec, work: () => Promise<void>): Promise<void> | undefined {
    if (busy.has(root.key)) return undefined;
    busy.add(root.key);
    // The next call that finds the same tries again.
    return work()
      .catch(() => undefined)
      .finally(() => busy.delete(root.key));
  }

  /** Everything that the page's shards have comes home, those of the present limits and older ones. */
  async function gather(root: PageSpec, page: PageState): Promise<void> {
    await bringAllHome(
      pages,
      page,
      (loan) => (isOwn(root, loan) ? shardSpec(root, Math.max(1, page.shards), Number(loan.slice(loan.lastIndexOf('.') + 1))) : undefined),
      (spec) => emptyRates(spec, clock.now()),
    );
    if (page.shards > 0) {
      await pages.shards.resize(root.key, page.shards, 0, emptyRates(root, clock.now()));
      await pages.shards.announce(placeOf(root, 0).key, 0);
    }
    known.delete(root.key);
  }

  return {
    learn,
    specFor,

    async refused(planned, tried, size, lacks) {
      const last = tried.at(-1) ?? planned;
      let [page] = await pages.read([planned.key]);
      // What its shards have under the old limits comes home before the new ones hold: it may have been spent without any.
      if (page !== undefined && page.generation < planned.generation && page.loans.size > 0) {
        await gather(planned, page);
        if ((await pages.move(planned, clock.now())) && last.key === planned.key) return { again: planned };
        [page] = await pages.read([planned.key]);
      }
      if (page === undefined) return last.key === planned.key ? { whole: undefined } : { again: planned };
      learn(page);
      const root = fitted(planned, page);
      // The page is another than the call was planned with: it says so itself.
      if (root === undefined) return last.key === planned.key ? { whole: page } : { again: planned };
      if (page.shards === 0 && page.openCount >= MOST_ENTRIES) {
        await split(root, page.openCount, size);
        if (known.has(root.key)) return { again: specFor(root) };
      }
      if (page.loans.size === 0 && page.shards === 0) return last.key === root.key ? { whole: page } : { again: root };
      const times = tried.filter(({ key }) => key === last.key).length;
      // A rate cannot be lent.
      const canHelp = lacks.every(({ kind }) => kind !== 'requests' && kind !== 'tokens');
      if (canHelp && last.key !== root.key && times === 1 && page.shards > 0 && (await lendTo(root, page.shards, last, size)))
        return { again: last };
      const [now = page, ...shards] = await pages.read([root.key, ...shardKeysOf(page)]);
      const best = fittest(root, now, shards, tried, size);
      if (best !== undefined) return { again: best };
      const whole = wholeOf(now, shards);
      if (!canHelp || !hasEnough(root, whole, size)) return { whole };
      // Somebody else has lent to it meanwhile.
      const own = shards.find((shard) => shard?.key === last.key);
      if (times < MOST_TIMES && own !== undefined && isShardOf(root, own) && hasEnough(root, own, size)) return { again: last };
      if (tried.filter(({ key }) => key === root.key).length >= MOST_TIMES) return { whole };
      await gather(root, now);
      return { again: root };
    },

    afterwards(root, used, page, size) {
      const full = page === undefined || page.openCount > policy.mostEntries;
      const isRoot = used.key === root.key;
      if (page !== undefined && isRoot) learn(page);
      // A shard may tell what was true a while ago.
      else if (page !== undefined && page.shards > (known.get(root.key) ?? 0)) note(root.key, page.shards);
      // A page that others have split is not split by who did not know.
      if (full && !(isRoot && (page?.shards ?? 0) > 0)) return beside(root, () => split(root, page?.openCount ?? 0, size));
      if (page === undefined) return undefined;
      if (isRoot) return oldLoans(root, page).length > 0 ? beside(root, () => endOldLoans(root, page)) : undefined;
      if (!isLow(root, page, size)) return undefined;
      return beside(root, async () => {
        const ahead = { ...size, nanoUsd: size.nanoUsd * LOW };
        await lendTo(root, known.get(root.key) ?? 1, used, ahead);
        const [whole] = await pages.read([root.key]);
        if (whole !== undefined) await endOldLoans(root, whole);
      });
    },
  };
}

/** The call as it was planned, by the page's clock where that is ahead. Undefined: the page has other limits, or is about to roll. */
function fitted(root: PageSpec, page: PageState): PageSpec | undefined {
  const periods = root.periods.map((period) => {
    const { startMs = period.startMs } = page.periods[period.name] ?? {};
    return startMs > period.startMs ? { ...period, startMs } : period;
  });
  const spec = { ...root, periods };
  return isAsPlanned(spec, page) ? spec : undefined;
}

/** Pages with all that their shards have. */
export async function readWhole(pages: Pick<PageStore, 'read'>, roots: readonly string[]): Promise<readonly (PageState | undefined)[]> {
  const found = await pages.read(roots);
  const keys = found.flatMap((root) => (root === undefined ? [] : shardKeysOf(root)));
  if (keys.length === 0) return found;
  const shards = await pages.read(keys);
  return found.map((root) => (root === undefined || root.loans.size === 0 ? root : wholeOf(root, shards)));
}

/** Whether a loan belongs to the present limits and periods. */
function isOwn(root: PageSpec, loan: string): boolean {
  return loan === loanName(root, Number(loan.slice(loan.lastIndexOf('.') + 1)));
}

function oldLoans(root: PageSpec, page: PageState): readonly string[] {
  if (!isAsPlanned(root, page)) return [];
  return [...page.loans.keys()].filter((loan) => !isOwn(root, loan));
}

function isLow({ periods, slots }: PageSpec, page: PageState, { nanoUsd }: Size): boolean {
  if (slots !== undefined && (page.slots?.remaining ?? 0) < Number(LOW)) return true;
  return periods.some(({ name, binds }) => binds && (page.periods[name]?.remainingNanoUsd ?? 0n) < LOW * nanoUsd);
}

function hasEnough({ periods, slots }: PageSpec, page: PageState, { nanoUsd }: Size): boolean {
  if (slots !== undefined && (page.slots?.remaining ?? 0) < 1) return false;
  return periods.every(({ name, binds }) => !binds || nanoUsd === 0n || (page.periods[name]?.remainingNanoUsd ?? 0n) >= nanoUsd);
}

/** Of the shards in use that were not tried and have enough: the one with most to give. */
function fittest(
  root: PageSpec,
  page: PageState,
  shards: readonly (PageState | undefined)[],
  tried: readonly PageSpec[],
  size: Size,
): PageSpec | undefined {
  let best: { readonly spec: PageSpec; readonly mark: number; readonly left: bigint } | undefined;
  const there = new Map(shards.map((shard) => [shard?.key, shard]));
  for (let index = 0; index < page.shards; index++) {
    const { key } = placeOf(root, index);
    const shard = there.get(key);
    if (shard === undefined || tried.some((spec) => spec.key === key) || !isShardOf(root, shard) || !hasEnough(root, shard, size)) continue;
    const left = root.periods.reduce((least: bigint, { name, binds }) => {
      const own = shard.periods[name]?.remainingNanoUsd ?? 0n;
      return binds && (least < 0n || own < least) ? own : least;
    }, -1n);
    const mark = shard.marks.minute?.at ?? 0;
    if (best === undefined || mark < best.mark || (mark === best.mark && left > best.left)) {
      best = { spec: shardSpec(root, page.shards, index), mark, left };
    }
  }
  return best?.spec;
}

import type { PageStore, SentParcel } from '../ports/page-store';
import type { PageSpec, PageState } from '../ports/pages';
import { loanName } from './names';
import { canSplit, emptyRates, parcelFor, placeOf, type ShardPolicy, type Size, shardSpec } from './shard-plan';

/** Parcels that one write of the root sends. */
const AT_ONCE = 20;

export interface Split {
  /** How many shards this process knows; where there are others by now, nothing is done. */
  readonly known: number;
  /** On the item that was found to be too full; 0: it was throttled. */
  readonly entries: number;
  readonly size: Size;
  readonly nowMs: number;
  readonly policy: ShardPolicy;
  /** Asks again where the table throttles. */
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A split makes each item this light again: every write of it costs one unit. */
const FEW_ENTRIES = 8;
const MOST_FACTOR = 16;

/**
 * More shards, where the page has enough for so many. They are all there, with money of their own, before anybody is told of them: who finds
 * one that is not there has to ask the root, which is busy enough.
 *
 * @returns how many there are, as far as it is known; undefined: there is no page
 */
export async function splitPage(pages: PageStore, root: PageSpec, split: Split): Promise<number | undefined> {
  const { known, entries, size, nowMs, policy, patiently } = split;
  const [page] = await patiently(() => pages.read([root.key]));
  if (page === undefined) return undefined;
  const { shards } = page;
  if (shards !== known || !isAsPlanned(root, page)) return shards;
  const factor = 2 ** Math.ceil(Math.log2(Math.min(MOST_FACTOR, Math.max(2, entries / FEW_ENTRIES))));
  let wanted = Math.min(policy.mostShards, Math.max(1, shards) * factor);
  while (wanted > shards && !canSplit(root, page, wanted, size, policy)) wanted = Math.floor(wanted / 2);
  if (wanted <= Math.max(1, shards)) return shards;
  if (shards > 0 && hasRates(root)) await narrow(pages, root, shards, wanted, nowMs);
  if (!(await addShards(pages, root, page, wanted, split))) return shards;
  if (!(await patiently(() => pages.shards.resize(root.key, shards, wanted)))) return shards;
  await pages.shards.announce(placeOf(root, 0).key, wanted);
  return wanted;
}

/** The page has the generation and the starts that the call was planned with. */
export function isAsPlanned(root: PageSpec, page: PageState): boolean {
  return page.generation === root.generation && root.periods.every(({ name, startMs }) => page.periods[name]?.startMs === startMs);
}

function hasRates({ requests, tokens }: PageSpec): boolean {
  return requests.minute !== undefined || tokens.minute !== undefined;
}

/** Shards that are there give up what the new ones get of the rates, before these begin. */
async function narrow(pages: PageStore, root: PageSpec, shards: number, wanted: number, nowMs: number): Promise<void> {
  await Promise.all(Array.from({ length: shards }, (_unused, index) => pages.move(shardSpec(root, wanted, index), nowMs)));
}

/** Answers whether all of them are there. What others have begun, or have left half done, is gone on with. */
async function addShards(
  pages: PageStore,
  root: PageSpec,
  page: PageState,
  wanted: number,
  { size, nowMs, policy, patiently }: Split,
): Promise<boolean> {
  const parcel = parcelFor(root, page, wanted, size, policy);
  if (parcel === undefined) return false;
  const fresh: SentParcel[] = [];
  const begun: SentParcel[] = [];
  const before: number[] = [];
  for (let index = page.shards; index < wanted; index++) {
    const loan = loanName(root, index);
    const found = page.loans.get(loan);
    if (found === undefined) fresh.push({ loan, parcel, number: 0 });
    else if (found.number === 1 && found.parcel !== undefined) begun.push({ loan, parcel: found.parcel, number: 0 });
    else before.push(index);
  }
  // The map that they are kept in.
  if (page.loans.size === 0 && !(await patiently(() => pages.shards.resize(root.key, page.shards, page.shards)))) return false;
  for (let from = 0; from < fresh.length; from += AT_ONCE) {
    const some = fresh.slice(from, from + AT_ONCE);
    // Somebody else is faster.
    if (!(await patiently(() => pages.shards.send(root, some)))) return false;
    begun.push(...some);
  }
  const there = await Promise.all([
    ...begun.map((one) => isMade(pages, root, wanted, one, nowMs)),
    ...before.map((index) => hasShareAnew(pages, shardSpec(root, wanted, index), nowMs)),
  ]);
  const arrived = begun.filter((_one, index) => there[index]).map(({ loan }) => ({ loan, number: 1 }));
  for (let from = 0; from < arrived.length; from += AT_ONCE) {
    // Whoever lends there next does it otherwise.
    await pages.shards.clear(root.key, arrived.slice(from, from + AT_ONCE)).catch(() => false);
  }
  return there.every(Boolean);
}

/** L2 of a first parcel. */
async function isMade(pages: PageStore, root: PageSpec, wanted: number, { loan, parcel }: SentParcel, nowMs: number): Promise<boolean> {
  const spec = shardSpec(root, wanted, Number(loan.slice(loan.lastIndexOf('.') + 1)));
  try {
    if (await pages.shards.take(spec, parcel, 1, emptyRates(spec, nowMs))) return true;
    const [shard] = await pages.read([spec.key]);
    return shard !== undefined;
  } catch {
    // The next one who splits goes on here.
    return false;
  }
}

/** One that was in use before everything came home. */
async function hasShareAnew(pages: PageStore, spec: PageSpec, nowMs: number): Promise<boolean> {
  return !hasRates(spec) || pages.shards.share(spec, emptyRates(spec, nowMs)).catch(() => false);
}

import type { PageStore, ShardPlace } from '../ports/page-store';
import { RETIRED } from '../ports/page-store';
import type { EmptyRates, PageSpec, PageState, Parcel } from '../ports/pages';
import { shardKey } from './names';
import { oldShardSpec, receivedBy } from './shard-plan';

/** More than any transfer has steps. */
const MOST_STEPS = 12;
/** Seconds for which a retired shard stays: longer than any write may come late. */
const RETIRED_SECONDS = 30 * 86_400;

/** Both sides of a loan, as they are now. */
export interface LoanSides {
  readonly root: PageState;
  readonly shard: PageState | undefined;
}

export async function readSides(pages: PageStore, place: ShardPlace): Promise<LoanSides | undefined> {
  const [root, shard] = await pages.read([place.root, place.key]);
  return root === undefined ? undefined : { root, shard };
}

/**
 * Lends a parcel: L1, L2, L3. Whoever stops in between leaves a parcel that the next one finishes.
 *
 * @param number of the loan as it was read, without a parcel
 */
export async function lend(
  pages: PageStore,
  place: ShardPlace,
  specs: { readonly root: PageSpec; readonly shard: PageSpec },
  parcel: Parcel,
  number: number,
  rates: EmptyRates,
): Promise<boolean> {
  if (!(await pages.shards.send(specs.root, [{ loan: place.loan, parcel, number }]))) return false;
  const taken = await pages.shards.take(specs.shard, parcel, number + 1, rates);
  if (taken) await pages.shards.clear(place.root, [{ loan: place.loan, number: number + 1 }]);
  return taken;
}

/**
 * Does the next step of whatever is under way on a loan. Answers false where nothing is.
 *
 * @param spec of the shard, where it belongs to the present limits
 */
async function finishStep(
  pages: PageStore,
  place: ShardPlace,
  { root, shard }: LoanSides,
  spec: PageSpec | undefined,
  rates: EmptyRates,
): Promise<boolean> {
  const loan = root.loans.get(place.loan);
  if (loan === undefined) return false;
  const { parcel, number } = loan;
  const parcels = shard?.parcels ?? 0;
  if (shard?.back !== undefined && receivedBy(loan) > parcels) return pages.shards.unpack(place, parcels);
  if (parcel !== undefined && parcels === number - 1) {
    return pages.shards.take(spec ?? oldShardSpec(place, parcel), parcel, number, rates);
  }
  if (parcel !== undefined) return pages.shards.clear(place.root, [{ loan: place.loan, number }]);
  if (shard?.back !== undefined) return pages.shards.receive(place, shard);
  return false;
}

/** Finishes the parcel or the way home of one loan. Answers its sides then; undefined: there is no root, or too much is going on. */
export async function finish(
  pages: PageStore,
  place: ShardPlace,
  spec: PageSpec | undefined,
  rates: EmptyRates,
): Promise<LoanSides | undefined> {
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const sides = await readSides(pages, place);
    if (sides === undefined || !(await isUnderWay(pages, place, sides, spec, rates))) return sides;
  }
  return undefined;
}

async function isUnderWay(
  pages: PageStore,
  place: ShardPlace,
  sides: LoanSides,
  spec: PageSpec | undefined,
  rates: EmptyRates,
): Promise<boolean> {
  const loan = sides.root.loans.get(place.loan);
  if (loan?.parcel === undefined && sides.shard?.back === undefined) return false;
  // Another may have done the same step: what counts is how it is then.
  await finishStep(pages, place, sides, spec, rates);
  return true;
}

const NO_RATES: EmptyRates = { marks: {}, tokens: {} };

/**
 * Brings all home that a shard has, and first what is on its way to it.
 *
 * @param spec of the shard, where it belongs to the present limits
 */
export async function bringHome(
  pages: PageStore,
  place: ShardPlace,
  spec: PageSpec | undefined,
  rates = NO_RATES,
): Promise<LoanSides | undefined> {
  const sides = await finish(pages, place, spec, rates);
  if (sides?.shard === undefined || !hasAny(sides.shard)) return sides;
  await pages.shards.pack(sides.shard);
  return finish(pages, place, spec, rates);
}

/** Shards that are brought home at once. */
const AT_ONCE = 25;

/**
 * Everything that a page's shards have comes home, whatever limits they belong to.
 *
 * @param specOf the shard of a loan, where it belongs to the present limits
 */
export async function bringAllHome(
  pages: PageStore,
  page: PageState,
  specOf: (loan: string) => PageSpec | undefined = () => undefined,
  ratesOf: (spec: PageSpec) => EmptyRates = () => NO_RATES,
): Promise<void> {
  const loans = [...page.loans.keys()];
  for (let from = 0; from < loans.length; from += AT_ONCE) {
    await Promise.all(
      loans.slice(from, from + AT_ONCE).map((loan) => {
        const spec = specOf(loan);
        const place = { root: page.key, loan, key: shardKey(page.key, loan) };
        return bringHome(pages, place, spec, spec === undefined ? NO_RATES : ratesOf(spec));
      }),
    );
  }
}

function isInUse(shard: PageState): boolean {
  return hasAny(shard) || shard.back !== undefined || shard.open.size > 0 || shard.kept.size > 0;
}

function hasAny(shard: PageState): boolean {
  return Object.values(shard.periods).some(({ remainingNanoUsd }) => remainingNanoUsd !== 0n) || (shard.slots?.remaining ?? 0) !== 0;
}

/** Ends a loan under limits of the past: what is left goes home, and once nobody holds anything there, the root forgets it. */
export async function endLoan(pages: PageStore, root: string, loan: string, nowMs: number): Promise<void> {
  const place: ShardPlace = { root, loan, key: shardKey(root, loan) };
  const sides = await bringHome(pages, place, undefined);
  const shard = sides?.shard;
  const number = sides?.root.loans.get(loan)?.number;
  if (number === undefined || (shard !== undefined && isInUse(shard))) return;
  // One that was retired and is gone was forgotten by time.
  const retired =
    shard === undefined || shard.parcels === RETIRED || (await pages.shards.retire(shard, Math.floor(nowMs / 1_000) + RETIRED_SECONDS));
  if (retired) await pages.shards.forget(place, number);
}

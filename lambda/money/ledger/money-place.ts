import type { PlannedPage, PlannedPeriod } from '../pages';

/** Where money is set aside: one period of one page. */
export interface MoneyPlace {
  readonly page: PlannedPage;
  readonly period: PlannedPeriod;
  /** For this process's memory. */
  readonly name: string;
}

const NONE: readonly MoneyPlace[] = [];
/** Plans are kept, and so is what is made of them. */
const kept = new WeakMap<PlannedPage, readonly MoneyPlace[]>();

function placesOn(page: PlannedPage): readonly MoneyPlace[] {
  let places = kept.get(page);
  if (places === undefined) {
    const binding = page.periods.filter(({ spec }) => spec.binds);
    places = binding.map((period) => ({ page, period, name: `${page.spec.root} ${period.spec.name}` }));
    kept.set(page, places);
  }
  return places;
}

/** Where a call's money is refused when there is not enough. */
export function bindingPlaces(pages: readonly PlannedPage[], nanoUsd: bigint): readonly MoneyPlace[] {
  if (nanoUsd === 0n) return NONE;
  return pages.length === 1 ? placesOn(pages[0] as PlannedPage) : pages.flatMap(placesOn);
}

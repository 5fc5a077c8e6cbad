import type { PlannedPage, PlannedPeriod } from '../pages';

/** Where money is set aside: one period of one page. */
export interface MoneyPlace {
  readonly page: PlannedPage;
  readonly period: PlannedPeriod;
}

/** Its name for this process's memory. */
export function nameOfPlace({ page, period }: MoneyPlace): string {
  return `${page.spec.root} ${period.spec.name}`;
}

/** Where a call's money is refused when there is not enough. */
export function bindingPlaces(pages: readonly PlannedPage[], nanoUsd: bigint): readonly MoneyPlace[] {
  if (nanoUsd === 0n) return [];
  return pages.flatMap((page) => page.periods.filter(({ spec }) => spec.binds).map((period) => ({ page, period })));
}

/** Usage added up: what a request adds, to which rows, and what is read from them. */
export { type Contribution, contributionOf, merged, nameOfRow, type RowChange } from './contribution';
export { spendFile } from './focus';
export { contributionOfRefusals, type Refusals, type RefusedCalls } from './refusals';
export {
  add,
  COST,
  isNothing,
  MEASURES,
  type Measure,
  NOTHING,
  PROVIDER_ADJUSTMENT,
  percentiles,
  type Sketch,
  type Sums,
  subtract,
  TEAM_ADJUSTMENT,
} from './sums';
export { changed, dimensionOf, isDimension, PLAIN_DIMENSIONS, textOfTuple, type UsageTuple } from './tuple';

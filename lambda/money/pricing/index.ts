/** Prices, costs and bounds. All money is a `bigint` in nano-USD. */

export {
  type Adjustment,
  adjustmentOf,
  type Charge,
  charged,
  NOTHING_CHARGED,
  parsePercent,
  percentText,
  sumOfCharges,
} from './adjustment';
export { dearOutput } from './billed-classes';
export { type BookChange, changesBetween, modelsByKind } from './book-changes';
export { checkBook, MOST_BOOK_BYTES, readCheckedBook } from './book-file';
export { type BookReview, reviewBook } from './book-review';
export { type BoundInput, boundOf, type CallBound, callsOf, capForCost, type GuardFees, isFree, mediaOf } from './bound';
export { mostCharacters } from './characters';
export { type Consumption, chargeOfUsage, costOf, costOfUsage, textCost, tierPercent } from './cost';
export { dearerPrice } from './dearer-price';
export { estimateTokens, familyOf, type TokenFamily } from './estimate';
export { GUARDRAIL_PRICES, guardrailFee, textUnits } from './guardrails';
export { formatUsd, NANO_USD, parseUsd, usd } from './money';
export { implausible, type ReportedCall } from './plausible';
export { ceilingPrice, FREE_PRICE, type Price, pricesAny, type Rate, type TokenClass } from './price';
export {
  bookInForce,
  createPriceBook,
  type PriceBook,
  type PriceBookData,
  type PricedTarget,
} from './price-book';
export type { PriceFields, PriceOverride } from './price-override';
export { mayReasonUnseen, mostOutput, writtenWithin } from './unseen-output';
export { windowOf } from './window';

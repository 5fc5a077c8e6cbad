import type { BudgetPeriod } from './limits';
import type { Target } from './target';

/** A share of a route's calls that is also sent to a target to be tried out, once their callers have their answers. */
export interface ShadowTraffic {
  /** Where they are sent to; of what is said of it its parameters count. */
  readonly target: Target;

  /** Share of the calls that were answered: above 0 and up to 1. */
  readonly share: number;

  /** What it may cost in US dollars, as a decimal string: `5.00`. Once that is spent, calls have no shadow until the period ends. */
  readonly limitUsd: string;

  /**
   * Calendar period of the budget, in UTC.
   *
   * @default BudgetPeriod.DAY
   */
  readonly period?: BudgetPeriod;
}

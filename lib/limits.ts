/** Length of a budget's period. Days, weeks and months follow the calendar of the level's time zone. */
export enum BudgetPeriod {
  /** Full hours. */
  HOUR = 'hour',
  /** Midnight to midnight. */
  DAY = 'day',
  /** Monday to Sunday. */
  WEEK = 'week',
  /** The first to the last day of the month. */
  MONTH = 'month',
  /** Never starts anew. */
  LIFETIME = 'lifetime',
}

/** How much may be spent in a period. */
export interface Budget {
  /** US dollars as a decimal with at most nine places, such as `25.00`. */
  readonly limitUsd: string;

  /** Period after which the budget starts anew. */
  readonly period: BudgetPeriod;

  /**
   * Glob of the models that the budget covers.
   *
   * @default - every model
   */
  readonly model?: string;

  /**
   * Alert only, never refuse.
   *
   * @default false
   */
  readonly soft?: boolean;

  /**
   * Shares of the limit at which an alert is raised, above 0 and at most 1.
   *
   * @default - no alerts
   */
  readonly alertAt?: number[];
}

/** Limits on rates, tokens and concurrency. An absent limit does not bind. */
export interface Limits {
  /**
   * Requests in any minute.
   *
   * @default - not limited
   */
  readonly requestsPerMinute?: number;

  /**
   * Requests in any day.
   *
   * @default - not limited
   */
  readonly requestsPerDay?: number;

  /**
   * Input and output tokens in any minute.
   *
   * @default - not limited
   */
  readonly tokensPerMinute?: number;

  /**
   * Input and output tokens in any day.
   *
   * @default - not limited
   */
  readonly tokensPerDay?: number;

  /**
   * Requests that are open at the same time.
   *
   * @default - not limited
   */
  readonly concurrentRequests?: number;
}

/** Limits of the models that match a glob. */
export interface ModelLimits extends Limits {
  /** Glob of models, such as `openai/*`. */
  readonly model: string;
}

/** Budgets and limits of one level: the gateway, or every key, team, project or user without its own. */
export interface Level {
  /**
   * How much may be spent.
   *
   * @default - no budget
   */
  readonly budgets?: Budget[];

  /**
   * How fast it may be spent.
   *
   * @default - no limits
   */
  readonly limits?: Limits;

  /**
   * The same limits for some models.
   *
   * @default - none
   */
  readonly modelLimits?: ModelLimits[];
}

/** What happens to a call whose model has no known price. */
export class UnknownPrice {
  /** The call is refused. */
  static refuse(): UnknownPrice {
    return new UnknownPrice();
  }

  /**
   * The call is made, and the amount reserved and charged is the ceiling.
   *
   * @param usd US dollars per call as a decimal, such as `5.00`
   */
  static ceiling(usd: string): UnknownPrice {
    return new UnknownPrice(usd);
  }

  private constructor(
    /** US dollars charged per call; absent when such calls are refused. */
    readonly ceilingUsd?: string,
  ) {}
}

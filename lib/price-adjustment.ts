/** What a price adjustment is for. */
export interface PriceAdjustmentOptions {
  /**
   * The models, as `provider id/model` or a glob of such names: `openai/*` are all of a provider.
   *
   * @default '*' - all models of all providers
   */
  readonly models?: string;

  /**
   * Id of the team whose calls it is for: what the organisation charges this team, on top of what the models cost it. Of several that fit
   * a call, one without a team holds and one with the team.
   *
   * @default - it is what was agreed with the provider, and holds for all calls
   */
  readonly team?: string;
}

/**
 * A discount or a mark-up on top of list prices. Budgets, limits of cost, usage records and reports go by what is charged with it; the list
 * price is told apart.
 *
 * Of two that fit a model, the one that names it goes before a glob, and of two globs the first. The same can be changed without a
 * deployment by `llm-gateway prices set`, which goes before.
 */
export class PriceAdjustment {
  /**
   * Charges less than the list price.
   *
   * @param percent such as `12.5`, with four decimals at most
   */
  static discount(percent: string, options: PriceAdjustmentOptions = {}): PriceAdjustment {
    return new PriceAdjustment(`-${percent}`, options);
  }

  /**
   * Charges more than the list price.
   *
   * @param percent such as `10`, with four decimals at most
   */
  static markUp(percent: string, options: PriceAdjustmentOptions = {}): PriceAdjustment {
    return new PriceAdjustment(percent, options);
  }

  private constructor(
    /** Percent on top of the price; a discount begins with a minus. */
    readonly percent: string,
    /** What it is for. */
    readonly options: PriceAdjustmentOptions,
  ) {}
}

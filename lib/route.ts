/** One place to which a route may send a call: a model at a provider. */
export class Target {
  /**
   * A model at a configured provider.
   *
   * @param model the provider's id, a slash, and the model's name at that provider, such as `anthropic/claude-sonnet-5-5`;
   * `anthropic/*` passes on the name that the caller asked for
   */
  static model(model: string): Target {
    const slash = model.indexOf('/');
    if (slash <= 0 || slash === model.length - 1) {
      throw new Error(
        `target "${model}" is not "<provider id>/<model>"; write the provider's id first, for example "anthropic/claude-sonnet-5-5"`,
      );
    }
    return new Target(model.slice(0, slash), model.slice(slash + 1));
  }

  private constructor(
    /** Id of the provider. */
    readonly provider: string,
    /** The model's name at that provider. */
    readonly modelName: string,
  ) {}
}

/** An alias that callers may ask for, and where its calls go. */
export class Route {
  /**
   * Sends an alias to its targets in order; the next one is tried only while nothing has been sent to the caller.
   *
   * @param alias what callers name as the model: `smart`, or a glob such as `claude-*`
   * @param targets at least one, best first
   */
  static to(alias: string, targets: Target[]): Route {
    return new Route(alias, targets);
  }

  private constructor(
    /** What callers ask for. */
    readonly alias: string,
    /** Where the calls go, in order. */
    readonly targets: Target[],
  ) {}
}

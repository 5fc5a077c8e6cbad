/** In which order the targets of a route are asked; the next one only while nothing has been sent to the caller. */
export class Strategy {
  /** As the route names them, best first. */
  static ordered(): Strategy {
    return new Strategy('ordered');
  }

  /** By their weights: a target of weight 3 is the first for three times as many conversations as one of weight 1. */
  static weighted(): Strategy {
    return new Strategy('weighted');
  }

  /** The one at which the call is expected to cost least, by its prompt, what such calls usually write, and the prices that hold. */
  static lowestCost(): Strategy {
    return new Strategy('lowest_cost');
  }

  /** The one that is expected to be done first, by the time to its first token and its speed as they were measured lately. */
  static lowestLatency(): Strategy {
    return new Strategy('lowest_latency');
  }

  /** The one that answers the fewest calls just now, measured by its weight. */
  static leastBusy(): Strategy {
    return new Strategy('least_busy');
  }

  private constructor(
    /** Its name in the configuration document and in `x-gateway-route-reason`. */
    readonly name: string,
  ) {}
}

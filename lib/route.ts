import type { Sensitivity } from './placement';
import type { ShadowTraffic } from './shadow-traffic';
import type { Strategy } from './strategy';
import type { Target } from './target';

/** How one of a route's targets is chosen, and what else may answer. */
export interface RouteOptions {
  /**
   * In which order the targets are asked.
   *
   * @default Strategy.ordered()
   */
  readonly strategy?: Strategy;

  /**
   * Whether the calls of one conversation go to one target while that answers, so that the provider's prompt cache keeps working. Calls belong
   * to one conversation when they begin alike: the same instructions and the same first turn. Without it calls are shared by chance.
   *
   * @default true
   */
  readonly affinity?: boolean;

  /**
   * Alias, or `provider/model`, that takes a call which what is left of a budget does not cover, in place of a refusal. The call counts as one
   * of this route's alias; the key needs no permission for the other.
   *
   * @default - the call is refused
   */
  readonly budgetFallback?: string;

  /**
   * Whether a call that one provider's content policy refuses is asked of the next target.
   *
   * @default false
   */
  readonly contentPolicyFallback?: boolean;

  /**
   * The most that one call may cost, in US dollars as a decimal string: `0.50`. A target at which it could cost more is left out and named; where
   * none is left, the call is refused before it costs anything. Where a caller names no cap of the answer, one is written that keeps to it, unless
   * that would be shorter than such answers usually are.
   *
   * @default - as much as budgets and the caller's own `x-gateway-max-cost-usd` leave
   */
  readonly maxCostUsd?: string;

  /**
   * Also sends a share of the calls to a target that is tried out. No caller waits for it or pays for it; it goes nowhere that the call itself might not go,
   * and its records say which call they were sent beside.
   *
   * @default - nothing is tried out
   */
  readonly shadow?: ShadowTraffic;

  /**
   * How sensitive calls of this alias are at least.
   *
   * @default - as the call's key and the levels above it say
   */
  readonly sensitivity?: Sensitivity;

  /**
   * Geographies (`eu`) and Regions (`eu-central-1`) that calls of this alias stay within, also when they fall back to another.
   *
   * @default - anywhere that the call's key and the levels above it allow
   */
  readonly residency?: string[];

  /**
   * Ids of guardrail policies that calls of this alias are held to.
   *
   * @default - those that the gateway, the call's key and the levels above it name
   */
  readonly guardrails?: string[];
}

/** An alias that callers may ask for, and where its calls go. */
export class Route {
  /**
   * Sends an alias to one of its targets; the next one is tried only while nothing has been sent to the caller.
   *
   * @param alias what callers name as the model: `smart`, or a glob such as `claude-*`
   * @param targets at least one, best first
   * @param options how one of them is chosen
   */
  static to(alias: string, targets: Target[], options: RouteOptions = {}): Route {
    return new Route(alias, targets, options);
  }

  private constructor(
    /** What callers ask for. */
    readonly alias: string,
    /** Where the calls go. */
    readonly targets: Target[],
    /** How one of them is chosen. */
    readonly options: RouteOptions,
  ) {}
}

import type { Price } from '../../money/pricing';
import type { Target } from '../target';
import type { TargetFacts } from '../target-facts';

/** What a strategy may go by, beside what the candidates say of themselves. */
export interface RoutingFacts {
  /** By the candidate's name. The call is bounded by the dearest, so that any order will do. */
  readonly prices: ReadonlyMap<string, Price>;
  /** Names the conversation that the call belongs to; absent where it belongs to none, or where chance is wanted. */
  readonly conversation?: number | undefined;
  /** Of the prompt, as the gateway estimates it. */
  inputTokens(): number;
  /** That such calls usually write; 0 where no model writes. */
  outputTokens(): number;
  factsOf(target: Target): TargetFacts;
  /** 0 to 1. */
  random(): number;
}

/** How the places are put in order that a call may go to. Pure. A place that rests, or has no quota left, is passed over in any order. */
export interface Strategy {
  /** All candidates, each once, and no other, for the call was admitted for these. */
  order(candidates: readonly Target[], facts: RoutingFacts): readonly Target[];
  /** What a target was judged by, as `name=value`; for whoever reads why it was chosen. */
  say(target: Target, facts: RoutingFacts): string | undefined;
}

import { conversationOf, orderOf, type RoutingFacts, type Target } from '../../routing';
import type { BoundedCall } from '../before/call';
import type { Gateway } from '../gateway';

/** The order in which a call's targets are asked, and what it was found by. */
export interface RouteOrder {
  readonly targets: readonly Target[];
  /** Absent where there was nothing to choose. */
  readonly facts?: RoutingFacts;
}

export function routeOrder(gateway: Gateway, bounded: BoundedCall): RouteOrder {
  const { targets, resolution } = bounded.call;
  if (targets.length === 1) return { targets };
  const facts = factsOf(gateway, bounded);
  return { targets: orderOf(resolution.strategy, targets, facts), facts };
}

/** What takes work is found when a strategy asks for it. */
function factsOf({ health, usualOutput, random }: Gateway, { call, prices, maxOutputTokens }: BoundedCall): RoutingFacts {
  const { resolution, asked, operation, dialect, document, caller, facts } = call;
  return {
    prices,
    conversation: resolution.affinity && operation.generates ? conversationOf(dialect.opening?.(document.value) ?? []) : undefined,
    inputTokens: () => asked?.inputTokens() ?? 0,
    outputTokens: () => (operation.generates ? Math.min(maxOutputTokens, usualOutput.of(caller.key.id, facts.model)) : 0),
    factsOf: (target) => health.factsOf(target),
    random,
  };
}

import type { ErrorCode } from '../../platform/error-catalogue';
import { type Skipped, STRATEGIES, type Target } from '../../routing';
import type { RoutedCall } from '../before/call';
import type { RouteOrder } from './order';

const LONGEST = 1_024;

/** Why a call goes on to another target, by what the one before said. */
const KINDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  rate_limit_exceeded: 'quota',
  upstream_quota: 'quota',
  context_length_exceeded: 'context_window',
  content_policy_violation: 'content_policy',
  operation_not_supported: 'capability',
  unsupported_parameter: 'capability',
};

/**
 * Why a call went where it went: how its name was understood, by what rule its targets were put in order and what the chosen one was judged
 * by, after what kind of failure it was asked, and which targets were left out. `alias` alone where the first of an ordered list was asked.
 *
 * @param failed code of the failure before, if there was one
 */
export function routeReason(call: RoutedCall, order: RouteOrder, target: Target, failed: ErrorCode | undefined): string {
  const { resolution, skipped } = call;
  const { strategy } = resolution;
  let reason: string = resolution.reason;
  if (order.facts !== undefined && strategy !== 'ordered') {
    const by = STRATEGIES[strategy].say(target, order.facts);
    reason += by === undefined ? `; strategy=${strategy}` : `; strategy=${strategy}; ${by}`;
  }
  const tier = target.parameters?.service_tier;
  if (tier !== undefined) reason += `; service_tier=${tier}`;
  const fallback = fallbackOf(call, order, target, failed);
  if (fallback !== undefined) reason += `; fallback=${fallback}`;
  if (skipped.length > 0) reason += wordsOf(skipped);
  return reason.length > LONGEST ? reason.slice(0, LONGEST) : reason;
}

/** What conditions leave out is one list for each outcome, and so are the words for it. */
const words = new WeakMap<readonly Skipped[], string>();

function wordsOf(skipped: readonly Skipped[]): string {
  let known = words.get(skipped);
  if (known === undefined) {
    known = `; skipped=${skipped.map(({ target: { key }, why }) => `${key} (${why})`).join(', ')}`;
    words.set(skipped, known);
  }
  return known;
}

function fallbackOf(
  { resolution }: RoutedCall,
  { targets, facts }: RouteOrder,
  target: Target,
  failed: ErrorCode | undefined,
): string | undefined {
  if (failed !== undefined) return KINDS[failed] ?? 'general';
  // Nobody failed in this call: those before it are being left alone.
  const [first] = targets;
  if (first !== undefined && first !== target) return facts?.factsOf(first).hasQuota === false ? 'quota' : 'health';
  return resolution.instead ? 'budget' : undefined;
}

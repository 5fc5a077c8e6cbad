import type { GatewayError } from '../../platform/error';
import type { Target } from '../../routing';
import type { BoundedCall } from '../before/call';

/**
 * Targets that may take a call which one of them refused for what it holds: those of a larger window where the prompt was too long, and the
 * others where a content policy refused it and the route lets another be asked.
 *
 * @param order all of the call's, as they are asked
 * @param asked those that were
 * @returns undefined where the refusal is the caller's to hear
 */
export function furtherTargets(
  { call, prices }: BoundedCall,
  order: readonly Target[],
  asked: readonly Target[],
  { code }: GatewayError,
): readonly Target[] | undefined {
  const others = order.filter((target) => !asked.includes(target));
  const further = code === 'context_length_exceeded' ? largerOf(others, asked, call.asked?.inputTokens(), prices) : others;
  const mayGoOn = code === 'context_length_exceeded' || (code === 'content_policy_violation' && call.resolution.contentPolicyFallback);
  return mayGoOn && further.length > 0 ? further : undefined;
}

/** What nobody knows the window of may be as small. */
function largerOf(
  others: readonly Target[],
  asked: readonly Target[],
  inputTokens: number | undefined,
  prices: BoundedCall['prices'],
): readonly Target[] {
  const windowOf = ({ name }: Target): number | undefined => prices.get(name)?.contextWindow;
  const least = Math.max(inputTokens ?? 0, ...asked.map((target) => windowOf(target) ?? 0));
  return others.filter((target) => (windowOf(target) ?? 0) > least);
}

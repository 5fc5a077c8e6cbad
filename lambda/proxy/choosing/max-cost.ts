import { type BoundInput, boundOf, capForCost, parseUsd } from '../../money/pricing';
import { GatewayError, invalidRequest } from '../../platform/error';
import type { Target } from '../../routing';
import type { CapReason, RoutedCall } from '../before/call';

const BY_ROUTE: CapReason = 'the route';
const ABOVE_HEADER = 'The call may cost more than x-gateway-max-cost-usd allows; it was not made.';

/** What a call is held to by the most that it may cost. */
export interface MaxCostCap {
  /** Per choice. */
  readonly tokens: number;
  /** Who says so; undefined: nobody says anything. */
  readonly by: CapReason | undefined;
}

/**
 * The output cap with which a call stays within `x-gateway-max-cost-usd`, a budget of that size and all of it for this call, and within what
 * its route lets a call cost. The route lowers no cap that the caller named, and cuts no answer shorter than such answers usually are.
 *
 * @param usualTokens of such answers, per choice
 * @throws GatewayError 400 `max_cost_exceeded`
 */
export function withinMaxCost(call: RoutedCall, input: BoundInput, usualTokens: number): MaxCostCap {
  const { maxCostUsd } = call.options;
  if (!isHeld(call) || call.operation.billedIn.length === 0) return { tokens: input.maxOutputTokens, by: undefined };
  const ofRoute = withinRoute(call, input, usualTokens);
  if (maxCostUsd === undefined) return { tokens: ofRoute, by: BY_ROUTE };
  const tokens = cheapEnough(call, { ...input, maxOutputTokens: ofRoute }, dollarsOf(maxCostUsd));
  if (tokens === undefined) throw exceeded(ABOVE_HEADER);
  return { tokens, by: tokens === ofRoute && ofRoute < input.maxOutputTokens ? BY_ROUTE : 'x-gateway-max-cost-usd' };
}

/** Holds a call whose cost is known to its header. @throws GatewayError 400 `max_cost_exceeded` */
export function checkMaxCost({ maxCostUsd }: RoutedCall['options'], costNanoUsd: bigint): void {
  if (maxCostUsd !== undefined && costNanoUsd > dollarsOf(maxCostUsd)) throw exceeded(ABOVE_HEADER);
}

/**
 * The targets at which a call costs no more than it may; all of them where it does at none. Those that its header leaves fit each by itself;
 * its route's maximum covers all that are left together, what may be lost at one before another answers included.
 *
 * @param inputAt what is known of the call at some of its targets
 * @param usualTokens as in `withinMaxCost`
 */
export function withinMeans(
  call: RoutedCall,
  targets: readonly Target[],
  inputAt: (targets: readonly Target[]) => BoundInput,
  usualTokens: number,
): Pick<RoutedCall, 'targets' | 'skipped'> {
  if (targets.length === 1 || !isHeld(call)) return { targets, skipped: [] };
  const fits = (some: readonly Target[]): boolean => isAffordable(call, inputAt(some), usualTokens);
  const near = targets.filter((target) => fits([target]));
  const kept = call.resolution.maxCostNanoUsd === undefined ? near : keptTogether(near, fits);
  if (kept.length === targets.length || kept.length === 0) return { targets, skipped: [] };
  return { targets: kept, skipped: targets.filter((target) => !kept.includes(target)).map((target) => ({ target, why: 'max_cost' })) };
}

function keptTogether(targets: readonly Target[], fits: (some: readonly Target[]) => boolean): readonly Target[] {
  const kept: Target[] = [];
  for (const target of targets) if (fits([...kept, target])) kept.push(target);
  return kept;
}

/** Whether anything is said of the most that a call may cost. */
function isHeld({ options, resolution }: RoutedCall): boolean {
  return options.maxCostUsd !== undefined || resolution.maxCostNanoUsd !== undefined;
}

function isAffordable(call: RoutedCall, input: BoundInput, usualTokens: number): boolean {
  try {
    withinMaxCost(call, input, usualTokens);
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'max_cost_exceeded') return false;
    throw error;
  }
}

function withinRoute(call: RoutedCall, input: BoundInput, usualTokens: number): number {
  const { resolution, facts } = call;
  const { maxCostNanoUsd } = resolution;
  if (maxCostNanoUsd === undefined) return input.maxOutputTokens;
  const tokens = cheapEnough(call, input, maxCostNanoUsd);
  const least = facts.maxOutputTokens === undefined ? Math.min(usualTokens, input.maxOutputTokens) : input.maxOutputTokens;
  if (tokens !== undefined && tokens >= least) return tokens;
  const alias = resolution.alias ?? resolution.originalModel;
  throw exceeded(
    `The call may cost more than a call of '${alias}' may cost; it was not made. Send a shorter prompt, ask for less output, or name another model.`,
  );
}

/** The largest cap with which it costs no more; undefined where there is none. */
function cheapEnough({ operation }: RoutedCall, input: BoundInput, most: bigint): number | undefined {
  if (operation.generates) return capForCost(input, most);
  return boundOf(input).costNanoUsd <= most ? input.maxOutputTokens : undefined;
}

function dollarsOf(text: string): bigint {
  const most = parseUsd(text);
  if (most !== undefined && most >= 0n) return most;
  const message = 'The header x-gateway-max-cost-usd must be US dollars as a decimal, such as 0.05.';
  throw invalidRequest('x-gateway-max-cost-usd', message, 'invalid_header');
}

function exceeded(message: string): GatewayError {
  return invalidRequest('x-gateway-max-cost-usd', message, 'max_cost_exceeded');
}

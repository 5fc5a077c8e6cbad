import { tagsOf } from '../../identity';
import { windowOf } from '../../money/pricing';
import { GatewayError } from '../../platform/error';
import {
  type Asked,
  type Carried,
  candidatesOf,
  isBeyondWindow,
  isDemanding,
  notCarried,
  type Skipped,
  type Target,
  TOO_LONG,
  withoutUnfit,
} from '../../routing';
import type { Capabilities } from '../../wire/models';
import { estimatedInput } from '../after/estimate';
import type { RoutedCall } from '../before/call';
import type { Gateway } from '../gateway';
import { priceAt } from '../price-at';
import { capabilitiesAt } from '../upstream/fitting';

/** No model's window is smaller, so that nobody has to look how large it is. */
const SMALLEST_WINDOW_TOKENS = 4_096;

/**
 * Leaves out targets that the call is not for, and those that are known not to carry it. What is left is bounded and put in order; what was
 * left out is told.
 *
 * @throws GatewayError 400 `no_matching_target`
 */
export async function choose(gateway: Gateway, call: RoutedCall): Promise<RoutedCall> {
  const asked = askedOf(gateway, call);
  const candidates = candidatesOf(call.targets, asked);
  if (candidates.targets.length === 0) throw noMatchingTarget(call, candidates.skipped);
  const unfit = candidates.targets.length === 1 ? undefined : await unfitTargets(gateway, call, asked, candidates.targets);
  const { targets, skipped } = unfit === undefined ? candidates : withoutUnfit(candidates, (target) => unfit.get(target));
  return { ...call, targets, skipped, asked };
}

function askedOf({ clock }: Gateway, call: RoutedCall): Asked {
  const { facts, document, options, rows } = call;
  let tokens: number | undefined;
  let tags: Readonly<Record<string, string>> | undefined;
  return {
    labels: options.labels,
    keyId: rows.key.id,
    teamId: rows.team?.id,
    bringsTools: bringsTools(call),
    holdsPictures: facts.media.some(({ kind }) => kind === 'image'),
    nowMs: clock.now(),
    tags: () => (tags ??= tagsOf(rows)),
    mostInputTokens: document.mostBytes,
    inputTokens: () => (tokens ??= document.form === undefined ? estimatedInput(call, undefined, facts.model) : 0),
  };
}

function bringsTools({ document, facts }: RoutedCall): boolean {
  const { tools } = document.value;
  return (Array.isArray(tools) && tools.length > 0) || facts.serverTools.length > 0;
}

/** Why targets are known not to carry the call; undefined where that is not even asked. */
async function unfitTargets(
  gateway: Gateway,
  call: RoutedCall,
  asked: Asked,
  targets: readonly Target[],
): Promise<ReadonlyMap<Target, string> | undefined> {
  const { dialect, document, facts, configuration } = call;
  const carried: Carried = {
    media: facts.media,
    bringsTools: asked.bringsTools,
    wantsSchema: dialect.wantsSchema?.(document.value) === true,
  };
  const isLong = document.mostBytes > SMALLEST_WINDOW_TOKENS;
  if (!isLong && !isDemanding(carried)) return undefined;

  const unfit = new Map<Target, string>();
  for (const target of targets) {
    const can = isDemanding(carried) ? await capabilitiesAt(configuration, target, undefined) : UNKNOWN;
    const why = notCarried(carried, can) ?? (isLong && isTooLong(gateway, call, asked, target, can) ? TOO_LONG : undefined);
    if (why !== undefined) unfit.set(target, why);
  }
  return unfit.size === 0 ? undefined : unfit;
}

const UNKNOWN: Capabilities = {};

function isTooLong(gateway: Gateway, { facts, document }: RoutedCall, asked: Asked, target: Target, can: Capabilities): boolean {
  const price = priceAt(gateway, target);
  const window = price === undefined ? can.contextWindow : (windowOf(facts, price) ?? can.contextWindow);
  return isBeyondWindow(window, document.mostBytes, asked.inputTokens);
}

function noMatchingTarget({ resolution }: RoutedCall, skipped: readonly Skipped[]): GatewayError {
  const each = skipped.map(({ target, why }) => `${target.name} (${why})`).join(', ');
  return new GatewayError({
    code: 'no_matching_target',
    message: `None of the targets of '${resolution.originalModel}' is for this call: ${each}. What each is for is set by the gateway's administrators; name another model.`,
    param: 'model',
  });
}

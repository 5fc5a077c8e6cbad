import { tagsOf } from '../../identity';
import { windowOf } from '../../money/pricing';
import { GatewayError } from '../../platform/error';
import type { Soon } from '../../platform/runtime';
import {
  type Asked,
  type Candidates,
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
import { leading, type RoutedCall } from '../before/call';
import type { Gateway } from '../gateway';
import { priceAt } from '../price-at';
import { capabilityReader } from '../upstream/fitting';

/** No model's window is smaller, so that nobody has to look how large it is. */
const SMALLEST_WINDOW_TOKENS = 4_096;

/**
 * Leaves out targets that the call is not for, and those that are known not to carry it. What is left is bounded and put in order; what was
 * left out is told.
 *
 * @throws GatewayError 400 `no_matching_target`
 */
export function choose(gateway: Gateway, call: RoutedCall): Soon<RoutedCall> {
  const asked = new AskedCall(call, gateway.clock.now());
  const candidates = candidatesOf(call.targets, asked);
  if (candidates.targets.length === 0) throw noMatchingTarget(call, candidates.skipped);
  const carried = candidates.targets.length === 1 ? undefined : carriedBy(call, asked);
  if (carried !== undefined) return chooseFit(gateway, call, asked, carried, candidates);
  return leading(call, { targets: candidates.targets, skipped: candidates.skipped, asked });
}

async function chooseFit(gateway: Gateway, call: RoutedCall, asked: Asked, carried: Carried, candidates: Candidates): Promise<RoutedCall> {
  const { targets, skipped } = withoutUnfit(candidates, await unfitTargets(gateway, call, asked, carried, candidates.targets));
  return leading(call, { targets, skipped, asked });
}

/** What conditions may ask of a call; its words are counted once. */
class AskedCall implements Asked {
  public readonly labels: Asked['labels'];
  public readonly keyId: string;
  public readonly teamId: string | undefined;
  public readonly bringsTools: boolean;
  public readonly holdsPictures: boolean;
  public readonly mostInputTokens: number;
  #tokens: number | undefined;

  public constructor(
    private readonly call: RoutedCall,
    public readonly nowMs: number,
  ) {
    const { facts, document, options, rows } = call;
    this.labels = options.labels;
    this.keyId = rows.key.id;
    this.teamId = rows.team?.id;
    this.bringsTools = bringsTools(call);
    this.holdsPictures = facts.media.length > 0 && facts.media.some(({ kind }) => kind === 'image');
    this.mostInputTokens = document.mostBytes;
  }

  public tags(): ReturnType<Asked['tags']> {
    return tagsOf(this.call.rows);
  }

  public inputTokens(): number {
    const { document, facts } = this.call;
    this.#tokens ??= document.form === undefined ? estimatedInput(this.call, undefined, facts.model) : 0;
    return this.#tokens;
  }
}

function bringsTools({ document, facts }: RoutedCall): boolean {
  const { tools } = document.value;
  return (Array.isArray(tools) && tools.length > 0) || facts.serverTools.length > 0;
}

/** What of the call not every target may carry; undefined where any does. */
function carriedBy({ dialect, document, facts }: RoutedCall, { bringsTools, mostInputTokens }: Asked): Carried | undefined {
  const carried = { media: facts.media, bringsTools, wantsSchema: dialect.wantsSchema?.(document.value) === true };
  return isDemanding(carried) || mostInputTokens > SMALLEST_WINDOW_TOKENS ? carried : undefined;
}

/** Why targets are known not to carry the call. */
async function unfitTargets(
  gateway: Gateway,
  call: RoutedCall,
  asked: Asked,
  carried: Carried,
  targets: readonly Target[],
): Promise<ReadonlyMap<Target, string>> {
  const unfit = new Map<Target, string>();
  const canOf = isDemanding(carried) ? await capabilityReader(call.configuration) : undefined;
  const isLong = asked.mostInputTokens > SMALLEST_WINDOW_TOKENS;
  for (const target of targets) {
    const can = canOf?.(target) ?? UNKNOWN;
    const why = notCarried(carried, can) ?? (isLong && isTooLong(gateway, call, asked, target, can) ? TOO_LONG : undefined);
    if (why !== undefined) unfit.set(target, why);
  }
  return unfit;
}

const UNKNOWN: Capabilities = {};

function isTooLong(gateway: Gateway, { facts, document }: RoutedCall, asked: Asked, target: Target, can: Capabilities): boolean {
  const price = priceAt(gateway, target);
  const window = price === undefined ? can.contextWindow : (windowOf(facts, price) ?? can.contextWindow);
  return isBeyondWindow(window, document.mostBytes, () => asked.inputTokens());
}

function noMatchingTarget({ resolution }: RoutedCall, skipped: readonly Skipped[]): GatewayError {
  const each = skipped.map(({ target, why }) => `${target.name} (${why})`).join(', ');
  return new GatewayError({
    code: 'no_matching_target',
    message: `None of the targets of '${resolution.originalModel}' is for this call: ${each}. What each is for is set by the gateway's administrators; name another model.`,
    param: 'model',
  });
}

import type { Soon } from '../../platform/runtime';
import type { Target } from '../../routing';
import type { ProtocolCodec } from '../../wire/protocols';
import { LOWEST_CAP_TOKENS, longestAnswer } from '../before/bound';
import type { BoundedCall, RoutedCall } from '../before/call';
import type { Gateway } from '../gateway';
import { BY_ROUTE, capabilitiesAt } from './fitting';

export interface WrittenCap {
  /** In place of the caller's; undefined leaves it as it is. */
  readonly tokens: number | undefined;
  readonly dropped: readonly string[];
  readonly written: readonly string[];
}

const NO_CAP: WrittenCap = { tokens: undefined, dropped: [], written: [] };

/** The cap for one target. One above its model's, which the caller did not mean for this very model, is lowered; one of a probe is raised. */
export function capFor(
  gateway: Gateway,
  bounded: BoundedCall,
  target: Target,
  protocol: ProtocolCodec,
  passThrough: boolean,
): Soon<WrittenCap> {
  const { call, outputCap, capReason } = bounded;
  const { maxOutputField, maxOutputTokens } = call.facts;
  const most = mostOutputOf(bounded, target);
  if (outputCap !== undefined) {
    const tokens = Math.min(outputCap, most ?? outputCap, target.parameters?.max_output_tokens ?? outputCap);
    return { tokens, dropped: [], written: [`${maxOutputField}=${tokens} (${capReason})`] };
  }
  if (maxOutputTokens !== undefined) {
    const changes = !passThrough || isAlias(call);
    const lowers = most !== undefined && maxOutputTokens > most && changes;
    const lowered = lowers ? { tokens: most, dropped: [`${maxOutputField} above ${most}`], written: [] } : NO_CAP;
    if (changes && maxOutputTokens < LOWEST_CAP_TOKENS) {
      return leastCap(call, target, protocol).then((least) => (maxOutputTokens < least ? raisedTo(least, maxOutputField) : lowered));
    }
    return lowered;
  }
  const routes = target.parameters?.max_output_tokens;
  if (routes !== undefined && call.operation.generates) {
    const tokens = Math.min(routes, most ?? routes);
    return { tokens, dropped: [], written: [`${maxOutputField}=${tokens} (${BY_ROUTE})`] };
  }
  if (passThrough || protocol.requiresOutputCap !== true || !call.operation.generates) return NO_CAP;
  const tokens = longestAnswer(gateway, target, bounded.prices.get(target.name));
  return { tokens, dropped: [], written: [`${maxOutputField}=${tokens} (the protocol requires one)`] };
}

function raisedTo(tokens: number, field: string): WrittenCap {
  return { tokens, dropped: [], written: [`${field}=${tokens} (the model's least)`] };
}

async function leastCap({ configuration }: RoutedCall, target: Target, { lowestCapTokens = 1 }: ProtocolCodec): Promise<number> {
  const { tinyCaps } = await capabilitiesAt(configuration, target, undefined);
  return tinyCaps === false ? LOWEST_CAP_TOKENS : lowestCapTokens;
}

/** A window holds the prompt as well, so no answer is longer. */
export function mostOutputOf({ prices }: BoundedCall, { name }: Target): number | undefined {
  const price = prices.get(name);
  return price?.maxOutputTokens ?? price?.contextWindow;
}

/** The caller named no model of a provider's, so it cannot know what the one that it got can do. */
function isAlias({ resolution }: RoutedCall): boolean {
  return resolution.reason === 'alias';
}

import { type BoundInput, boundOf, capForCost, ceilingPrice, type Price, parseUsd, pricesAny, usd } from '../../money/pricing';
import { GatewayError, invalidRequest } from '../../platform/error';
import type { Target } from '../../routing';
import type { Gateway } from '../gateway';
import type { BoundedCall, RoutedCall } from './call';
import { priceAt } from './price-at';

/** Most characters that a token stands for in any text a model writes in earnest, and what wraps a short answer. */
const CHARACTERS_PER_TOKEN = 16;
const CHARACTERS_BESIDE = 4_096;

/**
 * Prices a call and bounds it: by the caller's output cap, or by one that is injected.
 *
 * @throws GatewayError 400 `price_unknown`, 400 `max_cost_exceeded`
 */
export function bound(gateway: Gateway, call: RoutedCall): BoundedCall {
  const prices = new Map<string, Price>();
  const priced = call.targets.filter((target) => {
    const price = priceOf(gateway, call, target);
    if (price !== undefined) prices.set(target.name, price);
    return price !== undefined;
  });
  if (priced.length === 0) throw priceUnknown(call);

  const { document } = call.configuration;
  const known = priced.map(({ name }) => prices.get(name) as Price);
  const own = call.facts.maxOutputTokens;
  const fallback = Math.min(document.defaultMaxOutputTokens, ...known.map((price) => price.maxOutputTokens ?? Number.POSITIVE_INFINITY));
  const cap = call.operation.generates ? (own ?? fallback) : 0;
  const input: BoundInput = {
    facts: call.facts,
    bodyBytes: call.document.bytes.length,
    maxOutputTokens: cap,
    prices: known,
    // An account that may bill a lost attempt is not called again, so it bills one at most.
    accounts: priced.some((target) => accountOf(target) !== accountOf(priced[0] as Target)) ? priced.map(accountOf) : undefined,
  };
  const allowed = withinMaxCost(call, input);
  const bounded = isBilled(call) ? boundOf({ ...input, maxOutputTokens: allowed }) : { costNanoUsd: 0n, tokens: 0 };
  const injects = call.operation.generates && (allowed !== cap || (own === undefined && bounded.costNanoUsd > 0n));
  return {
    call: priced.length === call.targets.length ? call : { ...call, targets: priced },
    bound: bounded,
    prices,
    outputCap: injects ? allowed : undefined,
    maxOutputTokens: allowed * call.facts.choices,
  };
}

/** Characters of generated text beyond which a stream cannot be keeping to its cap. A free model without a cap has no such end. */
export function runawayCharacters(bounded: BoundedCall): number {
  const capped = bounded.outputCap !== undefined || bounded.call.facts.maxOutputTokens !== undefined;
  return capped ? bounded.maxOutputTokens * CHARACTERS_PER_TOKEN + CHARACTERS_BESIDE : Number.POSITIVE_INFINITY;
}

/** Whether anybody is billed for such a call. */
export function isBilled({ operation }: RoutedCall): boolean {
  return operation.billedIn.length > 0;
}

/** Who sends the bill. */
function accountOf({ provider }: Target): string {
  return provider.id;
}

function priceOf(gateway: Gateway, call: RoutedCall, target: Target): Price | undefined {
  const price = priceAt(gateway, target);
  const { unknownPrice } = call.configuration.document;
  // A price by the picture is none for who is billed by the token.
  const known = price !== undefined && pricesAny(price, call.operation.billedIn) ? price : undefined;
  if (known !== undefined || unknownPrice?.policy !== 'ceiling' || unknownPrice.ceilingUsd === undefined) return known;
  return ceilingPrice(usd(unknownPrice.ceilingUsd));
}

/** The output cap with which the call stays within `x-gateway-max-cost-usd`. */
function withinMaxCost(call: RoutedCall, input: BoundInput): number {
  const text = call.options.maxCostUsd;
  if (text === undefined || !isBilled(call)) return input.maxOutputTokens;
  const most = parseUsd(text);
  if (most === undefined || most < 0n) {
    throw invalidRequest(
      'x-gateway-max-cost-usd',
      'The header x-gateway-max-cost-usd must be US dollars as a decimal, such as 0.05.',
      'invalid_header',
    );
  }
  const cap = call.operation.generates ? capForCost(input, most) : boundOf(input).costNanoUsd <= most ? input.maxOutputTokens : undefined;
  if (cap !== undefined) return cap;
  throw invalidRequest(
    'x-gateway-max-cost-usd',
    'The call may cost more than x-gateway-max-cost-usd allows; it was not made.',
    'max_cost_exceeded',
  );
}

function priceUnknown(call: RoutedCall): GatewayError {
  return new GatewayError({
    code: 'price_unknown',
    message: `The model '${call.facts.model}' has no known price, so its cost cannot be bounded. An administrator can set its price or mark its provider as free.`,
    param: 'model',
  });
}

import { dearerAdjustment } from './adjustment';
import { callPrice, rateAt, tierPercent } from './cost';
import { type Price, type Rate, TOKEN_CLASSES } from './price';

/**
 * What two models cost that answer one call together, whose usage is reported as one sum: of each price the dearer, of each limit the
 * wider. Its place and its version are the first one's.
 */
export function dearerPrice(first: Price, other: Price): Price {
  const { contextWindow, maxOutputTokens, adjustment, ...rest } = first;
  const dearer = dearerAdjustment(adjustment, other.adjustment);
  const tools = new Set([...Object.keys(first.calls), ...Object.keys(other.calls)]);
  const tiers = new Set([...Object.keys(first.serviceTiers), ...Object.keys(other.serviceTiers)]);
  return {
    ...rest,
    rates: Object.fromEntries(TOKEN_CLASSES.map((name) => [name, dearerRate(first.rates[name], other.rates[name])])) as Price['rates'],
    calls: Object.fromEntries([...tools].map((tool) => [tool, larger(callPrice(first, tool), callPrice(other, tool))])),
    perRequest: first.perRequest + other.perRequest,
    serviceTiers: Object.fromEntries([...tiers].map((tier) => [tier, Math.max(tierPercent(first, tier), tierPercent(other, tier))])),
    ...(dearer === undefined ? {} : { adjustment: dearer }),
    ...limit('contextWindow', contextWindow, other.contextWindow),
    ...limit('maxOutputTokens', maxOutputTokens, other.maxOutputTokens),
  };
}

function dearerRate(first: Rate, other: Rate): Rate {
  const lengths = [...new Set([...first.tiers, ...other.tiers].map(({ above }) => above))].sort((left, right) => left - right);
  return {
    base: larger(first.base, other.base),
    tiers: lengths.map((above) => ({ above, price: larger(rateAt(first, above + 1), rateAt(other, above + 1)) })),
  };
}

/** Where one of them is not known, neither is the wider. */
function limit<K extends string>(name: K, first: number | undefined, other: number | undefined): Partial<Record<K, number>> {
  if (first === undefined || other === undefined) return {};
  return { [name]: Math.max(first, other) } as Record<K, number>;
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

/** Rows of one model, put together. */
import { dearerRate, times } from './amounts.mjs';
import { CLASSES } from './classes.mjs';

/** Input and output that some vendors list apart although they share one window. */
const SPLIT_WINDOWS = new Map([
  [272_000, 400_000],
  [922_000, 1_050_000],
]);

/** Tokens of input and output together. The larger figure: a window that is too small would bound a call too low. */
export function windowOf(...rows) {
  const sizes = rows.flatMap((row) =>
    row === undefined ? [] : [row.window ?? 0, row.maxInput ?? 0, SPLIT_WINDOWS.get(row.maxInput) ?? 0],
  );
  const most = Math.max(0, ...sizes);
  return most === 0 ? {} : { window: most };
}

export function maxOutputOf(...rows) {
  const most = Math.max(0, ...rows.map((row) => row?.maxOutput ?? 0));
  return most === 0 ? {} : { maxOutput: most };
}

/** What costs as much as the dearer of the two, class by class. A discount must be in both. */
export function dearerPrices(left, right) {
  const prices = {};
  for (const name of CLASSES) {
    const [one, other] = [left[name], right[name]];
    if (one !== undefined && other !== undefined) prices[name] = dearerRate(one, other);
    else if (one !== undefined || other !== undefined) {
      if (name !== 'cacheRead' && name !== 'audioCacheRead') prices[name] = one ?? other;
    }
  }
  return { ...prices, ...callsOf(left, right) };
}

function callsOf(left, right) {
  if (left.calls === undefined && right.calls === undefined) return {};
  const names = Object.keys({ ...left.calls, ...right.calls });
  return { calls: Object.fromEntries(names.map((name) => [name, Math.max(left.calls?.[name] ?? 0, right.calls?.[name] ?? 0)])) };
}

/** One row with one set of prices, as dear as the dearest of several. */
export function dearestRow(rows) {
  const prices = rows.flatMap((row) => row.prices).reduce(dearerPrices);
  const tiers = rows.map((row) => row.tiers).filter((one) => one !== undefined);
  const names = [...new Set(tiers.flatMap(Object.keys))];
  return {
    ...windowOf(...rows),
    ...maxOutputOf(...rows),
    ...(tiers.length === 0
      ? {}
      : { tiers: Object.fromEntries(names.map((name) => [name, Math.max(...tiers.map((one) => one[name] ?? 0))])) }),
    prices: [prices],
  };
}

/** The row at so many percent of its token prices. */
export function scaledRow(row, percent) {
  const one = (set) =>
    Object.fromEntries(Object.entries(set).map(([name, value]) => [name, CLASSES.includes(name) ? times(value, percent) : value]));
  return { ...row, prices: row.prices.map(one) };
}

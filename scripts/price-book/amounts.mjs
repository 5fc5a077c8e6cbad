/** Exact arithmetic on the decimals of public lists. Amounts are integers: nano-USD, per million tokens or per call. */

/** A decimal times a power of ten, as an integer; what is finer is rounded up, and the noise of binary fractions dropped first. */
export function scaled(number, digits) {
  const [mantissa, exponent] = Number(number).toPrecision(12).toLowerCase().split('e');
  const [whole, part = ''] = mantissa.split('.');
  const shift = digits + Number(exponent ?? 0) - part.length;
  const all = BigInt(whole + part);
  if (shift >= 0) return Number(all * 10n ** BigInt(shift));
  const divisor = 10n ** BigInt(-shift);
  return Number((all + divisor - 1n) / divisor);
}

/** US dollars per million tokens. */
export const perMillion = (usd) => scaled(usd, 9);
/** US dollars per token. */
export const perToken = (usd) => scaled(usd, 15);
/** US dollars per call. */
export const perCall = (usd) => scaled(usd, 9);

/** A rate is its base, or its base and dearer prices above lengths of prompt. */
export const baseOf = (rate) => (typeof rate === 'number' ? rate : rate[0]);
export const stepsOf = (rate) => (typeof rate === 'number' ? [] : rate.slice(1));
export const rateOf = (base, steps) => (steps.length === 0 ? base : [base, ...steps]);

/** The rate times a whole percentage, rounded up. */
export function times(rate, percent) {
  const one = (amount) => Number((BigInt(amount) * BigInt(percent) + 99n) / 100n);
  return typeof rate === 'number' ? one(rate) : [one(rate[0]), ...rate.slice(1).map(([above, amount]) => [above, one(amount)])];
}

/** The dearer of two rates at every length of prompt. */
export function dearerRate(left, right) {
  const lengths = [...new Set([...stepsOf(left), ...stepsOf(right)].map(([above]) => above))].sort((a, b) => a - b);
  const at = (rate, above) => stepsOf(rate).reduce((amount, [start, dearer]) => (above >= start ? dearer : amount), baseOf(rate));
  const steps = lengths.map((above) => [above, Math.max(at(left, above), at(right, above))]);
  return rateOf(Math.max(baseOf(left), baseOf(right)), steps);
}

/** Nano-USD as a decimal of US dollars, without zeros at the end. */
export function decimal(nano) {
  const text = String(nano).padStart(10, '0');
  return `${text.slice(0, -9)}.${text.slice(-9)}`.replace(/\.?0+$/, '');
}

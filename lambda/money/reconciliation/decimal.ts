/** A number as bills write it: plain, or with an exponent. */
const NUMBER = /^([+-]?)(\d{0,30})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/;
const NANO_DIGITS = 9;
/** No amount on a bill has more digits. */
const MOST_DIGITS = 60;

/**
 * An amount in nano-USD, rounded to the nearest.
 *
 * @param text in US dollars
 * @param shift digits that the point is moved to the left first: 2 for cents
 * @returns undefined where it is no number
 */
export function nanoUsdOf(text: string, shift = 0): bigint | undefined {
  const [matched, sign, whole = '', part = '', exponent = '0'] = NUMBER.exec(text.trim()) ?? [];
  if (matched === undefined || whole + part === '') return undefined;
  const digits = BigInt(whole + part);
  const places = NANO_DIGITS - shift - part.length + Number(exponent);
  if (places > MOST_DIGITS) return undefined;
  const amount = places >= 0 ? digits * 10n ** BigInt(places) : roundedBy(digits, -places);
  return sign === '-' ? -amount : amount;
}

function roundedBy(digits: bigint, places: number): bigint {
  const divisor = 10n ** BigInt(Math.min(places, 2 * MOST_DIGITS));
  return (digits + divisor / 2n) / divisor;
}

import { createMemo } from '../../platform/runtime';

/** Nano-USD (10^-9 US dollars) in one US dollar: the unit of all money in the gateway. */
export const NANO_USD = 1_000_000_000n;

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,15}))?$/;
const NANO_DIGITS = 9;
const NANO_PER_MILLION_DIGITS = 15;

/**
 * Reads US dollars from a decimal string, exactly.
 *
 * @param text such as `25`, `25.00` or `0.000000001`
 * @returns undefined when it is not a decimal with at most 9 digits after the point
 */
export function parseUsd(text: string): bigint | undefined {
  return parseDecimal(text, NANO_DIGITS);
}

/**
 * Reads what one of something costs, in US dollars, as nano-USD per million of them, exactly: a second of sound may cost less than a nano-dollar.
 *
 * @returns undefined when it is not a decimal with at most 15 digits after the point
 */
export function parseUnitUsd(text: string): bigint | undefined {
  return parseDecimal(text, NANO_PER_MILLION_DIGITS);
}

function parseDecimal(text: string, digits: number): bigint | undefined {
  const [matched, sign, whole = '0', part = ''] = DECIMAL.exec(text) ?? [];
  if (matched === undefined || part.length > digits) return undefined;
  const amount = BigInt(whole) * 10n ** BigInt(digits) + BigInt(part.padEnd(digits, '0'));
  return sign === '-' ? -amount : amount;
}

const amounts = createMemo<bigint>(1_000);

/** Like `parseUsd`, for text that was validated when it was written. Throws when it is no decimal. */
export function usd(text: string): bigint {
  return amounts(text, () => validated(text, parseUsd));
}

/** Like `parseUnitUsd`, for text that was validated when it was written. Throws when it is no decimal. */
export function unitUsd(text: string): bigint {
  return validated(text, parseUnitUsd);
}

function validated(text: string, parse: (text: string) => bigint | undefined): bigint {
  const amount = parse(text);
  if (amount === undefined) throw new Error(`not an amount in US dollars: ${text.slice(0, 40)}`);
  return amount;
}

/** Writes an amount as a decimal string with at least two digits after the point and no more than it needs: `25.00`, `0.0000015`. */
export function formatUsd(nanoUsd: bigint): string {
  return formatDecimal(nanoUsd, NANO_DIGITS);
}

/** The same of what one costs, from nano-USD per million. */
export function formatUnitUsd(nanoUsdPerMillion: bigint): string {
  return formatDecimal(nanoUsdPerMillion, NANO_PER_MILLION_DIGITS);
}

function formatDecimal(value: bigint, digits: number): string {
  const one = 10n ** BigInt(digits);
  const sign = value < 0n ? '-' : '';
  const amount = value < 0n ? -value : value;
  const part = String(amount % one).padStart(digits, '0');
  let end = part.length;
  while (end > 2 && part[end - 1] === '0') end -= 1;
  return `${sign}${amount / one}.${part.slice(0, end)}`;
}

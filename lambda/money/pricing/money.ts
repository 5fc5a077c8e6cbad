import { createMemo } from '../../platform/runtime';

/** Nano-USD (10^-9 US dollars) in one US dollar: the unit of all money in the gateway. */
export const NANO_USD = 1_000_000_000n;

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/;

/**
 * Reads US dollars from a decimal string, exactly.
 *
 * @param text such as `25`, `25.00` or `0.000000001`
 * @returns undefined when it is not a decimal with at most 9 digits after the point
 */
export function parseUsd(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '0', part = ''] = match;
  const amount = BigInt(whole) * NANO_USD + BigInt(part.padEnd(9, '0'));
  return sign === '-' ? -amount : amount;
}

const amounts = createMemo<bigint>(1_000);

/** Like `parseUsd`, for text that was validated when it was written. Throws when it is no decimal. */
export function usd(text: string): bigint {
  return amounts(text, () => {
    const amount = parseUsd(text);
    if (amount === undefined) throw new Error(`not an amount in US dollars: ${text.slice(0, 40)}`);
    return amount;
  });
}

/** Writes an amount as a decimal string with at least two digits after the point and no more than it needs: `25.00`, `0.0000015`. */
export function formatUsd(nanoUsd: bigint): string {
  const sign = nanoUsd < 0n ? '-' : '';
  const amount = nanoUsd < 0n ? -nanoUsd : nanoUsd;
  const part = String(amount % NANO_USD)
    .padStart(9, '0')
    .replace(/0{1,7}$/, '');
  return `${sign}${amount / NANO_USD}.${part}`;
}

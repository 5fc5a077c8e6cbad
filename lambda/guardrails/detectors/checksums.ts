/** Check digits, each over digits from the left. */

type Digits = ArrayLike<number>;

const at = (digits: Digits, index: number): number => digits[index] as number;

/** ISO/IEC 7812-1, annex B. */
export function isLuhn(digits: Digits, count: number): boolean {
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const digit = at(digits, count - 1 - index);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The number that some of the digits are. */
export function numberOf(digits: Digits, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) value = value * 10 + at(digits, index);
  return value;
}

/** The sum of digits, each times its weight. */
export function weighted(digits: Digits, weights: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += (weights[index] as number) * at(digits, index);
  return sum;
}

/** ISO 7064, mod 11,10. */
export function isMod11And10(digits: Digits, count: number): boolean {
  let product = 10;
  for (let index = 0; index < count - 1; index++) {
    const sum = (at(digits, index) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === at(digits, count - 1);
}

/** Multiplication in the dihedral group of a pentagon, a row of ten for each digit. */
const DIHEDRAL = table('0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210');
const PERMUTED = table('0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258');
const PERMUTATIONS = 8;

function table(rows: string): Uint8Array {
  return Uint8Array.from(rows.replaceAll(' ', ''), Number);
}

/** Verhoeff's check. */
export function isVerhoeff(digits: Digits, count: number): boolean {
  let check = 0;
  for (let index = 0; index < count; index++) {
    const permuted = at(PERMUTED, (index % PERMUTATIONS) * 10 + at(digits, count - 1 - index));
    check = at(DIHEDRAL, check * 10 + permuted);
  }
  return check === 0;
}

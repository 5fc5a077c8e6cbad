import { shapeOf } from '../text';
import { isLuhn } from './checksums';
import type { NumberDetector } from './detector';

const MOST_PREFIX_DIGITS = 4;

const FOUR_FOURS = shapeOf(4, 4, 4, 4);

/** Numbers of payment cards: a prefix that networks issue, the length that belongs to it, and Luhn's check. */
export const paymentCard: NumberDetector = {
  type: 'payment_card',
  shapes: [
    ...[13, 14, 15, 16, 18, 19].map((length) => shapeOf(length)),
    shapeOf(4, 3, 3, 3),
    shapeOf(4, 6, 4),
    shapeOf(4, 6, 5),
    FOUR_FOURS,
    shapeOf(4, 4, 4, 4, 3),
    shapeOf(6, 13),
  ],
  canBegin: (_, beginning) => beginning >= '2' && beginning <= '6',
  isNumber(numbers, group, window) {
    const count = numbers.count(group);
    if (!numbers.isUniform(group) || !isIssued(numbers.digits, count) || !isLuhn(numbers.digits, count)) return false;
    // Four fours count in any row: a reference in front of a card, or a year behind it, must not hide it.
    return numbers.shapeOf(group) === FOUR_FOURS || numbers.standsAlone(window, group);
  },
};

/** @see https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN) */
function isIssued(digits: Uint8Array, count: number): boolean {
  let prefix = 0;
  for (let index = 0; index < MOST_PREFIX_DIGITS; index++) prefix = prefix * 10 + (digits[index] as number);
  if (prefix >= 4000 && prefix <= 4999) return count === 16 || count === 13 || count === 19;
  if ((prefix >= 5100 && prefix <= 5599) || (prefix >= 2221 && prefix <= 2720)) return count === 16;
  if ((prefix >= 3400 && prefix <= 3499) || (prefix >= 3700 && prefix <= 3799)) return count === 15;
  if (prefix >= 3528 && prefix <= 3589) return count >= 16;
  if ((prefix >= 3000 && prefix <= 3059) || prefix === 3095 || (prefix >= 3600 && prefix <= 3699) || (prefix >= 3800 && prefix <= 3999))
    return count === 14 || count === 16 || count === 19;
  if (prefix === 6011 || (prefix >= 6440 && prefix <= 6599)) return count >= 16;
  if (prefix >= 6200 && prefix <= 6299) return count >= 16;
  return (prefix >= 5000 && prefix <= 5099) || (prefix >= 5600 && prefix <= 6999) ? count === 16 || count === 19 : false;
}

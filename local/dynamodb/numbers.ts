import { validationError } from './errors';
import type { AttributeValue, Item } from './types';

const MOST_DIGITS = 38;

/**
 * dynalite checks the numbers that a caller sends, not those that an update adds up to.
 *
 * @throws DynamoDbError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function refuseLongNumbers(item: Item): void {
  for (const value of Object.values(item)) check(value);
}

function check({ N, L, M }: AttributeValue): void {
  if (N !== undefined && N.length > MOST_DIGITS && significantDigits(N) > MOST_DIGITS) {
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  }
  if (M !== undefined) refuseLongNumbers(M);
  if (L !== undefined) L.forEach(check);
}

function significantDigits(number: string): number {
  const digits = number.replace(/^-/, '').replace('.', '');
  let first = 0;
  let end = digits.length;
  while (first < end && digits[first] === '0') first += 1;
  // No pattern: /0+$/ begins again at every zero.
  while (end > first && digits[end - 1] === '0') end -= 1;
  return end - first;
}

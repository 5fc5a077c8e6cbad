import { UsageError } from './command';

/**
 * The number that an option was given.
 *
 * @param name with its dashes
 * @throws UsageError when it is not a whole number of that range
 */
export function wholeNumber(name: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    throw new UsageError(`${name} takes a whole number from ${least} to ${most}, got "${value}"`);
  }
  return number;
}

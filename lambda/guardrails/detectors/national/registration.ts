import { numberOf } from '../checksums';

const SEXES = [1, 2, 7, 8];
const KEY = 97;
const ONE_OF_DEPARTMENT = 1_000_000;

/**
 * Whether fifteen digits are a number of registration in France: sex, year, month, department, commune, order, and the key of all of them.
 *
 * @param corsica the letter that stands for the second digit of the department, which is 0 then
 */
export function isRegistration(digits: ArrayLike<number>, corsica?: 'A' | 'B'): boolean {
  if (!SEXES.includes(digits[0] as number) || !isMonth(numberOf(digits, 3, 5))) return false;
  // 2A counts as 19, and 2B as 18.
  const less = corsica === undefined ? 0 : corsica === 'A' ? ONE_OF_DEPARTMENT : 2 * ONE_OF_DEPARTMENT;
  return KEY - ((numberOf(digits, 0, 13) - less) % KEY) === numberOf(digits, 13, 15);
}

/** Some stand for births whose month nobody knows. */
function isMonth(month: number): boolean {
  return (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
}

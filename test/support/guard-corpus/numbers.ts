import type { Random } from '../../fuzz/random';

/** Numbers that are valid, made with check digits that are computed here, not by the code under test. */

const pick = (random: Random, list: string): string => random.pick([...list]);
const digitsOf = (random: Random, count: number, from = '0123456789'): string =>
  Array.from({ length: count }, () => pick(random, from)).join('');
const values = (digits: string): number[] => [...digits].map(Number);
const dot = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);

/** Tries until something is valid. */
function until(make: () => string | undefined): string {
  for (let tries = 0; tries < 10_000; tries++) {
    const made = make();
    if (made !== undefined) return made;
  }
  throw new Error('nothing valid was made');
}

export function luhnDigit(body: string): string {
  let sum = 0;
  let double = true;
  for (const digit of values(body).reverse()) {
    sum += double ? Math.floor((digit * 2) / 10) + ((digit * 2) % 10) : digit;
    double = !double;
  }
  return String((10 - (sum % 10)) % 10);
}

export function card(random: Random): string {
  const [prefix, length] = random.pick([
    ['4', 16], ['4', 16], ['51', 16], ['55', 16], ['2221', 16], ['2720', 16], ['34', 15], ['37', 15], ['6011', 16], ['65', 16], ['3528', 16], ['36', 14], ['62', 16],
  ] as const); // biome-ignore format: a table
  const body = prefix + digitsOf(random, length - prefix.length - 1);
  return body + luhnDigit(body);
}

export function grouped(digits: string, lengths: readonly number[], separator: string): string {
  const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0));
  return lengths.map((length, index) => digits.slice(starts[index], (starts[index] as number) + length)).join(separator);
}

export function iban(random: Random): string {
  const [country, form] = random.pick([
    ['DE', '999999999999999999'], ['GB', 'AAAA99999999999999'], ['FR', '9999999999CCCCCCCCCCC99'], ['NL', 'AAAA9999999999'], ['IT', 'A9999999999CCCCCCCCCCCC'],
    ['ES', '99999999999999999999'], ['PL', '999999999999999999999999'], ['AT', '9999999999999999'], ['BE', '999999999999'], ['CH', '99999CCCCCCCCCCCC'],
  ] as const); // biome-ignore format: a table
  const account = [...form]
    .map((place) =>
      pick(random, place === '9' ? '0123456789' : place === 'A' ? 'ABCDEFGHJKLMNPRSTUVWXYZ' : '0123456789ABCDEFGHJKLMNPRSTUVWXYZ'),
    )
    .join('');
  const asNumber = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
  return `${country}${String(98n - (BigInt(asNumber) % 97n)).padStart(2, '0')}${account}`;
}

export const ssn = (random: Random): string =>
  until(() => {
    const digits = digitsOf(random, 9);
    return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits) && !/^(?:078051120|123456789)$/.test(digits) ? digits : undefined;
  });

export const nino = (random: Random): string =>
  until(() => {
    const text = `${pick(random, 'ABCEGHJKLMNOPRSTWXYZ')}${pick(random, 'ABCEGHJKLMNPRSTWXYZ')}`;
    return /^(?:BG|GB|NK|KN|TN|NT|ZZ)$/.test(text) ? undefined : `${text}${digitsOf(random, 6)}${pick(random, 'ABCD')}`;
  });

export const nhs = (random: Random): string =>
  until(() => {
    const body = pick(random, '34679') + digitsOf(random, 8);
    const check = 11 - (dot(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    return check === 10 ? undefined : body + (check === 11 ? '0' : String(check));
  });

export const germanTax = (random: Random): string =>
  until(() => {
    const body = pick(random, '123456789') + digitsOf(random, 9);
    const counts = [...new Set(body)].map((digit) => body.split(digit).length - 1).filter((count) => count > 1);
    if (counts.length !== 1 || (counts[0] as number) > 3 || /(\d)\1\1/.test(body)) return undefined;
    let product = 10;
    for (const digit of values(body)) {
      const sum = (digit + product) % 10 || 10;
      product = (sum * 2) % 11;
    }
    return body + String((11 - product) % 10);
  });

export function frenchRegistration(random: Random): string {
  const body =
    pick(random, '12') +
    digitsOf(random, 2) +
    String(1 + random.below(12)).padStart(2, '0') +
    random.pick(['75', '13', '69', '33', '2A', '2B', '59']) +
    digitsOf(random, 6);
  const number = BigInt(body.replace('2A', '19').replace('2B', '18'));
  return body + String(97n - (number % 97n)).padStart(2, '0');
}

export function fiscalCode(random: Random): string {
  const letters = 'BCDFGLMNPRSTVZ';
  const name = Array.from({ length: 6 }, () => pick(random, letters)).join('');
  const day = 1 + random.below(28) + random.pick([0, 40]);
  const body = `${name}${digitsOf(random, 2)}${pick(random, 'ABCDEHLMPRST')}${String(day).padStart(2, '0')}${pick(random, 'ABCDEFGHIL')}${digitsOf(random, 3)}`;
  const odd: Readonly<Record<string, number>> = Object.fromEntries(
    '0:1 1:0 2:5 3:7 4:9 5:13 6:15 7:17 8:19 9:21 A:1 B:0 C:5 D:7 E:9 F:13 G:15 H:17 I:19 J:21 K:2 L:4 M:18 N:20 O:11 P:3 Q:6 R:8 S:12 T:14 U:16 V:10 W:22 X:25 Y:24 Z:23'
      .split(' ')
      .map((each) => [each[0], Number(each.slice(2))]),
  );
  const even = (sign: string): number => (/\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65);
  const sum = [...body].reduce((total, sign, index) => total + (index % 2 === 0 ? (odd[sign] as number) : even(sign)), 0);
  return body + String.fromCharCode(65 + (sum % 26));
}

export function spanish(random: Random): string {
  const letters = 'TRWAGMYFPDXBNJZSQVHLCKE';
  if (random.oneIn(3)) {
    const [first, body] = [random.below(3), digitsOf(random, 7)];
    return `${'XYZ'[first]}${body}${letters[Number(first + body) % 23]}`;
  }
  const body = digitsOf(random, 8);
  return body + letters[Number(body) % 23];
}

export const bsn = (random: Random): string =>
  until(() => {
    const digits = pick(random, '123456789') + digitsOf(random, 8);
    return dot(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 ? digits : undefined;
  });

export function pesel(random: Random): string {
  const body = `${digitsOf(random, 2)}${String(1 + random.below(12) + random.pick([0, 20])).padStart(2, '0')}${String(1 + random.below(28)).padStart(2, '0')}${digitsOf(random, 4)}`;
  return body + String((10 - (dot(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
}

/** Verhoeff's table by its definition: rotations and reflections of a pentagon. */
function verhoeff(digits: string): number {
  const times = (one: number, other: number): number =>
    one < 5 ? (other < 5 ? (one + other) % 5 : 5 + ((one + other - 5) % 5)) : other < 5 ? 5 + ((one - other) % 5) : (one - other + 5) % 5;
  const once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  return values(digits)
    .reverse()
    .reduce((check, digit, index) => {
      let permuted = digit;
      for (let round = 0; round < index % 8; round++) permuted = once[permuted] as number;
      return times(check, permuted);
    }, 0);
}

export const aadhaar = (random: Random): string =>
  until(() => {
    const digits = pick(random, '23456789') + digitsOf(random, 11);
    return verhoeff(digits) === 0 && digits !== [...digits].reverse().join('') ? digits : undefined;
  });

export function cpf(random: Random): string {
  const body = until(() => {
    const digits = digitsOf(random, 9);
    return /^(\d)\1+$/.test(digits) ? undefined : digits;
  });
  const check = (digits: string): string => {
    const rest =
      dot(
        digits,
        Array.from({ length: digits.length }, (_, index) => digits.length + 1 - index),
      ) % 11;
    return String(rest < 2 ? 0 : 11 - rest);
  };
  const first = body + check(body);
  return first + check(first);
}

export function nric(random: Random): string {
  const kind = pick(random, 'STFG');
  const body = digitsOf(random, 7);
  const rest = (dot(body, [2, 7, 6, 5, 4, 3, 2]) + ('TG'.includes(kind) ? 4 : 0)) % 11;
  return `${kind}${body}${('ST'.includes(kind) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[rest]}`;
}

export const tfn = (random: Random): string =>
  until(() => {
    const digits = pick(random, '123456789') + digitsOf(random, 8);
    return dot(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 ? digits : undefined;
  });

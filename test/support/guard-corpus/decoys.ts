import type { Random } from '../../fuzz/random';
import * as numbers from './numbers';

const digits = (random: Random, count: number, from = '0123456789'): string =>
  Array.from({ length: count }, () => random.pick([...from])).join('');
const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The last digit is another one. */
function broken(number: string): string {
  return number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10);
}

/** What looks like a number of somebody and is none. */
export const decoys: readonly ((random: Random) => string)[] = [
  (random) => `1${digits(random, 12)}`,
  (random) => `17${digits(random, 8)}`,
  (random) => `2026-0${1 + random.below(9)}-1${random.below(10)}T1${random.below(10)}:3${random.below(10)}:22.${digits(random, 3)}Z`,
  (random) => [8, 4, 4, 4, 12].map((count) => digits(random, count, HEX)).join('-'),
  (random) => digits(random, 40, HEX),
  (random) => `sha512-${digits(random, 86, BASE64)}==`,
  (random) => `v${random.below(20)}.${random.below(20)}.${random.below(200)}`,
  (random) => `react@${random.below(20)}.${random.below(20)}.${random.below(9)}-beta.next`,
  (random) => `icon@${1 + random.below(3)}x.png`,
  (random) => numbers.grouped(broken(numbers.card(random)), [4, 4, 4, 4], ' ').slice(0, 19),
  (random) => broken(numbers.card(random)),
  (random) => numbers.iban(random).replace(/^(..)(.)/, (_, country, digit) => `${country}${(Number(digit) + 1) % 10}`),
  (random) => `req_${digits(random, 24, BASE64.slice(0, 62))}`,
  (random) => `0x${digits(random, 16, HEX)}`,
  (random) => `${random.below(100)}.${digits(random, 16)}`,
  (random) => `sk-${random.pick(['spinner', 'folding-cube', 'your-key-here', '...'])}`,
  () => 'git@github.com:acme/app.git',
  () => '@media (min-width: 640px)',
  () => 'https://example.com:8443/a?b=c',
  (random) => `${random.below(24)}:${10 + random.below(50)}:${10 + random.below(50)}`,
  (random) => `$${random.below(900)},${digits(random, 3)}.${digits(random, 2)}`,
  (random) => `data:image/png;base64,${digits(random, 120, BASE64)}`,
  (random) => `std::vector<int> a${random.below(9)}::b`,
  () => '-----BEGIN CERTIFICATE-----',
  () => "if (key.startsWith('-----BEGIN PRIVATE KEY-----')) return;",
  (random) => `ISBN 978-3-16-14${digits(random, 4)}-${random.below(10)}`,
  (random) => `order no. ${digits(random, 7)}`,
  (random) => `eyJ${digits(random, 30, BASE64.slice(0, 62))}`,
  (random) => `INV-2026-${digits(random, 6)}`,
  (random) => `1Z999AA1${digits(random, 10)}`,
  (random) => `17${digits(random, 14)}`,
  (random) => `17${digits(random, 17)}`,
  (random) => `build 2026.${1 + random.below(12)}.${1 + random.below(28)}.${digits(random, 4)}`,
  (random) => `ticket ${digits(random, 4)}-${digits(random, 3)}-${digits(random, 2)}`,
  (random) => `arn:aws:iam::${digits(random, 12)}:role/deploy`,
  (random) => `api-${digits(random, 10, HEX)}-${digits(random, 5, 'bcdfghjklmnpqrstvwxz2456789')}`,
  (random) => `@sha256:${digits(random, 64, HEX)}`,
  (random) => `${random.below(90)}.${digits(random, 6)}, ${random.below(180)}.${digits(random, 6)}`,
  (random) => `grid[${digits(random, 4)}][${digits(random, 4)}] = rgb(${random.below(256)}, ${random.below(256)}, ${random.below(256)});`,
  (random) => `#${digits(random, 6, HEX)}`,
  (random) => `npm i @types/node@${random.below(24)} left-pad@^1.${random.below(9)}.0`,
  (random) => `ssh deploy@build-${random.below(99)}`,
  (random) => `{"ts":17${digits(random, 11)},"seq":${digits(random, 9)},"pid":${digits(random, 5)}}`,
  (random) => `index ${digits(random, 7, HEX)}..${digits(random, 7, HEX)} 100644`,
  (random) => `p=${digits(random, 3)}&q=${digits(random, 4)}-${digits(random, 4)}`,
  () => 'postgres://$DB_USER:$DB_PASSWORD@localhost:5432/app',
];

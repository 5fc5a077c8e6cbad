/** How long numbers are behind the code of a country, without its trunk prefix; longer codes first. @see https://www.itu.int/oth/T0202.aspx?parent=T0202 */
export const LENGTHS: readonly (readonly [code: string, least: number, most: number])[] = [
  ...ofThreeDigits('21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99'),
  ['20', 8, 10], ['27', 9, 9], ['30', 10, 10], ['31', 9, 9], ['32', 8, 9], ['33', 9, 9], ['34', 9, 9], ['36', 8, 9], ['39', 6, 11], ['40', 9, 9],
  ['41', 9, 9], ['43', 6, 13], ['44', 9, 10], ['45', 8, 8], ['46', 7, 10], ['47', 8, 8], ['48', 9, 9], ['49', 6, 12], ['51', 8, 9], ['52', 10, 11],
  ['53', 6, 8], ['54', 10, 11], ['55', 10, 11], ['56', 9, 9], ['57', 10, 10], ['58', 10, 10], ['60', 7, 10], ['61', 9, 9], ['62', 8, 12], ['63', 8, 11],
  ['64', 8, 10], ['65', 8, 8], ['66', 8, 9], ['81', 9, 10], ['82', 8, 11], ['84', 9, 10], ['86', 10, 11], ['90', 10, 10], ['91', 10, 10], ['92', 9, 10],
  ['93', 9, 9], ['94', 9, 9], ['95', 7, 10], ['98', 10, 10], ['1', 10, 10], ['7', 10, 10],
]; // biome-ignore format: a table

function ofThreeDigits(starts: string): (readonly [string, number, number])[] {
  return starts.split(' ').flatMap((start) => Array.from({ length: 10 }, (_, digit) => [`${start}${digit}`, 6, 11] as const));
}

/** How people of a country write numbers at home. */
interface Plan {
  /** Digits with the trunk prefix, where there is one. */
  readonly digits: RegExp;
  /** Lengths of groups, where only some are usual: without them, numbers and dates would be taken for telephones. */
  readonly groups?: RegExp;
}

const PLANS: Readonly<Record<string, Plan>> = {
  at: { digits: /^0[1-7]\d{6,11}$/, groups: /^(?!2 2 4)/ },
  au: { digits: /^0[2-478]\d{8}$/ },
  be: { digits: /^0(?:[1-9]\d{7}|4\d{8})$/ },
  br: { digits: /^0?[1-9]{2}(?:9\d{8}|[2-5]\d{7})$/, groups: /^(?:[23] [45] 4|[23] [89])$/ },
  ca: { digits: /^1?[2-9]\d{2}[2-9]\d{6}$/, groups: /^(?:1 )?3 (?:3 4|7)$/ },
  ch: { digits: /^0[1-9]\d{8}$/ },
  de: { digits: /^0[1-9]\d{5,11}$/, groups: /^(?!2 2 4)/ },
  es: { digits: /^[6789]\d{8}$/, groups: /^(?:3 3 3|3 2 2 2|2 3 2 2)$/ },
  fr: { digits: /^0[1-9]\d{8}$/ },
  gb: { digits: /^0(?:[1238]\d{8,9}|7\d{9})$/ },
  in: { digits: /^0?[6-9]\d{9}$/, groups: /^(?:1 )?(?:5 5|6 5|3 3 4|4 3 3)$/ },
  it: { digits: /^(?:0[1-9]\d{6,9}|3\d{8,9})$/, groups: /^(?:[2-5] |3 )\d/ },
  nl: { digits: /^0[1-9]\d{8}$/ },
  pl: { digits: /^[1-9]\d{8}$/, groups: /^(?:3 3 3|2 3 2 2)$/ },
  sg: { digits: /^[3689]\d{7}$/, groups: /^4 4$/ },
  us: { digits: /^1?[2-9]\d{2}[2-9]\d{6}$/, groups: /^(?:1 )?3 (?:3 4|7)$/ },
};

export const COUNTRIES: readonly string[] = Object.keys(PLANS);

/** Whether digits are a number of a country: for sure as they are grouped, or if a word in front says so. */
export function isNational(country: string, digits: string, groups: string): 'sure' | 'if named' | 'none' {
  const plan = PLANS[country] as Plan;
  if (!plan.digits.test(digits)) return 'none';
  if (plan.groups === undefined) return 'sure';
  return plan.groups.test(groups) || (digits.startsWith('0') && !groups.includes(' ')) ? 'sure' : 'if named';
}

import { shapeOf } from '../text';

/** How long numbers are behind the code of a country, without its trunk prefix. @see https://www.itu.int/oth/T0202.aspx?parent=T0202 */
export const ABROAD: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  ...ofThreeDigits('21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99'),
  ...(
    '1:10-10 7:10-10 20:8-10 27:9-9 30:10-10 31:9-9 32:8-9 33:9-9 34:9-9 36:8-9 39:6-11 40:9-9 41:9-9 43:6-13 44:9-10 45:8-8 46:7-10 47:8-8 ' +
    '48:9-9 49:6-12 51:8-9 52:10-11 53:6-8 54:10-11 55:10-11 56:9-9 57:10-10 58:10-10 60:7-10 61:9-9 62:8-12 63:8-11 64:8-10 65:8-8 66:8-9 ' +
    '81:9-10 82:8-11 84:9-10 86:10-11 90:10-10 91:10-10 92:9-10 93:9-9 94:9-9 95:7-10 98:10-10'
  )
    .split(' ')
    .map((each) => {
      const [code, least, most] = each.split(/[:-]/).map(Number) as [number, number, number];
      return [code, [least, most]] as const;
    }),
]);

function ofThreeDigits(starts: string): (readonly [number, readonly [number, number]])[] {
  return starts.split(' ').flatMap((start) => Array.from({ length: 10 }, (_, digit) => [Number(start) * 10 + digit, [6, 11]] as const));
}

/** How people of a country write numbers at home. */
interface Plan {
  /** Digits with the trunk prefix, where there is one. */
  readonly digits: RegExp;
  /** Groups that are usual for telephones and for little else. */
  readonly groups: string;
  /** Digits in a row, or in groups of other things too: a word in front must say that they are a telephone's. */
  readonly ifNamed?: string;
}

const GERMAN_GROUPS = [3, 4, 5, 6]
  .flatMap((area) =>
    ['4', '5', '6', '7', '8', '3 3', '3 4', '4 4', '2 3 2', '3 2 2', '2 2 2', '3 3 2', '2 2 3'].map((rest) => `${area} ${rest}`),
  )
  .join(', ');

const PLANS: Readonly<Record<string, Plan>> = {
  at: { digits: /^0[1-7]\d{6,11}$/, groups: `8, 9, 10, 11, 12, 13, ${GERMAN_GROUPS}` },
  au: { digits: /^0[2-478]\d{8}$/, groups: '10, 2 4 4, 4 3 3, 4 6, 2 8' },
  be: { digits: /^0(?:[1-9]\d{7}|4\d{8})$/, groups: '9, 10, 2 3 2 2, 3 2 2 2, 4 2 2 2, 3 3 3, 4 3 3, 4 6, 2 7, 3 6' },
  br: { digits: /^0?[1-9]{2}(?:9\d{8}|[2-5]\d{7})$/, groups: '2 5 4, 2 4 4, 2 9, 2 8', ifNamed: '10, 11' },
  ca: { digits: /^1?[2-9]\d{2}[2-9]\d{6}$/, groups: '3 3 4, 3 7, 1 3 3 4', ifNamed: '10, 11' },
  ch: { digits: /^0[1-9]\d{8}$/, groups: '10, 3 3 2 2, 3 7, 3 3 4' },
  de: { digits: /^0[1-9]\d{5,11}$/, groups: `7, 8, 9, 10, 11, 12, ${GERMAN_GROUPS}` },
  es: { digits: /^[6789]\d{8}$/, groups: '3 3 3, 3 2 2 2, 2 3 2 2, 3 6', ifNamed: '9' },
  fr: { digits: /^0[1-9]\d{8}$/, groups: '10, 2 2 2 2 2, 4 2 2 2, 4 6' },
  gb: { digits: /^0(?:[1238]\d{8,9}|7\d{9})$/, groups: '10, 11, 3 4 4, 5 6, 4 3 4, 5 3 3, 4 7, 3 8, 5 5, 4 6, 4 3 3' },
  in: { digits: /^0?[6-9]\d{9}$/, groups: '5 5, 6 5, 3 3 4, 4 3 3', ifNamed: '10, 11' },
  it: {
    digits: /^(?:0[1-9]\d{6,9}|3\d{8,9})$/,
    groups: '2 6, 2 7, 2 8, 3 6, 3 7, 4 6, 2 4 4, 2 3 4, 2 4 3, 3 3 4, 3 3 3',
    ifNamed: '9, 10, 11',
  },
  nl: { digits: /^0[1-9]\d{8}$/, groups: '10, 3 3 4, 3 7, 2 8, 4 6, 2 2 2 2 2, 2 4 4, 3 3 2 2, 4 3 3' },
  pl: { digits: /^[1-9]\d{8}$/, groups: '3 3 3, 2 3 2 2', ifNamed: '9' },
  sg: { digits: /^[3689]\d{7}$/, groups: '4 4', ifNamed: '8' },
  us: { digits: /^1?[2-9]\d{2}[2-9]\d{6}$/, groups: '3 3 4, 3 7, 1 3 3 4', ifNamed: '10, 11' },
};

/** A form in which people of a country write numbers at home. */
export interface HomeForm {
  readonly digits: RegExp;
  readonly firstDigits: readonly number[];
  readonly ifNamed: boolean;
}

/** What people of some countries, or of all, write at home, by how it is grouped. */
export function homeForms(locales: readonly string[] | undefined): ReadonlyMap<number, readonly HomeForm[]> {
  const forms = new Map<number, HomeForm[]>();
  for (const [country, { digits, groups, ifNamed = '' }] of Object.entries(PLANS)) {
    if (locales !== undefined && !locales.includes(country)) continue;
    for (const [list, isToBeNamed] of [
      [groups, false],
      [ifNamed, true],
    ] as const) {
      for (const lengths of list.split(', ').filter((each) => each !== '')) {
        const shape = shapeOf(...lengths.split(' ').map(Number));
        forms.set(shape, [...(forms.get(shape) ?? []), { digits, firstDigits: firstDigitsOf(digits), ifNamed: isToBeNamed }]);
      }
    }
  }
  return forms;
}

/** Those with which digits of a plan can begin, so that most others are told apart at once. */
function firstDigitsOf(digits: RegExp): readonly number[] {
  const [, optional = '', one = ''] = /^\^(?:\(\?:)?(\d\?)?(\d|\[[\d-]+\])/.exec(digits.source) ?? [];
  const begins = new RegExp(`^(?:${optional.replace('?', '')}|${one}${digits.source.includes('|3') ? '|3' : ''})$`);
  return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((digit) => begins.test(String(digit)));
}

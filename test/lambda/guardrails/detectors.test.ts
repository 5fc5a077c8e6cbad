import { createScanner } from '../../../lambda/guardrails';
import { GUARD_GROUPS, GUARD_TYPES, type GuardType, guardTypesOf, isGuardTypeOrGroup } from '../../../lib/private/contract';

const found = (type: string, text: string, locales?: readonly string[]): string[] =>
  createScanner([{ id: 'one', name: 'one', action: 'mask', detect: [type], ...(locales && { locales }) }])
    .scan(text)
    .map(({ start, end }) => text.slice(start, end));

/** Numbers and keys that their issuers publish as examples, or that were made by their rules; and what is nearly one. */
const CASES: Readonly<Record<GuardType, { readonly are: readonly string[]; readonly areNot: readonly string[] }>> = {
  email: {
    are: [
      'bob@example.com',
      'a.b+c@mail.example.co.uk',
      "o'neil@example.org",
      'jörg@müller.de',
      'x@xn--80ak6aa92e.xn--p1ai',
      'BOB@EXAMPLE.COM',
    ],
    areNot: [
      'bob@localhost',
      '@scope/pkg',
      'react@19.0.0-rc.canary',
      'icon@2x.png',
      'git@github.com',
      'https://u:p@example.com',
      'ssh://me@example.com',
      'a.@b.co',
      'x@y.z',
    ],
  },
  phone: {
    are: [
      '+1 415 555 2671',
      '+49 (0)30 901820',
      '+442079460958',
      '0049 30 901820',
      '(415) 555-2671',
      '415-555-2671',
      '1-415-555-2671',
      '020 7946 0958',
      '06 12 34 56 78',
      '(11) 91234-5678',
      '600 123 456',
    ],
    areNot: [
      '+01 415 555 2671',
      '+283 123 4567',
      '4155552671',
      '123-456-7890',
      '2026-11-30',
      '1.2.3.4',
      '+1 415 555',
      '12 34 56 78 90',
      '1764499200',
    ],
  },
  payment_card: {
    are: [
      '4111111111111111',
      '4111 1111 1111 1111',
      '5500-0000-0000-0004',
      '3782 822463 10005',
      '6011000990139424',
      '3056 930902 5904',
      '2221000000000009',
      '4222222222222',
    ],
    areNot: [
      '4111111111111112',
      '4111 1111-1111 1111',
      '0.4111111111111111',
      'x4111111111111111',
      '4111_1111111111111111',
      '1111111111111117',
      '9999 9999 9999 9995',
      'a-4111111111111111',
      '41111111111111111',
    ],
  },
  iban: {
    are: [
      'DE89 3704 0044 0532 0130 00',
      'GB82WEST12345698765432',
      'gb82west12345698765432',
      'FR14 2004 1010 0505 0001 3M02 606',
      'NO93 8601 1117 947',
    ],
    areNot: [
      'DE88 3704 0044 0532 0130 00',
      'DE87 3704 0044 0532 0130 00',
      'XX89370400440532013000',
      'DE8937040044053201300',
      'DE893704004405320130001',
      '_DE89370400440532013000',
    ],
  },
  us_ssn: {
    are: ['536-22-1234', '536 22 1234'],
    areNot: ['000-22-1234', '666-22-1234', '900-22-1234', '536-00-1234', '536-22-0000', '536221234', '536-22-12345', '536-22 1234'],
  },
  uk_nino: {
    are: ['AB123456C', 'AB 12 34 56 C', 'ab123456d'],
    areNot: ['BG123456A', 'DA123456A', 'AO123456A', 'AB123456E', 'AB12345C', 'XAB123456C'],
  },
  uk_nhs: { are: ['943 476 5919', '9434765919', '401-023-2137'], areNot: ['943 476 5918', '1774746131', '943 4765919'] },
  de_tax_id: {
    are: ['86095742719', '47 036 892 816', '65929970489'],
    areNot: ['86095742718', '06095742719', '11111111111'],
  },
  fr_nir: {
    are: [
      '185057800608491',
      '1 85 05 78 006 084 91',
      '2 55 08 14 168 025 38',
      '2550814168025 38',
      '1 85 05 2A 006 084 35',
      '185052B00608462',
    ],
    areNot: ['185057800608492', '385057800608491', '185137800608491', '1 85 05 2C 006 084 16'],
  },
  it_fiscal_code: {
    are: ['RSSMRA85T10A562S', 'rssmra85t10a562s', 'RSS MRA 85T10 A562 S'],
    areNot: ['RSSMRA85T10A562T', 'RSSMRA85Z10A562S', 'RSSMRA85T72A562S', 'XRSSMRA85T10A562S'],
  },
  es_nif: {
    are: ['12345678Z', '12345678-Z', '12.345.678-Z', 'X1234567L', 'y-1234567-x'],
    areNot: ['12345678A', 'X1234567M', '1234567Z', 'A1234567L'],
  },
  nl_bsn: { are: ['111222333', '1112.22.333', '111 222 333'], areNot: ['111222334', '000000000', '111222-333', '999 111 222 333'] },
  pl_pesel: { are: ['44051401359', '02270803624'], areNot: ['44051401358', '44131401359', '44053201353'] },
  in_aadhaar: {
    are: ['2341 2341 2346', '234123412346', '2341-2341-2346'],
    areNot: ['2341 2341 2347', '1341 2341 2346', '9999 2341 2341 2346', '2341 2341 2346 9999'],
  },
  br_cpf: {
    are: ['529.982.247-25', '52998224725', '529982247-25', '529 982 247 25'],
    areNot: ['529.982.247-26', '529.982.247-15', '111.111.111-11', '529.982.247.25'],
  },
  sg_nric: {
    are: ['S1234567D', 'T1234567J', 'F1234567N', 'G1234567X', 'M1234567K', 's1234567d'],
    areNot: ['S1234567E', 'T1234567D', 'A1234567D', 'S12345678D'],
  },
  au_tfn: { are: ['123 456 782', '123456782'], areNot: ['123456783', '000000000', '+61 123 456 782'] },
  ip_address: {
    are: [
      '8.8.8.8',
      '192.168.0.1',
      '2001:db8::1',
      'fe80::1ff:fe23:4567:890a',
      '2001:0db8:0000:0000:0000:ff00:0042:8329',
      '::ffff:8.8.4.4',
      '2001:db8::',
    ],
    areNot: [
      '127.0.0.1',
      '0.0.0.0',
      '255.255.255.255',
      '256.1.1.1',
      '1.2.3',
      '1.2.3.4.5',
      '01.2.3.4',
      'v1.2.3.4',
      'std::vector',
      'a::b',
      '12:34:56',
      '1:2:3:4:5:6:7:8:9',
      '2001::db8::1',
      'dead::beef::',
    ],
  },
  mac_address: {
    are: ['00:1b:44:11:3a:b7', '00-1B-44-11-3A-B7', '001b.4411.3ab7'],
    areNot: ['00:1b:44:11:3a', '00:1b:44-11:3a:b7', '00:1b:44:11:3a:b7:99', 'x00:1b:44:11:3a:b7', '00:1b:44:11:3a:bg'],
  },
  api_key: {
    are: [
      'AKIAIOSFODNN7EXAMPLE',
      `sk-ant-api03-${'A'.repeat(40)}`,
      `sk-proj-${'aB3-'.repeat(12)}d`,
      `sk-${'ab12'.repeat(12)}`,
      `AIza${'aB3xy'.repeat(7)}`,
      `ghp_${'aB3xyz'.repeat(6)}`,
      'xoxb-123456789012-abcdefghijkl',
      `sk_live_${'aB3x'.repeat(6)}`,
    ],
    areNot: [
      'AKIA',
      'AKIAIOSFODNN7EXAMPLEX',
      'sk-your-api-key-goes-here-please',
      'sk-proj-Your1ApiKeyGoesRightHere1234',
      `sk-ant-api03-${'x'.repeat(24)}`,
      `sk-${'x'.repeat(48)}`,
      'sk-spinner-double-bounce-animation',
      `ghp_${'x'.repeat(36)}`,
      `xsk-${'ab12'.repeat(12)}`,
      `a-sk-${'ab12'.repeat(12)}`,
      `sk-gw-abcdefghijklmnop-${'aB3'.repeat(16)}x`,
    ],
  },
  gateway_key: {
    are: [`sk-gw-abcdefghijklmnop-${'aB3'.repeat(16)}x`, `sk-gw-root-${'aB3'.repeat(12)}`],
    areNot: ['sk-gw-...', 'sk-gw-your-key'],
  },
  private_key: {
    are: [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----',
      `-----BEGIN PRIVATE KEY-----\\n${'aB3x'.repeat(16)}\\n-----END PRIVATE KEY-----`,
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${`${'aB3x'.repeat(16)}\n`.repeat(3)}`.trim(),
    ],
    areNot: [
      '-----BEGIN PRIVATE KEY-----',
      '-----BEGIN PUBLIC KEY-----\nMIIEpAIBAAKCAQEA\n-----END PUBLIC KEY-----',
      "'-----BEGIN PRIVATE KEY-----')) { return pem; }",
      '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----',
    ],
  },
  jwt: {
    are: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r'],
    areNot: [
      'eyJhbGciOiJIUzI1NiJ9',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc',
      'eyJhbGciOiJIUzI1NiJ9.abcdefgh.dBjftJeZ4CVP-mB92K27uhbUJU1p1r',
      'eyJ.eyJ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r',
    ],
  },
  url_credentials: {
    are: [],
    areNot: [
      'https://example.com:8443/a@b',
      'https://name@example.com',
      'https://name:{password}@host.example',
      'https://name:$PASSWORD@host.example',
      'a://b',
      'https://a:b@',
    ],
  },
};

describe.each(Object.entries(CASES))('%s', (type, { are, areNot }) => {
  test('is found as its issuer writes it', () => {
    for (const text of are) expect([text, found(type, `see ${text}, please`)]).toEqual([text, [text]]);
    for (const text of are) expect([text, found(type, text)]).toEqual([text, [text]]);
  });

  test('is not found where a sign, a place or a check digit is another', () => {
    for (const text of areNot) expect([text, found(type, `see ${text} please`)]).toEqual([text, []]);
  });
});

test('names and passwords in URLs are found, and nothing around them', () => {
  expect(found('url_credentials', 'postgres://svc:s3cr:et!@db.example.com/app')).toEqual(['svc:s3cr:et!']);
});

test('secret access keys of AWS are told by their name', () => {
  const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  for (const name of ['aws_secret_access_key = ', 'AWS_SECRET_ACCESS_KEY="', '"SecretAccessKey": "', 'secretAccessKey: ']) {
    expect([name, found('api_key', `${name}${key}"`)]).toEqual([name, [key]]);
  }
  expect(found('api_key', `digest ${key}`)).toEqual([]);
  expect(found('api_key', `secret_access_key=${key}x`)).toEqual([]);
});

test('numbers without form or check digit need a word in front', () => {
  expect(found('us_ssn', 'SSN 536221234')).toEqual(['536221234']);
  expect(found('us_ssn', 'Social Security no. 536221234')).toEqual(['536221234']);
  expect(found('phone', 'call 4155552671', ['us'])).toEqual(['4155552671']);
  expect(found('phone', 'item 4155552671', ['us'])).toEqual([]);
});

test('cards are found in rows of other groups of four', () => {
  expect(found('payment_card', '4111 1111 1111 1111 5500 0000 0000 0004')).toEqual(['4111 1111 1111 1111', '5500 0000 0000 0004']);
  expect(found('payment_card', '1234 4111 1111 1111 1111')).toEqual(['4111 1111 1111 1111']);
  expect(found('payment_card', '4111 1111 1111 1111 2028')).toEqual(['4111 1111 1111 1111']);
  expect(found('payment_card', '4111 4111 1111 1111 1111')).toEqual(['4111 1111 1111 1111']);
});

describe('types and groups', () => {
  test('telephones at home are those of the locales, numbers of a country those of its own', () => {
    expect(found('phone', 'tel. 06 12 34 56 78', ['fr'])).toEqual(['06 12 34 56 78']);
    expect(found('phone', 'tel. 06 12 34 56 78', ['us'])).toEqual([]);
    expect(found('us_ssn', '536-22-1234', ['de'])).toEqual([]);
    expect(found('email', 'bob@example.com', ['de'])).toEqual(['bob@example.com']);
  });

  test('a group is its types, each once', () => {
    expect(guardTypesOf(['credentials', 'jwt'])).toEqual(['api_key', 'gateway_key', 'private_key', 'jwt', 'url_credentials']);
    expect(guardTypesOf(['national_id'], ['nl', 'gb'])).toEqual(['uk_nino', 'uk_nhs', 'nl_bsn']);
    expect(guardTypesOf(['personal', 'network', 'credentials'])).toEqual(Object.keys(GUARD_TYPES));
    expect([...Object.keys(GUARD_TYPES), ...Object.keys(GUARD_GROUPS)].every(isGuardTypeOrGroup)).toBe(true);
    expect(['toString', 'mail', ''].some(isGuardTypeOrGroup)).toBe(false);
  });
});

import type { GuardType } from '../../../lib/private/contract';
import type { Random } from '../../fuzz/random';
import * as numbers from './numbers';

/** A value of a type, as people of a country write it. */
export type Make = (random: Random, locale: string) => string;

const digits = (random: Random, count: number, from = '0123456789'): string =>
  Array.from({ length: count }, () => random.pick([...from])).join('');
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  us: ['james.miller', 'mary_jones', 'r.davis', 'ashley22'],
  gb: ['oliver.smith', 'amelia-wright', 'h.taylor'],
  de: ['lukas.mueller', 'anna-schmidt', 'j.weber', 'jörg.groß'],
  fr: ['camille.martin', 'lea_bernard', 'hugo.petit'],
  it: ['marco.rossi', 'giulia.bianchi', 'l.esposito'],
  es: ['lucia.garcia', 'pablo_fernandez', 'm.lopez'],
  nl: ['daan.de.vries', 'emma-jansen', 's.bakker'],
  pl: ['jan.kowalski', 'zofia_nowak', 'p.wisniewski'],
  in: ['aarav.sharma', 'diya_patel', 'r.iyer'],
  br: ['joao.silva', 'ana_souza', 'c.oliveira'],
  sg: ['weiming.tan', 'hui_ling', 'raj.kumar'],
  au: ['jack.wilson', 'charlotte-brown', 'n.walker'],
};
const TOP_LEVELS: Readonly<Record<string, string>> = { us: 'com', gb: 'co.uk', br: 'com.br', au: 'com.au', sg: 'com.sg', in: 'co.in' };

const PHONES: Readonly<Record<string, readonly string[]>> = {
  us: ['(N2x) N2x-xxxx', 'N2x-N2x-xxxx', 'N2x.N2x.xxxx', '+1 N2x N2x xxxx', '+1-N2x-N2x-xxxx', '+1N2xN2xxxxx', '1-N2x-N2x-xxxx'],
  gb: ['020 7xxx xxxx', '07xxx xxxxxx', '+44 20 7xxx xxxx', '+44 7xxx xxxxxx', '01632 xxxxxx', '0161 xxx xxxx', '+447xxxxxxxxx'],
  de: ['030 xxxxxxx', '0171 xxxxxxx', '+49 30 xxxxxxx', '+49 171 xxxxxxx', '089/xxxxxx', '0221-xxxxxx', '+49 (0)40 xxxxxx', '0049 69 xxxxxxx'],
  fr: ['01 xx xx xx xx', '06 xx xx xx xx', '+33 6 xx xx xx xx', '+33 1 xx xx xx xx', '04.xx.xx.xx.xx', '06xxxxxxxx'],
  it: ['06 xxxxxxx', '02 xxxxxxxx', '347 xxxxxxx', '+39 347 xxx xxxx', '+39 02 xxxxxxx'],
  es: ['6xx xxx xxx', '91 xxx xx xx', '+34 6xx xxx xxx', '+34 91 xxx xx xx'],
  nl: ['020 xxx xxxx', '06 xxxxxxxx', '+31 6 xxxxxxxx', '+31 20 xxx xxxx', '06-xxxxxxxx'],
  pl: ['5xx xxx xxx', '+48 5xx xxx xxx', '+48 22 xxx xx xx'],
  in: ['98xxx xxxxx', '+91 98xxx xxxxx', '+91 9xxxxxxxxx', '+91-98xxxxxxxx'],
  br: ['(11) 9xxxx-xxxx', '+55 11 9xxxx-xxxx', '(21) 3xxx-xxxx', '11 9xxxx-xxxx'],
  sg: ['9xxx xxxx', '+65 9xxx xxxx', '+65 6xxx xxxx', '8xxx xxxx'],
  au: ['04xx xxx xxx', '(02) 9xxx xxxx', '+61 4xx xxx xxx', '+61 2 9xxx xxxx'],
}; // biome-ignore format: a table

function phone(random: Random, locale: string): string {
  return random
    .pick(PHONES[locale] as readonly string[])
    .replaceAll('N2x', () => `${random.pick([...'23456789'])}${random.pick([...'02345678'])}${random.below(10)}`)
    .replaceAll('x', () => String(random.below(10)));
}

function email(random: Random, locale: string): string {
  const name = random.pick(NAMES[locale] as readonly string[]) + random.pick(['', '', '1', '+news', '.88']);
  const host = random.pick(['example', 'mail.example', 'acme-corp', 'contoso', 'post.fabrikam', 'müller-bau']);
  const address = `${name}@${host}.${TOP_LEVELS[locale] ?? locale}`;
  return random.oneIn(8) ? address.toUpperCase() : address;
}

const spaced = (random: Random, text: string, lengths: readonly number[], separators = [' ', '-']): string =>
  random.oneIn(2) ? text : numbers.grouped(text, lengths, random.pick(separators));

function v6(random: Random): string {
  const group = (): string => random.below(0x1_00_00).toString(16);
  return random.oneIn(2)
    ? Array.from({ length: 8 }, (_, index) => (index === 0 ? '2001' : group())).join(':')
    : `2001:db8:${group()}::${group()}`;
}

const API_KEYS: readonly ((random: Random) => string)[] = [
  (random) => `AKIA${digits(random, 16, UPPER)}`,
  (random) => `sk-proj-${digits(random, 48, BASE62)}`,
  (random) => `sk-ant-api03-${digits(random, 90, BASE62)}AA`,
  (random) => `AIza${digits(random, 35, BASE62)}`,
  (random) => `ghp_${digits(random, 36, BASE62)}`,
  (random) => `github_pat_${digits(random, 22, BASE62)}_${digits(random, 59, BASE62)}`,
  (random) => `xoxb-${digits(random, 12)}-${digits(random, 12)}-${digits(random, 24, BASE62)}`,
  (random) => `sk_live_${digits(random, 24, BASE62)}`,
  (random) => `hf_${digits(random, 34, BASE62)}`,
  (random) => `gsk_${digits(random, 52, BASE62)}`,
  (random) => `glpat-${digits(random, 20, BASE62)}`,
  (random) => `npm_${digits(random, 36, BASE62)}`,
];

const base64Url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** How each type is made. */
export const VALUES: Readonly<Record<GuardType, Make>> = {
  email,
  phone,
  payment_card: (random) => {
    const card = numbers.card(random);
    return spaced(random, card, card.length === 15 ? [4, 6, 5] : card.length === 14 ? [4, 6, 4] : [4, 4, 4, 4]);
  },
  iban: (random) => {
    const iban = numbers.iban(random);
    return spaced(
      random,
      iban,
      Array.from({ length: Math.ceil(iban.length / 4) }, () => 4),
      [' '],
    );
  },
  us_ssn: (random) => {
    const form = random.pick(['-', '-', '-', ' ', 'SSN ']);
    const ssn = numbers.ssn(random);
    return form === 'SSN ' ? ssn : numbers.grouped(ssn, [3, 2, 4], form);
  },
  uk_nino: (random) => spaced(random, numbers.nino(random), [2, 2, 2, 2, 1], [' ']),
  uk_nhs: (random) => spaced(random, numbers.nhs(random), [3, 3, 4]),
  de_tax_id: (random) => spaced(random, numbers.germanTax(random), [2, 3, 3, 3], [' ']),
  fr_nir: (random) => spaced(random, numbers.frenchRegistration(random), [1, 2, 2, 2, 3, 3, 2], [' ']),
  it_fiscal_code: (random) => (random.oneIn(4) ? numbers.fiscalCode(random).toLowerCase() : numbers.fiscalCode(random)),
  es_nif: (random) => {
    const text = numbers.spanish(random);
    return random.oneIn(3) ? `${text.slice(0, -1)}-${text.slice(-1)}` : text;
  },
  nl_bsn: (random) => spaced(random, numbers.bsn(random), [4, 2, 3], ['.']),
  pl_pesel: numbers.pesel,
  in_aadhaar: (random) => spaced(random, numbers.aadhaar(random), [4, 4, 4]),
  br_cpf: (random) => {
    const cpf = numbers.cpf(random);
    return random.oneIn(3) ? cpf : `${numbers.grouped(cpf.slice(0, 9), [3, 3, 3], '.')}-${cpf.slice(9)}`;
  },
  sg_nric: numbers.nric,
  au_tfn: (random) => spaced(random, numbers.tfn(random), [3, 3, 3], [' ']),
  ip_address: (random) =>
    random.oneIn(3)
      ? v6(random)
      : `${random.pick([1 + random.below(126), 128 + random.below(96)])}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`,
  mac_address: (random) => {
    const mac = Array.from({ length: 6 }, () => digits(random, 2, HEX)).join(random.pick([':', '-']));
    return random.oneIn(2) ? mac.toUpperCase() : mac;
  },
  api_key: (random) => random.pick(API_KEYS)(random),
  gateway_key: (random) => `sk-gw-${digits(random, 16, 'abcdefghijklmnopqrstuvwxyz234567')}-${digits(random, 49, BASE62)}`,
  private_key: (random) => {
    const label = random.pick(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY']);
    const lines = Array.from({ length: 3 + random.below(4) }, () => digits(random, 64, `${BASE62}+/`));
    return `-----BEGIN ${label}-----\n${lines.join('\n')}\n${digits(random, 20, BASE62)}==\n-----END ${label}-----`;
  },
  jwt: (random) =>
    `${base64Url({ alg: 'HS256', typ: 'JWT' })}.${base64Url({ sub: digits(random, 8), name: 'A', iat: 1_700_000_000 + random.below(9_999) })}.${digits(random, 43, BASE62)}`,
  url_credentials: (random) => `${random.pick(['admin', 'svc-app', 'root'])}:${digits(random, 12, BASE62)}`,
};

/** What kind of thing a detector finds. */
export type GuardKind = 'personal' | 'network' | 'credentials';

/** A type of finding: its kind, and the country that issues it. */
export interface GuardTypeFacts {
  readonly kind: GuardKind;
  /** ISO 3166 in lower case. Absent: found whatever the locales. */
  readonly locale?: string;
}

const national = (locale: string): GuardTypeFacts => ({ kind: 'personal', locale });

/** Every type that the gateway finds by itself. */
export const GUARD_TYPES = {
  email: { kind: 'personal' },
  phone: { kind: 'personal' },
  payment_card: { kind: 'personal' },
  iban: { kind: 'personal' },
  us_ssn: national('us'),
  uk_nino: national('gb'),
  uk_nhs: national('gb'),
  de_tax_id: national('de'),
  fr_nir: national('fr'),
  it_fiscal_code: national('it'),
  es_nif: national('es'),
  nl_bsn: national('nl'),
  pl_pesel: national('pl'),
  in_aadhaar: national('in'),
  br_cpf: national('br'),
  sg_nric: national('sg'),
  au_tfn: national('au'),
  ip_address: { kind: 'network' },
  mac_address: { kind: 'network' },
  api_key: { kind: 'credentials' },
  gateway_key: { kind: 'credentials' },
  private_key: { kind: 'credentials' },
  jwt: { kind: 'credentials' },
  url_credentials: { kind: 'credentials' },
} as const satisfies Readonly<Record<string, GuardTypeFacts>>;
export type GuardType = keyof typeof GUARD_TYPES;

const ALL = Object.keys(GUARD_TYPES) as readonly GuardType[];
const ofKind = (wanted: GuardKind): readonly GuardType[] => ALL.filter((type) => GUARD_TYPES[type].kind === wanted);

/**
 * Names of several types at once.
 *
 * `default` has what a form, a prefix or two check digits prove, so that source code, hashes and request ids hold none. A number with one
 * check digit stands in one of ten random ones: those, telephone numbers and addresses of networks are asked for by name.
 */
export const GUARD_GROUPS: Readonly<Record<string, readonly GuardType[]>> = {
  default: [
    'email',
    'payment_card',
    'iban',
    'us_ssn',
    'fr_nir',
    'it_fiscal_code',
    'api_key',
    'gateway_key',
    'private_key',
    'jwt',
    'url_credentials',
  ],
  personal: ofKind('personal'),
  national_id: ALL.filter((type) => 'locale' in GUARD_TYPES[type]),
  network: ofKind('network'),
  credentials: ofKind('credentials'),
};

/** Countries whose numbers are known: of the types above, and of telephone numbers that are written without their country. */
export const GUARD_LOCALES: readonly string[] = [
  'at', 'au', 'be', 'br', 'ca', 'ch', 'de', 'es', 'fr', 'gb', 'in', 'it', 'nl', 'pl', 'sg', 'us',
]; // biome-ignore format: a list

/** Whether `detect` may have it. */
export function isGuardTypeOrGroup(name: string): boolean {
  return Object.hasOwn(GUARD_TYPES, name) || Object.hasOwn(GUARD_GROUPS, name);
}

/** The types that a rule names, groups resolved, each once; without those of countries that its locales leave out. */
export function guardTypesOf(detect: readonly string[], locales?: readonly string[]): readonly GuardType[] {
  const named = new Set(detect.flatMap((name) => GUARD_GROUPS[name] ?? [name as GuardType]));
  return ALL.filter((type) => named.has(type) && belongs(GUARD_TYPES[type], locales));
}

function belongs({ locale }: GuardTypeFacts, locales: readonly string[] | undefined): boolean {
  return locale === undefined || locales === undefined || locales.includes(locale);
}

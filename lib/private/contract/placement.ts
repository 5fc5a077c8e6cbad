/** How sensitive calls can be, the least first. */
export const SENSITIVITIES = ['public', 'internal', 'confidential', 'restricted'] as const;
export type SensitivityLabel = (typeof SENSITIVITIES)[number];

/**
 * Geographies that a residency fence may name, and the Regions in each, by their names at AWS and Google Cloud. `eu` is the European Union: neither
 * London nor Zurich.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 * @see https://docs.cloud.google.com/about/locations
 */
export const GEOGRAPHIES = {
  eu: /^(?:eu-(?:central-1|north-1|south-[12]|west-[13])|europe-(?:central2|north[12]|southwest1|west(?:1|3|4|8|9|10|12)))$/,
  us: /^us-.+$/,
  'us-gov': /^us-gov-.+$/,
  ca: /^(?:ca-.+|northamerica-northeast\d+)$/,
  uk: /^(?:eu-west-2|europe-west2)$/,
  ch: /^(?:eu-central-2|europe-west6)$/,
  jp: /^(?:ap-northeast-[13]|asia-northeast[12])$/,
  au: /^(?:ap-southeast-[24]|australia-.+)$/,
  in: /^(?:ap-south-[12]|asia-south[12])$/,
  apac: /^(?:jp|au|in|ap-.+|asia-.+|australia-.+)$/,
} as const;
export type Geography = keyof typeof GEOGRAPHIES;

/** What a Region is called; anything else in a fence has to be a geography. */
export const REGION_NAME = /^[a-z]{2,}(?:-[a-z]+)+-?\d+$/;

/** Where calls may be processed, and how sensitive they are at least. */
export interface PlacementConfig {
  readonly sensitivity?: SensitivityLabel;
  /** Geographies and Regions; a call stays within them. */
  readonly residency?: readonly string[];
}

/** Patterns of `provider/model` that calls of a label may go to. A label without patterns may go nowhere, but for `public`, which may go anywhere. */
export type SensitiveTargets = Readonly<Partial<Record<SensitivityLabel, readonly string[]>>>;

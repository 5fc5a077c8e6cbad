/** What models are billed in beside tokens and their provider's tools. A second is one of sound or film, a call one that is answered. */
export const PRICE_UNITS = ['image', 'second', 'character', 'page', 'call'] as const;

export type PriceUnit = (typeof PRICE_UNITS)[number];

/** What an answer may be billed in. */
export type BillingUnit = 'token' | PriceUnit;

/** How many of each; what is not named was not counted. */
export type UnitCounts = Readonly<Partial<Record<PriceUnit, number>>>;

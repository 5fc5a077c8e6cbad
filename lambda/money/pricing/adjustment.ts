import type { PriceOverride } from './price-override';

/** What is charged on top of a price, or less: in millionths of what it is charged on. */
export interface Adjustment {
  /** At the provider's terms: of what the model costs there. */
  readonly place: bigint;
  /** Of what the organisation charges a team for it: on top of `place`. */
  readonly team: bigint;
}

/** What a call cost, amount by amount; each is rounded up to a nano-dollar once. */
export interface Charge {
  /** At list prices. */
  readonly listNanoUsd: bigint;
  /** What the provider's bill is expected to say. */
  readonly billedNanoUsd: bigint;
  /** What budgets, records and reports count. */
  readonly costNanoUsd: bigint;
}

const WHOLE = 1_000_000n;
const UNADJUSTED: Adjustment = { place: WHOLE, team: WHOLE };
/** A sign, and four decimals at most. */
const PERCENT = /^(-?)(\d{1,4})(?:\.(\d{1,4}))?$/;
const MOST_PERCENT = 1_000n;

export const NOTHING_CHARGED: Charge = { listNanoUsd: 0n, billedNanoUsd: 0n, costNanoUsd: 0n };

/**
 * Reads what is charged more, or less, in percent.
 *
 * @param text such as `-12.5` or `10`; from -100 to 1000
 * @returns the whole in millionths; undefined where it is no such percentage
 */
export function parsePercent(text: string): bigint | undefined {
  const [matched, sign, whole = '0', part = ''] = PERCENT.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const change = BigInt(whole) * 10_000n + BigInt(part.padEnd(4, '0'));
  if (change > (sign === '-' ? WHOLE : MOST_PERCENT * 10_000n)) return undefined;
  return sign === '-' ? WHOLE - change : WHOLE + change;
}

/** What is charged for an amount at list prices. It never falls when that grows, and is never below zero. */
export function chargeOf(listNanoUsd: bigint, adjustment: Adjustment | undefined): Charge {
  if (adjustment === undefined) return { listNanoUsd, billedNanoUsd: listNanoUsd, costNanoUsd: listNanoUsd };
  const billedNanoUsd = share(listNanoUsd, adjustment.place);
  return { listNanoUsd, billedNanoUsd, costNanoUsd: share(billedNanoUsd, adjustment.team) };
}

/** The same, where only what is charged matters. */
export function charged(listNanoUsd: bigint, adjustment: Adjustment | undefined): bigint {
  return adjustment === undefined ? listNanoUsd : share(share(listNanoUsd, adjustment.place), adjustment.team);
}

export function sumOfCharges(left: Charge, right: Charge): Charge {
  return {
    listNanoUsd: left.listNanoUsd + right.listNanoUsd,
    billedNanoUsd: left.billedNanoUsd + right.billedNanoUsd,
    costNanoUsd: left.costNanoUsd + right.costNanoUsd,
  };
}

/** Rounded up. */
function share(nanoUsd: bigint, millionths: bigint): bigint {
  return millionths === WHOLE ? nanoUsd : (nanoUsd * millionths + WHOLE - 1n) / WHOLE;
}

/**
 * What overrides say that is charged for a model: the first that names a percentage of the provider's, and the first that names one of the
 * team.
 *
 * @param overrides that mean the model, those that go before first
 */
export function adjustmentOf(overrides: readonly PriceOverride[], team: string | undefined): Adjustment | undefined {
  const place = overrides.find(({ percent }) => percent !== undefined)?.percent;
  const ofTeam = team === undefined ? undefined : overrides.flatMap(({ teamPercent }) => ownOf(teamPercent, team) ?? [])[0];
  return madeOf(millionths(place), millionths(ofTeam));
}

/** Of two that hold for one call together, the dearer of each. */
export function dearerAdjustment(first: Adjustment | undefined, other: Adjustment | undefined): Adjustment | undefined {
  if (first === undefined && other === undefined) return undefined;
  const [left, right] = [first ?? UNADJUSTED, other ?? UNADJUSTED];
  return madeOf(larger(left.place, right.place), larger(left.team, right.team));
}

/** Millionths as percent on top: `-12.5`. */
export function percentText(millionths: bigint): string {
  const change = millionths - WHOLE;
  const [sign, amount] = change < 0n ? ['-', -change] : ['', change];
  const part = String(amount % 10_000n)
    .padStart(4, '0')
    .replace(/0{1,4}$/, '');
  return `${sign}${amount / 10_000n}${part === '' ? '' : `.${part}`}`;
}

function madeOf(place: bigint, team: bigint): Adjustment | undefined {
  return place === WHOLE && team === WHOLE ? undefined : { place, team };
}

/** Of text that was validated when it was written; throws where it is no percentage. */
function millionths(percent: string | undefined): bigint {
  if (percent === undefined) return WHOLE;
  const parsed = parsePercent(percent);
  if (parsed === undefined) throw new Error(`not a percentage from -100 to 1000: ${percent.slice(0, 40)}`);
  return parsed;
}

function ownOf(percents: Readonly<Record<string, string>> | undefined, team: string): string | undefined {
  return percents !== undefined && Object.hasOwn(percents, team) ? percents[team] : undefined;
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

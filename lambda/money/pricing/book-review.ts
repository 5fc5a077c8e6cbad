import type { ProviderKind } from '../../../lib/private/contract';
import { PRICE_UNITS } from '../../wire/model';
import { type BookRow, namesOf, readLine } from './book-line';
import { formatUnitUsd, formatUsd } from './money';
import { completeRates, type Rate, type TokenClass } from './price';
import type { PriceBookData } from './price-book';
import { serviceTiersOf } from './service-tiers';

/** Of the names that the book before prices, so many may be gone, in percent. */
export const MOST_REMOVED_PERCENT = 10n;
/** Of the names of both books, so many may cost less than half, in percent, and none less than a tenth. */
export const MOST_LOWERED_PERCENT = 2n;

const UNITS = new Set<string>(PRICE_UNITS);

/** What of a book somebody has to insist on: its place, what it says and what the other book says. */
export interface BookReview {
  /** Names that the other book prices and this one does not. */
  readonly removed: number;
  /** Names of which some price is less than half of the other book's. */
  readonly lowered: number;
  /** Why the book is taken only from who insists, each with its list, line and field. Empty: it may be taken. */
  readonly concerns: readonly string[];
}

/**
 * Holds a book against one that is trusted: prices of zero where it has none, prices far below its own, limits below half of its own,
 * names that are gone.
 */
export function reviewBook(book: PriceBookData, trusted: PriceBookData): BookReview {
  const concerns: string[] = [];
  let [removed, lowered, common, before] = [0, 0, 0, 0];
  for (const kind of new Set([...Object.keys(book.lists), ...Object.keys(trusted.lists)]) as Set<ProviderKind>) {
    const known = new Map((trusted.lists[kind] ?? []).flatMap((line) => namesOf(line).map((name) => [name, line] as const)));
    before += known.size;
    for (const [index, line] of (book.lists[kind] ?? []).entries()) {
      const row = readLine(line);
      const trustedLines = new Map<string, string>();
      let isNew = false;
      for (const name of namesOf(line)) {
        const old = known.get(name);
        if (old === undefined) isNew = true;
        else trustedLines.set(name, old);
        known.delete(name);
      }
      const found = new Set<string>(isNew ? zerosOf(row, undefined) : []);
      for (const [name, old] of trustedLines) {
        common++;
        if (old === line) continue;
        const trustedRow = readLine(old);
        for (const concern of [...zerosOf(row, trustedRow), ...limitsBelow(row, trustedRow)]) found.add(concern);
        const { some, far } = lowerPrices(kind, row, trustedRow);
        if (some) lowered++;
        if (far !== undefined) found.add(`${far}, ${JSON.stringify(name)}`);
      }
      for (const concern of found) concerns.push(`lists.${kind}[${index}] ${concern}`);
    }
    removed += known.size;
  }
  if (BigInt(removed) * 100n > BigInt(before) * MOST_REMOVED_PERCENT) concerns.push(`lists: ${removed} of ${before} names are gone`);
  if (BigInt(lowered) * 100n > BigInt(common) * MOST_LOWERED_PERCENT)
    concerns.push(`lists: ${lowered} of ${common} names cost less than half`);
  return { removed, lowered, concerns };
}

/** Fields that cost nothing at some time or length, where the other row has a price. */
function zerosOf(row: BookRow, trusted: BookRow | undefined): string[] {
  const free = trusted === undefined ? undefined : leastPrices(trusted);
  return row.prices.flatMap(({ rates, units = {}, calls }) => {
    const said = [...Object.entries(rates).map(([name, rate]) => [name, leastOf(rate)] as const), ...Object.entries(units)];
    for (const [name, amount] of Object.entries(calls)) said.push([`call:${name}`, amount]);
    return said.filter(([name, least]) => least === 0n && free?.get(name) !== 0n).map(([name]) => `${name} is 0`);
  });
}

function limitsBelow(row: BookRow, trusted: BookRow): string[] {
  return (['window', 'maxOutput'] as const).flatMap((name) => {
    const [is, was] = [row[name], trusted[name]];
    return is !== undefined && was !== undefined && is * 2 < was ? [`${name} is ${is} in place of ${was}, less than half`] : [];
  });
}

/** Whether any price is less than half, and the first that is less than a tenth. */
function lowerPrices(kind: ProviderKind, row: BookRow, trusted: BookRow): { readonly some: boolean; readonly far: string | undefined } {
  let some = false;
  let far: string | undefined;
  const now = leastPrices(row);
  for (const [name, was] of leastPrices(trusted)) {
    const isUnit = UNITS.has(name);
    // Without a price of its own a call costs what an unknown tool does, a unit nothing.
    const is = now.get(name) ?? (isUnit ? 0n : undefined);
    if (is === undefined || is * 2n >= was) continue;
    some = true;
    const format = isUnit ? formatUnitUsd : formatUsd;
    if (is * 10n < was) far ??= `${name} is ${format(is)} in place of ${format(was)}, less than a tenth`;
  }
  const [tiers, trustedTiers] = [row.tiers ?? serviceTiersOf(kind), trusted.tiers ?? serviceTiersOf(kind)];
  for (const [tier, was] of Object.entries(trustedTiers)) if ((tiers[tier] ?? 100) * 2 < was) some = true;
  return { some, far };
}

/** The least that each class of tokens, each unit and each call costs at any time and length. */
function leastPrices({ prices }: BookRow): ReadonlyMap<string, bigint> {
  const least = new Map<string, bigint>();
  const note = (name: string, amount: bigint): void => {
    const known = least.get(name);
    if (known === undefined || amount < known) least.set(name, amount);
  };
  for (const { rates, units = {}, calls } of prices) {
    for (const [name, amount] of Object.entries(units)) note(name, amount);
    for (const [name, rate] of Object.entries(completeRates(rates)) as [TokenClass, Rate][]) note(name, leastOf(rate));
    for (const [name, amount] of Object.entries(calls)) note(`call:${name}`, amount);
  }
  return least;
}

/** What a class of tokens costs at the length of prompt at which it is cheapest. */
export function leastOf({ base, tiers }: Rate): bigint {
  let least = base;
  for (const { price } of tiers) if (price < least) least = price;
  return least;
}

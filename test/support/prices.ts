import type { PriceBookData } from '../../lambda/money/pricing';
import type { ProviderKind } from '../../lib/private/contract';

/** A price book with the same lines for several kinds of provider. */
export function bookOf(kinds: readonly ProviderKind[], ...lines: string[]): PriceBookData {
  return { version: 'test', date: '2026-11-29', lists: Object.fromEntries(kinds.map((kind) => [kind, lines])) };
}

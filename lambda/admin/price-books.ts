import { bookInForce, type PriceBookData, readCheckedBook } from '../money/pricing';
import type { BookOverride } from '../routing';
import type { Services } from './services';

/** There is one book at most in place of the deployed one. */
export const CURRENT = 'current';

export interface Books {
  readonly deployed: PriceBookData;
  readonly override: BookOverride | undefined;
  readonly loaded: PriceBookData | undefined;
  readonly inForce: PriceBookData;
}

export async function readBooks({ overrides, books, deployedBook }: Services): Promise<Books> {
  const [deployed, override] = await Promise.all([deployedBook(), overrides.get('book', CURRENT)]);
  const text = override === undefined ? undefined : await books.read(override.sha256);
  const loaded = text === undefined ? undefined : readCheckedBook(text);
  const inForce = bookInForce(deployed, loaded === undefined ? undefined : { book: loaded, forced: override?.forced === true });
  return { deployed, override, loaded, inForce };
}

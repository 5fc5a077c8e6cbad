import { createPriceBook, type PriceBook, type PriceBookData } from './pricing';

let loading: Promise<PriceBook> | undefined;

/** The price book as it was built, read once and off the entry chunk. */
export function loadPriceBook(): Promise<PriceBook> {
  loading ??= loadPriceBookData().then((data) => createPriceBook(data));
  return loading;
}

/** What the price book was built with. */
export async function loadPriceBookData(): Promise<PriceBookData> {
  return (await import('./pricing/price-book.json')).default;
}

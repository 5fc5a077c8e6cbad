import type { ProviderConfig } from '../../lib/private/contract';
import type { KeptRecord } from '../money/ports';
import { createPriceBook, type Price, type PriceBook } from '../money/pricing';
import { isRerated, type Rerating, rerate, rerateId } from '../money/rerating';
import { isoTime, matchesModel } from '../platform/runtime';
import { modelFacts, withModelFacts } from '../routing';
import { readBooks } from './price-books';
import { pricedTarget } from './priced-targets';
import type { Services } from './services';

/** Which requests are re-rated. */
export interface ReratingQuestion {
  /** `provider/model` as it was asked of the provider, or a glob of such names. */
  readonly model: string;
  /** UTC day on which they were decided. */
  readonly day: string;
  /** Position in the day's list that the page begins after. */
  readonly after?: string;
  readonly dryRun: boolean;
}

/** What became, or would become, of a page of the day's requests. */
export interface ReratedPage {
  /** That have the model, and say what they used. */
  readonly requests: number;
  readonly changed: number;
  /** Of the model, with a usage, and nobody knows a price now. */
  readonly unpriced: number;
  readonly beforeNanoUsd: bigint;
  readonly afterNanoUsd: bigint;
  readonly next?: string;
}

interface Rated {
  readonly of: KeptRecord;
  readonly rating: Rerating | undefined;
}

const PAGE = 100;
/** Reads and writes at a time. */
const AT_ONCE = 25;
/** Re-ratings of one request; a price is not corrected so often. */
const MOST_RERATINGS = 100;

/**
 * Holds a page of requests against the prices of now, as of the moment at which each came, and writes what differs as re-ratings. It may be done
 * again at any point: what was re-rated already differs no more.
 *
 * @param announce told of a page with changes before the first is written
 */
export async function reratePage(
  services: Services,
  question: ReratingQuestion,
  announce: (page: ReratedPage) => Promise<void>,
): Promise<ReratedPage> {
  const { records } = services;
  const { day, after, model } = question;
  const page = await records.list(day, { limit: PAGE, ...(after === undefined ? {} : { after }) });
  const meant = page.items.filter((record) => !isRerated(record) && record.usage !== undefined && matchesModel(model, nameOf(record)));
  const book = meant.length === 0 ? undefined : await bookNow(services);
  const rated = await inGroups(meant, async (record) => ({ of: record, rating: await ratingOf(services, book as PriceBook, record) }));
  const sums = sumOf(rated, page.next);
  if (question.dryRun || sums.changed === 0) return sums;
  await announce(sums);
  await inGroups(rated, ({ of, rating }) => write(services, book as PriceBook, of, rating));
  return sums;
}

function sumOf(rated: readonly Rated[], next: string | undefined): ReratedPage {
  const known = rated.flatMap(({ rating }) => (rating === undefined ? [] : [rating]));
  return {
    requests: rated.length,
    changed: known.filter(({ record }) => record !== undefined).length,
    unpriced: rated.length - known.length,
    beforeNanoUsd: known.reduce((sum, { beforeNanoUsd }) => sum + beforeNanoUsd, 0n),
    afterNanoUsd: known.reduce((sum, { afterNanoUsd }) => sum + afterNanoUsd, 0n),
    ...(next === undefined ? {} : { next }),
  };
}

/** Another run may have written one of the same number meanwhile: then what it left to do is worked out anew. */
async function write(services: Services, book: PriceBook, of: KeptRecord, first: Rerating | undefined): Promise<void> {
  let rating = first;
  while (rating?.record !== undefined) {
    const { done } = await services.records.putRerating(rating.record, of.updatedAt);
    if (done) return;
    rating = await ratingOf(services, book, of);
  }
}

async function ratingOf(services: Services, book: PriceBook, record: KeptRecord): Promise<Rerating | undefined> {
  const price = priceOf(services, book, record);
  return price === undefined ? undefined : rerate(record, await earlierOf(services, record), price, isoTime(services.clock.now()));
}

async function earlierOf({ records }: Services, { id }: KeptRecord): Promise<readonly KeptRecord[]> {
  const earlier: KeptRecord[] = [];
  while (earlier.length < MOST_RERATINGS) {
    const found = await records.read(rerateId(id, earlier.length + 1));
    if (found === undefined) break;
    earlier.push(found);
  }
  return earlier;
}

async function bookNow(services: Services): Promise<PriceBook> {
  const { document, overrides } = services;
  const [{ inForce }, models, prices] = await Promise.all([readBooks(services), overrides.list('model'), overrides.list('price')]);
  return createPriceBook(inForce, withModelFacts(prices, modelFacts(document.models ?? [], models), document.priceAdjustments));
}

function priceOf({ document }: Services, book: PriceBook, { provider, requestModel, teamId, createdAt }: KeptRecord): Price | undefined {
  const config: ProviderConfig | undefined = (document.providers ?? []).find(({ id }) => id === provider);
  return config === undefined ? undefined : book.lookup(pricedTarget(config, requestModel ?? '', teamId), Date.parse(createdAt));
}

function nameOf({ provider, requestModel }: KeptRecord): string {
  return `${provider}/${requestModel}`;
}

async function inGroups<T, Result>(all: readonly T[], work: (one: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < all.length; start += AT_ONCE)
    results.push(...(await Promise.all(all.slice(start, start + AT_ONCE).map(work))));
  return results;
}

import { hashOfBook } from '../../aws/dynamodb';
import {
  type BookChange,
  type BookReview,
  changesBetween,
  checkBook,
  MOST_BOOK_BYTES,
  modelsByKind,
  type PriceBookData,
  reviewBook,
} from '../../money/pricing';
import { GatewayError, invalidRequest } from '../../platform/error';
import type { JsonObject } from '../../platform/json';
import type { BookOverride } from '../../routing';
import type { Change } from '../journal';
import { checkIfMatch, concurrentChange, nextGeneration } from '../levels';
import type { RouteAnswer } from '../message';
import { CURRENT, readBooks } from '../price-books';
import { targetPrices } from '../priced-targets';
import type { AdminRoute, RouteContext } from '../route';
import { ADMINS, EVERYONE } from '../route';
import { PRICE_BOOK, PRICE_BOOK_LOAD, PRICE_BOOK_LOADED } from '../schemas/price-book';
import type { Services } from '../services';
import { etagOf } from '../wire';

const PATH = '/price-book';
const MOST_CHANGES = 200;
/** An error names so many doubts. */
const MOST_NAMED = 5;
const DAY_MS = 86_400_000;
/** The text of a book is one string in the body, in which every quotation mark takes two bytes. */
const BODY_LIMITS = { maxBytes: 2 * MOST_BOOK_BYTES, maxDepth: 2, maxKeys: 8 };

/** The routes of the price book itself. Another one holds from the next request on. */
export const priceBookRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: PATH,
    operation: 'getPriceBook',
    summary: 'Read which price book holds, how old it is and what it covers.',
    roles: EVERYONE,
    answer: { status: 200, description: 'The book in force.', schema: PRICE_BOOK },
    run: ({ services }) => status(services),
  },
  {
    method: 'POST',
    path: PATH,
    operation: 'loadPriceBook',
    summary: 'Bring another price book in, in place of the deployed one.',
    roles: ADMINS,
    body: PRICE_BOOK_LOAD,
    bodyLimits: BODY_LIMITS,
    conditional: true,
    answer: { status: 200, description: 'What it changes.', schema: PRICE_BOOK_LOADED },
    run: load,
  },
  {
    method: 'DELETE',
    path: PATH,
    operation: 'unloadPriceBook',
    summary: 'Take the price book away that was brought in: the deployed one holds again.',
    roles: ADMINS,
    conditional: true,
    answer: { status: 204, description: 'It is gone.' },
    run: unload,
  },
];

async function status(services: Services): Promise<RouteAnswer> {
  const { deployed, override, loaded, inForce } = await readBooks(services);
  const targets = await targetPrices(services, inForce);
  const isLoaded = inForce === loaded;
  return {
    status: 200,
    json: {
      source: isLoaded ? 'loaded' : 'deployed',
      book_version: inForce.version,
      date: inForce.date,
      age_days: Math.max(0, Math.floor((services.clock.now() - Date.parse(inForce.date)) / DAY_MS)),
      ...(inForce.sources === undefined ? {} : { sources: { ...inForce.sources } }),
      ...(isLoaded && override !== undefined ? { sha256: override.sha256 } : {}),
      deployed_version: deployed.version,
      ...(override === undefined
        ? {}
        : { loaded_version: override.bookVersion, loaded_at: override.updatedAt, version: override.generation }),
      models: modelsByKind(inForce),
      targets: targets.map((target) => ({ ...target })),
      unpriced_targets: targets.filter(({ price }) => price === null).length,
    },
    headers: override === undefined ? {} : { etag: etagOf(override.generation) },
  };
}

async function load({ services, caller, request, body }: RouteContext): Promise<RouteAnswer> {
  const text = body['book'] as string;
  const book = checkBook(text, services.clock.now());
  const { override: before, inForce, deployed } = await readBooks(services);
  checkIfMatch(request, before?.generation ?? 0);
  const newest = inForce.date > deployed.date ? inForce : deployed;
  if (book.date < newest.date && body['force'] !== true) throw olderBook(book, newest);
  const changes = changesBetween(inForce, book);
  const review = reviewBook(book, deployed);
  if (body['dry_run'] === true) return answer(false, book, text, inForce, changes, review);
  if (review.concerns.length > 0 && body['force'] !== true) throw doubtfulBook(review);

  const now = services.clock.now();
  const sha256 = hashOfBook(text);
  const after: BookOverride = {
    id: CURRENT,
    sha256,
    ...(before === undefined ? {} : { previousSha256: before.sha256 }),
    bookVersion: book.version,
    date: book.date,
    ...(book.date < deployed.date ? { forced: true } : {}),
    generation: nextGeneration(now, before?.generation),
    updatedAt: new Date(now).toISOString(),
  };
  await write(services, text);
  const change: Change = { action: 'load', resource: 'price-book', resourceId: book.version, ...wireBefore(before), after: toWire(after) };
  const result = await services.journal.write(caller, change, (stores) => stores.overrides.put('book', after, before?.generation));
  if (result === 'conflict') throw concurrentChange();
  // The book before this one may still be read for some seconds; the one before that, by nobody.
  const old = before?.previousSha256;
  if (old !== undefined && old !== sha256 && old !== before?.sha256) await services.books.remove(old);
  return answer(true, book, text, inForce, changes, review, after.generation);
}

async function write(services: Services, text: string): Promise<void> {
  try {
    await services.books.write(text);
  } catch (error) {
    if (error instanceof RangeError) throw invalidRequest('book', 'book is too large: compressed it must fit into one item of 390 KB.');
    throw error;
  }
}

async function unload({ services, caller, request }: RouteContext): Promise<RouteAnswer> {
  const before = await services.overrides.get('book', CURRENT);
  if (before === undefined) throw noLoadedBook();
  checkIfMatch(request, before.generation);
  const change: Change = { action: 'unload', resource: 'price-book', resourceId: before.bookVersion, ...wireBefore(before) };
  const result = await services.journal.write(caller, change, (stores) => stores.overrides.remove('book', CURRENT, before.generation));
  if (result === 'conflict') throw concurrentChange();
  for (const sha256 of new Set([before.sha256, before.previousSha256])) if (sha256 !== undefined) await services.books.remove(sha256);
  return { status: 204 };
}

function answer(
  loaded: boolean,
  book: PriceBookData,
  text: string,
  before: PriceBookData,
  changes: readonly BookChange[],
  { lowered, concerns }: BookReview,
  generation?: number,
): RouteAnswer {
  const added = changes.filter((change) => change.before === undefined);
  const removed = changes.filter((change) => change.after === undefined);
  const changed = changes.filter((change) => change.before !== undefined && change.after !== undefined);
  return {
    status: 200,
    json: {
      loaded,
      sha256: hashOfBook(text),
      book_version: book.version,
      date: book.date,
      before_version: before.version,
      ...(generation === undefined ? {} : { version: generation }),
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      lowered,
      concerns: concerns.slice(0, MOST_CHANGES),
      changes: [...changed, ...removed, ...added].slice(0, MOST_CHANGES).map((change) => ({ ...change })),
    },
    ...(generation === undefined ? {} : { headers: { etag: etagOf(generation) } }),
  };
}

function doubtfulBook({ concerns }: BookReview): GatewayError {
  const others = concerns.length > MOST_NAMED ? `; and ${concerns.length - MOST_NAMED} more` : '';
  return new GatewayError({
    code: 'doubtful_price_book',
    message: `${concerns.slice(0, MOST_NAMED).join('; ')}${others}. Say \`force\` to take the book all the same.`,
    param: 'book.lists',
  });
}

function noLoadedBook(): GatewayError {
  return new GatewayError({
    code: 'resource_not_found',
    message: 'No price book was brought in; the deployed one holds.',
  });
}

function olderBook(book: PriceBookData, newest: PriceBookData): GatewayError {
  return new GatewayError({
    code: 'older_price_book',
    message: `The book's prices are of ${book.date}, those of ${newest.version} of ${newest.date}. Say \`force\` to take the older ones.`,
    param: 'book.date',
  });
}

function toWire({ sha256, bookVersion, date, forced, generation, updatedAt }: BookOverride): JsonObject {
  return { sha256, book_version: bookVersion, date, ...(forced === true ? { forced } : {}), version: generation, updated_at: updatedAt };
}

function wireBefore(before: BookOverride | undefined): { before?: JsonObject } {
  return before === undefined ? {} : { before: toWire(before) };
}

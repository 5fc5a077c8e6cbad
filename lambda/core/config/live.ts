import type { GatewayDocument, RouteConfig } from '../../../lib/private/contract';
import { createPriceBook, type PriceBook, readCheckedBook } from '../pricing';
import type { Clock } from '../runtime/clock';
import type { Log } from '../runtime/log';
import type { BookOverride, OverrideStore, PriceOverride } from '../stores/overrides';
import type { PriceBookStore } from '../stores/price-books';
import { configuredModels } from './model-names';
import { createModelResolver, type ModelResolver } from './models';
import type { ConfiguredProvider } from './providers';

/** The configuration as it stands now: the document and what was changed at run time. */
export interface LiveConfiguration {
  readonly document: GatewayDocument;
  readonly providers: readonly ConfiguredProvider[];
  /** Of this moment; keep it for the length of one request. */
  models(): ModelResolver;
  priceOverrides(): readonly PriceOverride[];
  /** The price book that was brought in at run time, if one was. */
  loadedBook(): LoadedBook | undefined;
  /** Models that are named in full, as `provider/model`. */
  modelNames(): ReadonlySet<string>;
  /** Waits for the first read of the overrides and starts a new one, off the path, when the last is older than 10 s. */
  ready(): Promise<void>;
}

/** A price book in place of the deployed one. */
export interface LoadedBook {
  readonly book: PriceBook;
  readonly sha256: string;
  /** It holds although the deployed one is newer. */
  readonly forced: boolean;
}

const LIFETIME_MS = 10_000;
/** The longest that a first request waits for the overrides; without an answer it goes by the document. */
const FIRST_READ_MS = 1_000;

export function createLiveConfiguration(
  document: GatewayDocument,
  providers: readonly ConfiguredProvider[],
  overrides: Pick<OverrideStore, 'list'>,
  books: Pick<PriceBookStore, 'read'>,
  clock: Clock,
  log: Log,
): LiveConfiguration {
  let routes = document.routes;
  let prices: readonly PriceOverride[] = [];
  const namesNow = () =>
    configuredModels(
      document.providers,
      routes,
      prices.map(({ id }) => id),
    );
  let resolver = createModelResolver(providers, routes);
  let names = namesNow();
  let fingerprint = '[]';
  let loaded: LoadedBook | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let everRead = false;

  const load = async (named: BookOverride | undefined): Promise<LoadedBook | undefined> => {
    if (named === undefined) return undefined;
    const forced = named.forced === true;
    if (named.sha256 === loaded?.sha256) return { ...loaded, forced };
    const text = await books.read(named.sha256);
    if (text === undefined) throw new Error('the price book that was brought in is not there');
    return { book: createPriceBook(readCheckedBook(text)), sha256: named.sha256, forced };
  };

  const read = async (): Promise<void> => {
    readMs = clock.monotonic();
    try {
      const [models, newPrices, [book]] = await Promise.all([overrides.list('model'), overrides.list('price'), overrides.list('book')]);
      prices = newPrices;
      const seen = JSON.stringify(models);
      if (seen !== fingerprint) {
        fingerprint = seen;
        const changed: RouteConfig[] = models.map(({ id, targets }) => ({ alias: id, targets: [...targets] }));
        routes = [...changed, ...document.routes];
        resolver = createModelResolver(providers, routes);
      }
      names = namesNow();
      loaded = await load(book);
    } catch (error) {
      log.write('warn', 'overrides-unread', { code: error instanceof Error ? error.name : 'unknown' });
    } finally {
      everRead = true;
    }
  };

  return {
    document,
    providers,
    models: () => resolver,
    priceOverrides: () => prices,
    loadedBook: () => loaded,
    modelNames: () => names,
    async ready() {
      if (reading === undefined && clock.monotonic() - readMs >= LIFETIME_MS) {
        reading = read().finally(() => {
          reading = undefined;
        });
      }
      if (!everRead && reading !== undefined) await Promise.race([reading, after(FIRST_READ_MS)]);
    },
  };
}

function after(milliseconds: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, milliseconds).unref();
  });
}

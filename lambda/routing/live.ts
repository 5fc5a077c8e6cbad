import type { CapabilitiesConfig, GatewayDocument } from '../../lib/private/contract';
import type { PriceBookStore } from '../money/ports';
import type { PriceOverride } from '../money/pricing';
import { createPriceBook, type PriceBook, readCheckedBook } from '../money/pricing';
import type { Log } from '../platform/runtime';
import { ageMs, type Clock, type Moment, momentOf } from '../platform/runtime';
import { createGuardrails, type Guardrails } from './guardrails';
import { capabilitiesSaid, modelFacts, withModelFacts } from './model-facts';
import { configuredModels } from './model-names';
import { createModelResolver, type ModelResolver } from './models';
import { type BookOverride, type OverrideStore, routeOf } from './overrides';
import type { ConfiguredProvider } from './providers';

/** The configuration as it stands now: the document and what was changed at run time. */
export interface LiveConfiguration {
  readonly document: GatewayDocument;
  readonly providers: readonly ConfiguredProvider[];
  /** Of this moment; keep it for the length of one request. */
  models(): ModelResolver;
  priceOverrides(): readonly PriceOverride[];
  /**
   * What was said, at deployment or since, of what a model can do; undefined when nothing was. It goes before the catalogue.
   *
   * @param name `provider/model`
   */
  capabilitiesSaid(name: string): CapabilitiesConfig | undefined;
  /** Guardrail policies by id, those changed at run time in place of the deployed ones. The same as long as nothing of them changes. */
  guardrails(): Guardrails;
  /** The price book that was brought in at run time, if one was. */
  loadedBook(): LoadedBook | undefined;
  /** Models that are named in full, as `provider/model`. */
  modelNames(): ReadonlySet<string>;
  /**
   * Settles when the run-time changes were read once, or when the patience with the table is at its end: until then what was deployed holds.
   * Never rejects.
   */
  ready(): Promise<void>;
  /** Of the run-time changes that hold: raised with each of them. What is planned under one is checked against the present one. */
  mark(): number;
  /** Settles when nothing older than this mark holds, or when the patience with the table is at its end. Never rejects. */
  follow(wanted: number): Promise<void>;
}

/** A price book in place of the deployed one. */
export interface LoadedBook {
  readonly book: PriceBook;
  readonly sha256: string;
  /** It holds although the deployed one is newer. */
  readonly forced: boolean;
}

/** How long requests wait for a read, and after how long one without an answer is followed by another. */
const PATIENCE_MS = 2_000;
/** Nothing was read yet. */
const UNREAD = -1;

const FRESH = Promise.resolve();

/** One read of all overrides. */
interface Refresh {
  readonly began: Moment;
  /** Settles with the read, or when the patience with it is at its end. */
  readonly settled: Promise<void>;
  ended: boolean;
}

export function createLiveConfiguration(
  document: GatewayDocument,
  providers: readonly ConfiguredProvider[],
  overrides: Pick<OverrideStore, 'all'>,
  books: Pick<PriceBookStore, 'read'>,
  clock: Clock,
  log: Log,
): LiveConfiguration {
  const deployed = document.models ?? [];
  let routes = document.routes;
  let facts = modelFacts(deployed, []);
  const adjustments = document.priceAdjustments ?? [];
  let prices = withModelFacts([], facts, adjustments);
  const resolverNow = () =>
    createModelResolver(
      providers,
      routes,
      facts.map(({ id }) => id),
    );
  const namesNow = () =>
    configuredModels(
      document.providers,
      routes,
      prices.map(({ id }) => id),
    );
  let resolver = resolverNow();
  let names = namesNow();
  let fingerprint = '[]';
  let guardrails = createGuardrails(document.guardrails, []);
  let guardrailsSeen = '[]';
  let loaded: LoadedBook | undefined;
  let held: Moment | undefined;
  let mark = UNREAD;
  let last: Refresh | undefined;

  const load = async (named: BookOverride | undefined): Promise<LoadedBook | undefined> => {
    if (named === undefined) return undefined;
    const forced = named.forced === true;
    if (named.sha256 === loaded?.sha256) return { ...loaded, forced };
    const text = await books.read(named.sha256);
    // A table that does not answer is asked again; a book that is none stays out, and calls go on with the one before.
    try {
      if (text === undefined) throw new Error('the price book that was brought in is not there');
      return { book: createPriceBook(readCheckedBook(text)), sha256: named.sha256, forced };
    } catch (error) {
      unread(error);
      return loaded;
    }
  };
  const unread = (error: unknown): void => {
    log.write('warn', 'overrides-unread', { code: error instanceof Error ? error.name : 'unknown' });
  };

  const read = async (began: Moment): Promise<void> => {
    const { mark: newMark, model: models, price: newPrices, book: named, guardrail: policies } = await overrides.all();
    // A read that began later and was answered sooner knows better.
    const isLate = () => held !== undefined && held.monotonicMs > began.monotonicMs;
    if (isLate()) return;
    const seen = JSON.stringify(models);
    if (seen !== fingerprint) {
      fingerprint = seen;
      routes = [...models.flatMap((override) => routeOf(override) ?? []), ...document.routes];
      facts = modelFacts(deployed, models);
      resolver = resolverNow();
    }
    const policiesSeen = JSON.stringify(policies);
    if (policiesSeen !== guardrailsSeen) {
      guardrailsSeen = policiesSeen;
      guardrails = createGuardrails(document.guardrails, policies);
    }
    prices = withModelFacts(newPrices, facts, adjustments);
    names = namesNow();
    const newBook = await load(named[0]);
    if (isLate()) return;
    loaded = newBook;
    held = began;
    mark = newMark;
  };

  const refresh = (): Refresh => {
    const began = momentOf(clock);
    const reading = read(began)
      .catch(unread)
      .finally(() => {
        begun.ended = true;
      });
    const begun: Refresh = { began, settled: Promise.race([reading, after(PATIENCE_MS)]), ended: false };
    return begun;
  };

  /** The read that is on its way, or the next. */
  const next = (): Promise<void> => {
    if (last === undefined || last.ended || ageMs(clock, last.began) >= PATIENCE_MS) last = refresh();
    return last.settled;
  };

  return {
    document,
    providers,
    models: () => resolver,
    priceOverrides: () => prices,
    capabilitiesSaid: (name) => (facts.length === 0 ? undefined : capabilitiesSaid(facts, name)),
    guardrails: () => guardrails,
    loadedBook: () => loaded,
    modelNames: () => names,
    ready: () => (mark === UNREAD ? next() : FRESH),
    mark: () => mark,
    async follow(wanted) {
      // A read that was on its way already may be from before the change.
      for (let reads = 0; mark < wanted && reads < 2; reads++) await next();
    },
  };
}

function after(milliseconds: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, milliseconds).unref();
  });
}

import type { ProviderSite } from './providers';
import type { Target } from './target';

/** One target in one Region. */
export interface Place {
  readonly target: Target;
  readonly site: ProviderSite;
  /** Names it where its health is kept. */
  readonly key: string;
}

/**
 * Every place of the targets in order: the Regions of one target before the next target. One whose address is not usable is left out.
 *
 * @throws GatewayError 503 `provider_misconfigured` where that leaves none
 */
export function placesOf(targets: readonly Target[]): Place[] {
  const places: Place[] = [];
  let unusable: unknown;
  for (const target of targets) {
    try {
      for (const place of placesAt(target)) places.push(place);
    } catch (error) {
      unusable = error;
    }
  }
  if (places.length === 0 && unusable !== undefined) throw unusable;
  return places;
}

const known = new WeakMap<Target, readonly Place[]>();

function placesAt(target: Target): readonly Place[] {
  let places = known.get(target);
  if (places === undefined) {
    places = target.provider.sites().map((site) => ({ target, site, key: `${target.key}@${site.region ?? ''}` }));
    known.set(target, places);
  }
  return places;
}

/** One whose address is not usable is nowhere. */
export function knownPlaces(targets: readonly Target[]): readonly Place[] {
  try {
    return placesOf(targets);
  } catch {
    return [];
  }
}

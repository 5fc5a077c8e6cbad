import type { ProviderSite } from './providers';
import type { Target } from './target';

/** One target in one Region. */
export interface Place {
  readonly target: Target;
  readonly site: ProviderSite;
  /** Names it where its health is kept. */
  readonly key: string;
}

/** Every place of the targets in order: the Regions of one target before the next target. */
export function placesOf(targets: readonly Target[]): Place[] {
  const places: Place[] = [];
  for (const target of targets) {
    for (const site of target.provider.sites()) places.push({ target, site, key: `${target.name}@${site.region ?? ''}` });
  }
  return places;
}

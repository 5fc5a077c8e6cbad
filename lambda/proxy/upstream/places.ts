import type { GatewayError } from '../../platform/error';
import type { ProviderSite, Target } from '../../routing';
import type { Cooldowns } from './cooldowns';
import type { AttemptFailure } from './failure';

/** One target in one Region. */
export interface Place {
  readonly target: Target;
  readonly site: ProviderSite;
  /** Names it in the cooldowns. */
  readonly key: string;
}

/** All attempts of one call together, unless more targets than this are configured. */
const MAX_ATTEMPTS = 3;
/** However many targets are configured. */
const MOST_ATTEMPTS = 6;

/** Every place of the targets in order: the Regions of one target before the next target. */
export function placesOf(targets: readonly Target[]): Place[] {
  const places: Place[] = [];
  for (const target of targets) {
    for (const site of target.provider.sites()) places.push({ target, site, key: `${target.name}@${site.region ?? ''}` });
  }
  return places;
}

/** Decides where the next attempt of one call goes. */
export class Itinerary {
  #attempts = 0;
  readonly #tried: Place[] = [];
  /** The last word of each place that was asked. */
  readonly #failed = new Map<Place, GatewayError>();
  /** Providers that may bill what they were sent. */
  readonly #ambiguous: string[] = [];
  #retry: Place | undefined;

  public constructor(
    private readonly places: readonly Place[],
    private readonly cooldowns: Cooldowns,
  ) {}

  /**
   * The next place: one not tried yet that is not cooling down, else one that is and may be probed, else the same again when that may help.
   *
   * @returns undefined when there is nowhere left to go
   */
  public next(): { readonly place: Place; readonly again: boolean } | undefined {
    if (this.#attempts >= Math.min(MOST_ATTEMPTS, Math.max(MAX_ATTEMPTS, this.places.length))) return undefined;
    const untried = this.places.filter((place) => !this.#tried.includes(place) && !this.#ambiguous.includes(place.target.provider.id));
    const open = untried.find(({ key }) => this.cooldowns.enter(key).open) ?? untried.find(({ key }) => this.cooldowns.probe(key).open);
    const retry = this.#retry !== undefined && this.cooldowns.look(this.#retry.key).open ? this.#retry : undefined;
    const place = open ?? retry;
    if (place === undefined) return undefined;
    this.#attempts += 1;
    this.#tried.push(place);
    return { place, again: open === undefined };
  }

  /** Learns from an attempt that failed. */
  public note(place: Place, failure: AttemptFailure): void {
    this.#failed.set(place, failure.error);
    this.#retry = failure.retrySame && this.#retry === undefined ? place : this.#retry;
    if (!failure.retrySame && this.#retry === place) this.#retry = undefined;
    if (failure.mayBeBilled) {
      this.#ambiguous.push(place.target.provider.id);
      if (this.#retry?.target.provider.id === place.target.provider.id) this.#retry = undefined;
    }
  }

  /** Why each place gave no answer: those that were asked, and those that were not, which may be undefined: they might have answered. */
  public outcomes(): { readonly failed: readonly GatewayError[]; readonly untried: readonly (GatewayError | undefined)[] } {
    const untried = this.places.filter((place) => !this.#failed.has(place));
    return { failed: [...this.#failed.values()], untried: untried.map(({ key }) => this.cooldowns.reasonOf(key)) };
  }

  /** The soonest that any place stops cooling down, and whether they all asked for it. */
  public cooling(): { readonly retryAfterMs: number; readonly limited: boolean } {
    const states = this.places.map(({ key }) => this.cooldowns.look(key));
    const closed = states.flatMap((state) => (state.open ? [] : [state]));
    return {
      retryAfterMs: closed.length === states.length ? Math.min(...closed.map((state) => state.retryAfterMs)) : 1_000,
      limited: closed.length === states.length && closed.every((state) => state.limited),
    };
  }
}

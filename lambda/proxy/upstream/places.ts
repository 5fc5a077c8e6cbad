import type { GatewayError } from '../../platform/error';
import type { Health, Place } from '../../routing';
import type { AttemptBudget } from './attempt-budget';
import type { AttemptFailure } from './failure';

/** All attempts of one call together, unless more targets than this are configured. */
const MAX_ATTEMPTS = 3;
/** However many targets are configured. */
const MOST_ATTEMPTS = 6;

/** Decides where the next attempt of one call goes. */
export class Itinerary {
  #attempts = 0;
  /** There was somewhere to go, but failures must not multiply the load. */
  #givenUp = false;
  readonly #tried: Place[] = [];
  /** The last word of each place that was asked. */
  readonly #failed = new Map<Place, GatewayError>();
  /** Providers that may bill what they were sent. */
  readonly #ambiguous: string[] = [];
  #retry: Place | undefined;

  public constructor(
    private readonly places: readonly Place[],
    private readonly health: Health,
    private readonly budget: Pick<AttemptBudget, 'withdraw'>,
    /** Of the call, about: what its quota has to leave. */
    private readonly tokens: number,
  ) {}

  /**
   * The next place: one not tried yet that does not rest, those first whose quota leaves room; else one that rests and may be probed; else the
   * same again when that may help.
   *
   * @returns undefined when there is nowhere left to go
   */
  public next(): { readonly place: Place; readonly again: boolean } | undefined {
    if (this.#attempts >= Math.min(MOST_ATTEMPTS, Math.max(MAX_ATTEMPTS, this.places.length))) return undefined;
    const open = this.#open(true) ?? this.#open(false) ?? this.#resting();
    const retry = this.#retry !== undefined && this.health.look(this.#retry.key).open ? this.#retry : undefined;
    const place = open ?? retry;
    if (place === undefined) return undefined;
    if (this.#attempts > 0 && !this.budget.withdraw()) {
      this.#givenUp = true;
      this.health.giveBack(place.key, Number.POSITIVE_INFINITY);
      return undefined;
    }
    this.#attempts += 1;
    this.#tried.push(place);
    return { place, again: open === undefined };
  }

  /** The first that does not rest, of those whose quota leaves room or of the others. */
  #open(hasRoom: boolean): Place | undefined {
    for (const place of this.places)
      if (this.#isLeft(place) && this.#hasRoom(place) === hasRoom && this.health.enter(place.key).open) return place;
    return undefined;
  }

  #resting(): Place | undefined {
    for (const place of this.places) if (this.#isLeft(place) && this.health.probe(place.key).open) return place;
    return undefined;
  }

  /** Nobody who may bill what was sent is sent it again. */
  #isLeft(place: Place): boolean {
    return !this.#tried.includes(place) && !this.#ambiguous.includes(place.target.provider.id);
  }

  public get givenUp(): boolean {
    return this.#givenUp;
  }

  /** Whether there is another place that would be asked if this one said nothing. */
  public hasOther(place: Place): boolean {
    const { id } = place.target.provider;
    for (const other of this.places)
      if (other.target.provider.id !== id && this.#isLeft(other) && this.health.look(other.key).open) return true;
    return false;
  }

  #hasRoom({ key, target }: Place): boolean {
    return this.health.hasRoom(key, target, this.tokens);
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
    return { failed: [...this.#failed.values()], untried: untried.map(({ key }) => this.health.reasonOf(key)) };
  }

  /** The soonest that any place stops cooling down, and whether they all asked for it. */
  public cooling(): { readonly retryAfterMs: number; readonly limited: boolean } {
    const states = this.places.map(({ key }) => this.health.look(key));
    const closed = states.flatMap((state) => (state.open ? [] : [state]));
    return {
      retryAfterMs: closed.length === states.length ? Math.min(...closed.map((state) => state.retryAfterMs)) : 1_000,
      limited: closed.length === states.length && closed.every((state) => state.limited),
    };
  }
}

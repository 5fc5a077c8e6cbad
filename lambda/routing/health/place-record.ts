import type { GatewayError } from '../../platform/error';
import { createQuota, type Quota } from './quota';
import { createSpeed, type Speed } from './speed';

/** What this process knows of one place: a target in one Region. Moments are monotonic, those named `At` epoch ms, which others understand. */
export interface PlaceRecord {
  /** In a row. */
  failures: number;
  restUntilMs: number;
  probedMs: number;
  /** It asked to be left alone. */
  limited: boolean;
  because: GatewayError | undefined;
  /** The failure that let it rest, its own or one that another process told of; 0: it did not since its last answer. */
  trippedAt: number;
  /** When the latest call was sent that it answered. */
  answeredAt: number;
  /** Whether this process may be the one that finds out, as the table had it. */
  claim: Claim | undefined;
  inFlight: number;
  readonly speed: Speed;
  readonly quota: Quota;
}

export interface Claim {
  /** What the table is told. */
  readonly askedAt: number;
  readonly askedMs: number;
  /** Undefined: the table has not answered, or will not. */
  granted: boolean | undefined;
  /** A call has gone to find out. */
  used: boolean;
}

const MOST_PLACES = 2_000;

/** One record for each place that was called or heard of. Bounded: whoever was made first goes. */
export class PlaceBook {
  /** Places that failed or asked to be left alone, and have not answered since: mostly none. */
  public readonly troubled = new Set<string>();
  readonly #records = new Map<string, PlaceRecord>();

  public find(place: string): PlaceRecord | undefined {
    return this.#records.get(place);
  }

  public of(place: string): PlaceRecord {
    const known = this.#records.get(place);
    if (known !== undefined) return known;
    if (this.#records.size >= MOST_PLACES) this.#forget(this.#records.keys().next().value as string);
    const made: PlaceRecord = {
      failures: 0,
      restUntilMs: 0,
      probedMs: Number.NEGATIVE_INFINITY,
      limited: false,
      because: undefined,
      trippedAt: 0,
      answeredAt: 0,
      claim: undefined,
      inFlight: 0,
      speed: createSpeed(),
      quota: createQuota(),
    };
    this.#records.set(place, made);
    return made;
  }

  public entries(): IterableIterator<[string, PlaceRecord]> {
    return this.#records.entries();
  }

  #forget(place: string): void {
    this.#records.delete(place);
    this.troubled.delete(place);
  }
}

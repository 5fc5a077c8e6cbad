import type { RefusalCode } from '../../wire/protocols';
import type { SharedSent } from './minute-count';
import type { SharedSpeed } from './speed';

/** A place rests, as one process tells the others. Epoch ms. */
export interface SharedRest {
  /** When the failure was seen. */
  readonly at: number;
  readonly until: number;
  /** The place asked for it. */
  readonly limited: boolean;
  /** Of the reason, where waiting does not cure it. */
  readonly code?: RefusalCode;
}

/** What processes tell each other of one place. */
export interface SharedPlace {
  /** One of several tellers each; a process is always the same one. */
  readonly rests: readonly SharedRest[];
  /** When the latest call was sent that it answered after it had rested; 0: none. */
  readonly answeredAt: number;
  /** When somebody last set out to find out. */
  readonly probedAt: number;
  readonly speed?: SharedSpeed;
  /** What all of them sent there in the latest minute that anybody told of; only of places with a configured limit. */
  readonly sent?: SharedSent;
}

/** By the place's name. */
export type SharedHealth = ReadonlyMap<string, SharedPlace>;

export type HealthChange = { readonly place: string } & (
  | { readonly kind: 'rest'; readonly teller: number; readonly rest: SharedRest }
  | { readonly kind: 'answered'; readonly at: number }
  | { readonly kind: 'speed'; readonly speed: SharedSpeed }
  /** To be added to what others sent. */
  | { readonly kind: 'sent'; readonly sent: SharedSent }
);

/** So many are told apart where they tell of one place. */
export const TELLERS = 8;

/** What processes tell each other, in one small item. It is read with what every call reads anyway, see `HealthFeed`. */
export interface HealthStore {
  /** @throws whatever the table says; what is lost is told by others, or again */
  tell(changes: readonly HealthChange[]): Promise<void>;
  /**
   * Whether this process is the one that may find out: nobody has set out since `notSince`. Epoch ms.
   *
   * @throws whatever the table says
   */
  claim(place: string, now: number, notSince: number, timeoutMs: number): Promise<boolean>;
}

/** Whoever hears what others tell, as it is read along with the rows of a call. */
export interface HealthFeed {
  /** Whether it is to be read now; then it is not asked for again for a while. */
  due(): boolean;
  hear(health: SharedHealth): void;
}

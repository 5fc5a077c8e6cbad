import type { Reservation } from '../../money/ledger';
import type { Trace } from '../after/trace';
import type { BoundedCall } from '../before/bound';
import type { RoutedCall } from '../before/call';
import type { Delivery } from '../relay/delivery';
import type { Departure } from '../relay/departure';

/** What the attempts of one call share. */
export interface AttemptContext {
  readonly call: RoutedCall;
  readonly bounded: BoundedCall;
  readonly reservation: Reservation;
  readonly delivery: Delivery;
  readonly trace: Trace;
  /** Cap to write in place of the caller's, in tokens; undefined leaves it as it is. */
  readonly outputCap: number | undefined;
  /** Characters of output after which a stream is a runaway. */
  readonly maxOutputCharacters: number;
  /** Monotonic end of everything: the gateway's own deadline. */
  readonly totalAtMs: number;
  readonly departure: Departure;
}

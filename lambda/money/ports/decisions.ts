/** What was decided of an attempt; `settled`, `void` and `adjusted` are final, `expired_charged` becomes `adjusted`, once. */
export type DecisionState = 'settled' | 'void' | 'expired_charged' | 'adjusted';

/** What every record says, whatever else it tells. */
export interface Decided {
  readonly id: string;
  readonly state: DecisionState;
  /** What the pages must charge. `void`: 0. `expired_charged`: all that was set aside. */
  readonly costNanoUsd: bigint;
  /** Tokens that it used, for the pages' windows; absent: nobody knows. */
  readonly tokens?: number | undefined;
}

/** A record was written, or stands there already. */
export type DecisionResult<Found extends Decided> = { readonly done: true } | { readonly done: false; readonly found: Found };

/**
 * Records: written once, when something is decided, never before the call. All writes are conditional and may be repeated at will; they
 * reject when not heard.
 */
export interface DecisionStore<Written extends Decided = Decided, Found extends Decided = Written> {
  /** V, D and X: puts a record if there is none of the attempt. */
  put(record: Written, timeoutMs?: number): Promise<DecisionResult<Found>>;
  /** A: an `expired_charged` record becomes `adjusted` at this cost, with whatever else is known by now. `found` undefined: there is no record. */
  adjust(
    record: Written,
    timeoutMs?: number,
  ): Promise<{ readonly done: true } | { readonly done: false; readonly found: Found | undefined }>;
  read(id: string, timeoutMs?: number): Promise<Found | undefined>;
}

import type { DialectName } from '../../wire/dialects';
import type { Operation } from '../../wire/model';
import type { PlannedRows } from '../ports/planned-rows';
import type { RequestResult } from '../record';
import type { LevelKind } from './holders';

/** What one request may take. */
export interface Bound {
  /** It costs no more. */
  readonly costNanoUsd: bigint;
  /** For token limits: what it sends, and what such calls usually write. */
  readonly tokens: number;
  /** Output cap in tokens that holds it to the cost, to be written where a budget binds it. Undefined: it is held to it anyway. */
  readonly outputCap?: number | undefined;
}

/** Lower bounds of a call whose output nobody capped. */
export interface SmallerBounds {
  /** With an output cap of so many tokens, or its own highest where that is lower. */
  cappedAt(tokens: number): Bound;
  /** With the highest output cap that costs no more than this. Undefined: its input alone may cost more. */
  atMost(nanoUsd: bigint): Bound | undefined;
}

/** A key of the caller's choice with which a call happens at most once. */
export interface Once {
  /** Whose key it is. */
  readonly scope: string;
  readonly key: string;
  /** Digest of what is asked for. */
  readonly fingerprint: string;
}

/** What the ledger needs to admit one request. */
export interface AdmissionRequest<Rows extends PlannedRows = PlannedRows> {
  /** See `attemptId` of the runtime; also the record's key and `x-gateway-request-id`. Each attempt at admission has its own. */
  readonly attemptId: string;
  /** What it was planned from, of whatever age: the round that reserves checks that all of it still holds. */
  readonly rows: Rows;
  /** Tags that may carry budgets, already reduced to those that count. */
  readonly tags: Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly dialect: DialectName;
  readonly originalModel: string;
  /** `provider/model` of every target the request may go to, under each name that the provider has for it; see `bindsModel`. */
  readonly candidateModels: readonly string[];
  /** Covers the dearest candidate. Zero for free models: no budget is touched. */
  readonly bound: Bound;
  /** Taken where `bound` does not fit what is left. Absent: it is `bound` or nothing. */
  readonly smaller?: SmallerBounds | undefined;
  readonly stream: boolean;
  /** Absent: the call may happen any number of times. */
  readonly once?: Once | undefined;
  /** Epoch ms by which the process must have ended: the function's longest life (15 min) and a minute from now. */
  readonly expiresAtMs: number;
  /**
   * The same request, planned anew from rows as they are now, under another attempt id. Rejects with what its caller is told when it is
   * not wanted any more. Absent: it is refused when its rows have changed.
   */
  readonly again?: () => Promise<AdmissionRequest<Rows>>;
  /** Told of work that must go on once the answer is out; the process stays alive for it. It never rejects. Default: nobody waits for it. */
  readonly afterwards?: (work: Promise<void>) => void;
}

/** Why a request is not admitted. Becomes an error in the caller's dialect. */
export interface Refusal {
  readonly reason:
    | 'key_invalid'
    | 'key_blocked'
    | 'key_revoked'
    | 'key_expired'
    /** Cannot fit before the period ends. */
    | 'budget_spent'
    /** Would fit once open requests settle. */
    | 'budget_reserved'
    | 'rate_limited'
    | 'concurrency_limited'
    /** Another call holds the caller's key: one that asked for the same, or for something else. */
    | 'duplicate_request'
    | 'idempotency_mismatch'
    | 'store_unavailable';
  /** The level that refused, named to the caller: `key`, `team`, ... */
  readonly level?: LevelKind;
  readonly levelId?: string;
  /** `requests_per_minute`, `tokens_per_day`, `month`, ... */
  readonly limit?: string;
  /** What the budget would have had to hold. */
  readonly neededNanoUsd?: bigint;
  readonly retryAfterMs?: number;
  /** Id of the call that holds the caller's key. */
  readonly heldBy?: string;
}

/** State of one limit after admission, for the `x-ratelimit-*` headers; the tightest of each kind whose figures the caller may know. */
export interface LimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** How an admitted request ended; completes its usage record. No usage: no provider may have billed anything. */
export type Outcome = RequestResult & { readonly costNanoUsd: bigint };

/** Money set aside for one request; exactly one of `settle`, `release` and `annul` ends it. */
export interface Reservation<Rows extends PlannedRows = PlannedRows> {
  readonly attemptId: string;
  /** What it was admitted by in the end. */
  readonly request: AdmissionRequest<Rows>;
  /** What was set aside: the request's own bound, or a smaller one. */
  readonly bound: Bound;
  /** Reservations that are open on the fullest of its pages, itself among them. */
  readonly open: number;
  /** A budget that refuses holds it to its bound. */
  readonly budgeted: boolean;
  /** The tightest budget of those whose figures the caller may know, after this reservation, for `x-gateway-budget-*`. */
  readonly budget?: { readonly level: LevelKind; readonly remainingNanoUsd: bigint; readonly limitNanoUsd: bigint };
  readonly requests?: LimitState;
  readonly tokens?: LimitState;
  /** Throws when it is too late to send (`expiresAtMs` - 60 s, by either clock). Call it right before each send. */
  assertSendable(): void;
  /** Records what the request really cost. Never throws: what the table does not take goes to the queue. */
  settle(outcome: Outcome): Promise<void>;
  /** No provider may have billed anything: the money goes back but for what the outcome says that others did. Never throws. */
  release(outcome: Outcome): Promise<void>;
  /** Nothing was sent and nobody billed anything: the record is void, and counts as a request all the same. Never throws. */
  annul(outcome: Outcome): Promise<void>;
}

export type AdmissionResult<Rows extends PlannedRows = PlannedRows> =
  | { readonly admitted: true; readonly reservation: Reservation<Rows> }
  | { readonly admitted: false; readonly refusal: Refusal };

/** The one way to a provider: every route passes here. */
export interface Admission<Rows extends PlannedRows = PlannedRows> {
  /** @throws what `AdmissionRequest.again` rejects with, and nothing else */
  admit(request: AdmissionRequest<Rows>): Promise<AdmissionResult<Rows>>;
}

import type { DialectName } from '../../wire/dialects';
import type { Operation } from '../../wire/model';
import type { RequestResult } from '../record/fields';
import type { KeyRow, LevelKind } from './holders';

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
export interface AdmissionRequest<Key extends KeyRow = KeyRow> {
  /** UUIDv7; also the record's key and `x-gateway-request-id`. A new attempt at admission takes a new id. */
  readonly attemptId: string;
  readonly key: Key;
  /** Tags that may carry budgets, already reduced to those that count. */
  readonly tags: Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly dialect: DialectName;
  readonly originalModel: string;
  /** `provider/model` of every target the request may go to, under each name that the provider has for it; see `bindsModel`. */
  readonly candidateModels: readonly string[];
  /** Covers the dearest candidate. Zero for free models: no budget counter is touched. */
  readonly bound: Bound;
  /** Taken where `bound` does not fit what is left. Absent: it is `bound` or nothing. */
  readonly smaller?: SmallerBounds | undefined;
  readonly stream: boolean;
  /** Absent: the call may happen any number of times. */
  readonly once?: Once | undefined;
  /** Epoch ms by which the process must have ended: the function's longest life (15 min) and a minute from now. */
  readonly expiresAtMs: number;
  /**
   * Asked when the key's row has changed since `key` was read, with the row as it is now: whether the presented secret still opens it
   * and it still allows the call. `false` refuses as `key_invalid`. Default: accepted.
   */
  readonly accepts?: (fresh: Key) => boolean;
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

/** Money set aside for one request; exactly one of `settle` and `release` ends it. */
export interface Reservation {
  readonly attemptId: string;
  /** What was set aside: the request's own bound, or a smaller one. */
  readonly bound: Bound;
  /** A budget that refuses holds it to its bound. */
  readonly budgeted: boolean;
  /** The tightest budget of those whose figures the caller may know, after this reservation, for `x-gateway-budget-*`. */
  readonly budget?: { readonly level: LevelKind; readonly remainingNanoUsd: bigint; readonly limitNanoUsd: bigint };
  readonly requests?: LimitState;
  readonly tokens?: LimitState;
  /** Throws when it is too late to send (30 s after the attempt began by either clock, or `expiresAtMs` - 60 s). Call it right before each send. */
  assertSendable(): void;
  /** Records what the request really cost. Never throws: what the table does not take goes to the queue. */
  settle(outcome: Outcome): Promise<void>;
  /** Nothing was sent, or nothing may have been billed: the money goes back, the record stays as `void`. Never throws. */
  release(outcome: Outcome): Promise<void>;
}

export type AdmissionResult =
  | { readonly admitted: true; readonly reservation: Reservation }
  | { readonly admitted: false; readonly refusal: Refusal };

/** The one way to a provider: every route passes here. */
export interface Admission<Key extends KeyRow = KeyRow> {
  admit(request: AdmissionRequest<Key>): Promise<AdmissionResult>;
}

import type { DialectName } from '../../wire/dialects';
import type { Operation } from '../../wire/model';
import type { RequestResult } from '../record/fields';
import type { KeyRow, LevelKind } from './holders';

/** A true upper bound of what one request may take. */
export interface Bound {
  readonly costNanoUsd: bigint;
  /** Input and output together, for token limits. */
  readonly tokens: number;
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

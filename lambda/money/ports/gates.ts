import type { Page } from '../../platform/stored';

/** Which gate, and what its level's limits say. An absent limit does not bind. */
export interface GateSpec {
  /** See `gateKey`. */
  readonly key: string;
  readonly requestsPerMinute?: number;
  readonly requestsPerDay?: number;
  readonly tokensPerMinute?: number;
  readonly tokensPerDay?: number;
  readonly concurrentRequests?: number;
}

/** A generic cell rate: the theoretical arrival time, and when it last started afresh. Microseconds of the epoch. */
export interface RateState {
  readonly tat: number;
  readonly epoch: number;
  /** Microseconds that a request takes under the limit that made it. 0: unknown. */
  readonly step: number;
}

/** What is left of a token limit in the window that began at `atMs`. */
export interface WindowState {
  readonly atMs: number;
  readonly left: number;
  readonly limit: number;
}

/** A gate as the table holds it. */
export interface GateState {
  readonly minute?: RateState;
  readonly day?: RateState;
  readonly tokenMinute?: WindowState;
  readonly tokenDay?: WindowState;
  /** Expiry (epoch ms) by attempt id. */
  readonly slots?: ReadonlyMap<string, number>;
}

/** Why a gate refuses. */
export interface GateVerdict {
  readonly limit: 'requests_per_minute' | 'requests_per_day' | 'tokens_per_minute' | 'tokens_per_day' | 'concurrent_requests';
  readonly retryAfterMs: number;
}

export interface GateRequest {
  readonly attemptId: string;
  /** Input and output at most. */
  readonly tokens: number;
  readonly expiresAtMs: number;
  readonly nowMs: number;
}

/** What a passed gate took, so that it can be given back. */
export interface GatePass {
  readonly key: string;
  readonly state: GateState;
  /** Tokens taken, by window. */
  readonly minuteTokens?: { readonly windowMs: number; readonly amount: number };
  readonly dayTokens?: { readonly windowMs: number; readonly amount: number };
  /** Microseconds by which each rate's arrival time moved, and the epoch it moved in. */
  readonly minuteRequest?: { readonly epoch: number; readonly step: number };
  readonly dayRequest?: { readonly epoch: number; readonly step: number };
  readonly slot: boolean;
}

export type GateResult = { readonly kind: 'passed'; readonly pass: GatePass } | (GateVerdict & { readonly kind: 'refused' });

/** Rates, tokens and concurrency of a level: one item each, without a period. */
export interface GateStore {
  /**
   * Takes one request, its tokens and its slot from a level's limits, all or nothing.
   *
   * @param guess what the item is believed to hold, from an earlier call; a good guess makes it one call
   */
  pass(spec: GateSpec, request: GateRequest, guess: GateState | undefined, timeoutMs: number): Promise<GateResult>;
  /** Ends a request: frees its slot and corrects its tokens to what they really were. Rates stay. */
  leave(pass: GatePass, attemptId: string, tokens: number | undefined, timeoutMs?: number): Promise<void>;
  /** Takes a pass back as if it had never been given. */
  undo(pass: GatePass, attemptId: string, timeoutMs?: number): Promise<void>;
  /** Reads consistently, for people. */
  get(key: string, timeoutMs?: number): Promise<GateState | undefined>;
  /** Frees the slots of dead requests. */
  sweep(key: string, nowMs: number): Promise<number>;
  /** Keys of gates with slots of dead requests, in no order. */
  scan(nowMs: number, after?: string): Promise<Page<string>>;
}

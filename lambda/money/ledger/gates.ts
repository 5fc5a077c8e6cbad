import type { GatePass, GateRequest, GateSpec, GateState, GateVerdict, RateState, WindowState } from '../ports/gates';

/** What a request does to a rate's mark. Microseconds of the epoch. */
export type RateTake = { readonly now: number; readonly step: number } & (
  | { readonly kind: 'advance'; readonly latest: number }
  /** Nobody came for a while, or the mark is a mistake. */
  | { readonly kind: 'begin'; readonly next: number; readonly impossible: number }
  /** Another limit made the mark. */
  | { readonly kind: 'recount'; readonly next: number; readonly seen: number }
);

/** What a request takes of the tokens of a window. */
export type TokenTake = {
  readonly windowMs: number;
  readonly amount: number;
  readonly limit: number;
} /** `under`: the limit that the window counts by. */ & (
  | { readonly kind: 'take'; readonly take: number; readonly under: number }
  /** `mistaken`: the beginning that stands there, and that no honest clock can have written. */
  | { readonly kind: 'begin'; readonly left: number; readonly mistaken: number | undefined }
);

/** How a request takes a slot. */
export type SlotTake =
  | { readonly kind: 'first' }
  /** There must be fewer than `most`, the dead ones among them, which are freed in passing. */
  | { readonly kind: 'next'; readonly most: number; readonly dead: readonly string[] };

/** What one request takes from a gate; absent where no limit binds. */
export interface GateTake {
  readonly minute: RateTake | undefined;
  readonly day: RateTake | undefined;
  readonly tokenMinute: TokenTake | undefined;
  readonly tokenDay: TokenTake | undefined;
  readonly slot: SlotTake | undefined;
}

/** What a request gives back to a gate; absent where there is nothing to put right. */
export interface GateReturn {
  readonly tokenMinute: TokenReturn | undefined;
  readonly tokenDay: TokenReturn | undefined;
  readonly minute: RateReturn | undefined;
  readonly day: RateReturn | undefined;
  readonly slot: boolean;
}

export interface TokenReturn {
  readonly windowMs: number;
  /** Negative: more was used than taken. */
  readonly amount: number;
}

export type RateReturn = NonNullable<GatePass['minuteRequest']>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How far ahead of ours another process's clock may be before its mark is taken for a mistake. */
const SKEW_MS = 5_000;
/** Told to callers who wait for a slot: requests end when they end. */
const SLOT_RETRY_MS = 1_000;
/** Dead slots freed in passing, so that the update stays small. */
const MOST_DEAD = 10;

/** Microseconds between two requests of a steady stream at this limit. Rounded up: never faster than allowed. */
export function stepOf(limit: number, windowMs: number): number {
  return Math.ceil((windowMs * 1_000) / limit);
}

/** What a request takes from a gate in the given state, all or nothing, or why it must be refused. */
export function takeFrom(
  spec: GateSpec,
  state: GateState | undefined,
  request: GateRequest,
): { readonly take: GateTake; readonly refused?: undefined } | { readonly take?: undefined; readonly refused: GateVerdict } {
  const { nowMs } = request;
  const minute = rate('requests_per_minute', spec.requestsPerMinute, MINUTE_MS, state?.minute, nowMs);
  if (isRefused(minute)) return { refused: minute };
  const day = rate('requests_per_day', spec.requestsPerDay, DAY_MS, state?.day, nowMs);
  if (isRefused(day)) return { refused: day };
  const tokenMinute = tokens('tokens_per_minute', spec.tokensPerMinute, MINUTE_MS, state?.tokenMinute, request);
  if (isRefused(tokenMinute)) return { refused: tokenMinute };
  const tokenDay = tokens('tokens_per_day', spec.tokensPerDay, DAY_MS, state?.tokenDay, request);
  if (isRefused(tokenDay)) return { refused: tokenDay };
  const slot = slotIn(spec.concurrentRequests, state?.slots, nowMs);
  if (isRefused(slot)) return { refused: slot };
  return { take: { minute, day, tokenMinute, tokenDay, slot } };
}

function isRefused(answer: GateVerdict | { readonly kind: string } | undefined): answer is GateVerdict {
  return answer !== undefined && !('kind' in answer);
}

function rate(
  name: GateVerdict['limit'],
  limit: number | undefined,
  windowMs: number,
  found: RateState | undefined,
  nowMs: number,
): RateTake | GateVerdict | undefined {
  if (limit === undefined) return undefined;
  if (limit <= 0) return { limit: name, retryAfterMs: windowMs };
  const step = stepOf(limit, windowMs);
  const now = Math.floor(nowMs * 1_000);
  const latest = now + (limit - 1) * step;
  // No honest clock writes a mark more than a window ahead.
  const impossible = latest + step + SKEW_MS * 1_000;
  if (found === undefined || found.tat < now || found.tat > impossible) {
    return { kind: 'begin', now, step, next: now + step, impossible };
  }
  // Another limit made the mark: what it counts of requests is counted at the present one.
  const tat = found.step === step || found.step === 0 ? found.tat : now + Math.ceil(((found.tat - now) * step) / found.step);
  if (tat > latest) return { limit: name, retryAfterMs: Math.ceil((tat - latest) / 1_000) };
  if (found.step !== step) return { kind: 'recount', now, step, seen: found.tat, next: tat + step };
  return { kind: 'advance', now, step, latest };
}

function tokens(
  name: GateVerdict['limit'],
  limit: number | undefined,
  windowMs: number,
  found: WindowState | undefined,
  request: GateRequest,
): TokenTake | GateVerdict | undefined {
  if (limit === undefined) return undefined;
  // A request that may be larger than the whole limit passes when it finds the window untouched.
  const amount = Math.min(request.tokens, limit);
  const own = Math.floor(request.nowMs / windowMs) * windowMs;
  const ahead = found !== undefined && found.atMs > own && found.atMs <= request.nowMs + SKEW_MS;
  const startMs = ahead ? found.atMs : own;
  if (found === undefined || found.atMs !== startMs) {
    const mistaken = found !== undefined && found.atMs > startMs ? found.atMs : undefined;
    return { kind: 'begin', windowMs: startMs, amount, limit, left: limit - amount, mistaken };
  }
  const take = amount - (limit - found.limit);
  if (found.left < take) return { limit: name, retryAfterMs: Math.max(1, startMs + windowMs - request.nowMs) };
  return { kind: 'take', windowMs: startMs, amount, limit, take, under: found.limit };
}

function slotIn(most: number | undefined, slots: GateState['slots'], nowMs: number): SlotTake | GateVerdict | undefined {
  if (most === undefined) return undefined;
  if (most <= 0) return { limit: 'concurrent_requests', retryAfterMs: SLOT_RETRY_MS };
  if (slots === undefined) return { kind: 'first' };
  const dead = deadSlots(slots, nowMs, MOST_DEAD);
  if (slots.size - dead.length >= most) return { limit: 'concurrent_requests', retryAfterMs: SLOT_RETRY_MS };
  return { kind: 'next', most: most + dead.length, dead };
}

/** Slots of requests that died, at most so many. */
export function deadSlots(slots: GateState['slots'], nowMs: number, most: number): readonly string[] {
  if (slots === undefined) return [];
  return [...slots]
    .filter(([, expiresAtMs]) => expiresAtMs < nowMs)
    .slice(0, most)
    .map(([id]) => id);
}

/** What the request holds now. @param state the gate after it passed */
export function passOf(spec: GateSpec, attemptId: string, take: GateTake, state: GateState): GatePass {
  const { minute, day, tokenMinute, tokenDay } = take;
  return {
    key: spec.key,
    state,
    minuteTokens: tokenMinute === undefined ? undefined : { windowMs: tokenMinute.windowMs, amount: tokenMinute.amount },
    dayTokens: tokenDay === undefined ? undefined : { windowMs: tokenDay.windowMs, amount: tokenDay.amount },
    minuteRequest: minute === undefined ? undefined : { epoch: state.minute?.epoch ?? 0, step: minute.step },
    dayRequest: day === undefined ? undefined : { epoch: state.day?.epoch ?? 0, step: day.step },
    slot: state.slots?.has(attemptId) === true,
  };
}

/**
 * What a request that ends gives back to a gate in the given state; undefined: nothing.
 *
 * @param tokens that it really used; undefined: nobody knows, so all that it took
 * @param undo as if it had never passed
 */
export function returnOf(
  pass: GatePass,
  attemptId: string,
  state: GateState,
  tokens: number | undefined,
  undo: boolean,
): GateReturn | undefined {
  const tokenMinute = unused(pass.minuteTokens, tokens, state.tokenMinute);
  const tokenDay = unused(pass.dayTokens, tokens, state.tokenDay);
  const minute = undo && pass.minuteRequest?.epoch === state.minute?.epoch ? pass.minuteRequest : undefined;
  const day = undo && pass.dayRequest?.epoch === state.day?.epoch ? pass.dayRequest : undefined;
  const slot = pass.slot && state.slots?.has(attemptId) === true;
  const nothing = tokenMinute === undefined && tokenDay === undefined && minute === undefined && day === undefined && !slot;
  return nothing ? undefined : { tokenMinute, tokenDay, minute, day, slot };
}

function unused(taken: GatePass['minuteTokens'], tokens: number | undefined, window: WindowState | undefined): TokenReturn | undefined {
  const amount = taken === undefined || tokens === undefined ? 0 : taken.amount - tokens;
  // A window that has passed took its truth with it.
  if (taken === undefined || amount === 0 || window?.atMs !== taken.windowMs) return undefined;
  return { windowMs: taken.windowMs, amount };
}

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { stepOf } from '../../money/ledger';
import type { GateSpec, GateState, GateVerdict, RateState, WindowState } from '../../money/ports';
import { type Item, numberOf } from './attributes';

/** One conditional update, in parts. */
export interface GateChange {
  readonly set: readonly string[];
  readonly remove: readonly string[];
  readonly conditions: readonly string[];
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
  readonly taken?: {
    readonly minuteTokens?: { readonly windowMs: number; readonly amount: number };
    readonly dayTokens?: { readonly windowMs: number; readonly amount: number };
    readonly minuteStep?: number;
    readonly dayStep?: number;
  };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How far ahead of ours another process's clock may be before its mark is taken for a mistake. */
const SKEW_MS = 5_000;
/** Told to callers who wait for a slot: requests end when they end. */
const SLOT_RETRY_MS = 1_000;
/** Dead slots freed in passing, so that an expression stays small. */
const MOST_DEAD = 10;

/** The update that takes one request from a gate in the given state, or why it must be refused. */
export function planGate(
  spec: GateSpec,
  state: GateState | undefined,
  request: { readonly attemptId: string; readonly tokens: number; readonly expiresAtMs: number; readonly nowMs: number },
): { readonly change?: GateChange; readonly refused?: GateVerdict } {
  const change: Mutable = { set: [], remove: [], conditions: [], names: {}, values: {}, taken: {} };
  const refused =
    planRate(change, 'minute', 'requests_per_minute', spec.requestsPerMinute, MINUTE_MS, state?.minute, request.nowMs) ??
    planRate(change, 'day', 'requests_per_day', spec.requestsPerDay, DAY_MS, state?.day, request.nowMs) ??
    planTokens(change, 'token_minute', 'tokens_per_minute', spec.tokensPerMinute, MINUTE_MS, state?.tokenMinute, request) ??
    planTokens(change, 'token_day', 'tokens_per_day', spec.tokensPerDay, DAY_MS, state?.tokenDay, request) ??
    planSlot(change, spec.concurrentRequests, state?.slots, request);
  return refused === undefined ? { change } : { refused };
}

interface Mutable {
  readonly set: string[];
  readonly remove: string[];
  readonly conditions: string[];
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
  readonly taken: { -readonly [K in keyof NonNullable<GateChange['taken']>]: NonNullable<GateChange['taken']>[K] };
}

/** Every text about one rate, made once. */
function rateTexts(prefix: 'minute' | 'day') {
  return {
    now: `:${prefix}_now`,
    impossible: `:${prefix}_impossible`,
    seen: `:${prefix}_seen`,
    next: `:${prefix}_next`,
    latest: `:${prefix}_latest`,
    step: `:${prefix}_step`,
    isIdle: `(attribute_not_exists(${prefix}_tat) OR ${prefix}_tat < :${prefix}_now OR ${prefix}_tat > :${prefix}_impossible)`,
    begin: `${prefix}_tat = :${prefix}_next, ${prefix}_epoch = :${prefix}_now, ${prefix}_step = :${prefix}_step`,
    isSeen: `${prefix}_tat = :${prefix}_seen`,
    hasRoom: `${prefix}_step = :${prefix}_step AND ${prefix}_tat BETWEEN :${prefix}_now AND :${prefix}_latest`,
    advance: `${prefix}_tat = ${prefix}_tat + :${prefix}_step`,
  };
}

/** Every text about one token limit, made once. */
function tokenTexts(prefix: 'token_minute' | 'token_day') {
  return {
    at: `:${prefix}_at`,
    limit: `:${prefix}_limit`,
    seen: `:${prefix}_seen`,
    left: `:${prefix}_left`,
    old: `:${prefix}_old`,
    take: `:${prefix}_take`,
    isSeen: `${prefix}_at = :${prefix}_seen`,
    isPast: `(attribute_not_exists(${prefix}_at) OR ${prefix}_at < :${prefix}_at)`,
    begin: `${prefix}_at = :${prefix}_at, ${prefix}_left = :${prefix}_left, ${prefix}_limit = :${prefix}_limit`,
    hasRoom: `${prefix}_at = :${prefix}_at AND ${prefix}_limit = :${prefix}_old AND ${prefix}_left >= :${prefix}_take`,
    takeFrom: `${prefix}_left = ${prefix}_left - :${prefix}_take, ${prefix}_limit = :${prefix}_limit`,
  };
}

const RATES = { minute: rateTexts('minute'), day: rateTexts('day') };
const TOKENS = { token_minute: tokenTexts('token_minute'), token_day: tokenTexts('token_day') };

function planRate(
  change: Mutable,
  prefix: 'minute' | 'day',
  name: GateVerdict['limit'],
  limit: number | undefined,
  windowMs: number,
  rate: RateState | undefined,
  nowMs: number,
): GateVerdict | undefined {
  if (limit === undefined) return undefined;
  if (limit <= 0) return { limit: name, retryAfterMs: windowMs };
  const step = stepOf(limit, windowMs);
  const now = Math.floor(nowMs * 1_000);
  const latest = now + (limit - 1) * step;
  // No honest clock writes a mark more than a window ahead.
  const impossible = latest + step + SKEW_MS * 1_000;
  const { set, conditions, values } = change;
  change.taken[prefix === 'minute' ? 'minuteStep' : 'dayStep'] = step;
  const text = RATES[prefix];
  values[text.now] = { N: String(now) };
  values[text.step] = { N: String(step) };

  if (rate === undefined || rate.tat < now || rate.tat > impossible) {
    conditions.push(text.isIdle);
    values[text.impossible] = { N: String(impossible) };
    values[text.next] = { N: String(now + step) };
    set.push(text.begin);
    return undefined;
  }
  // Another limit made the mark: what it counts of requests is counted at the present one.
  const tat = rate.step === step || rate.step === 0 ? rate.tat : now + Math.ceil(((rate.tat - now) * step) / rate.step);
  if (tat > latest) return { limit: name, retryAfterMs: Math.ceil((tat - latest) / 1_000) };
  if (rate.step !== step) {
    conditions.push(text.isSeen);
    values[text.seen] = { N: String(rate.tat) };
    values[text.next] = { N: String(tat + step) };
    set.push(text.begin);
    return undefined;
  }
  conditions.push(text.hasRoom);
  values[text.latest] = { N: String(latest) };
  set.push(text.advance);
  return undefined;
}

function planTokens(
  change: Mutable,
  prefix: 'token_minute' | 'token_day',
  name: GateVerdict['limit'],
  limit: number | undefined,
  windowMs: number,
  found: WindowState | undefined,
  request: { readonly tokens: number; readonly nowMs: number },
): GateVerdict | undefined {
  if (limit === undefined) return undefined;
  // A request that may be larger than the whole limit passes when it finds the window untouched.
  const amount = Math.min(request.tokens, limit);
  const own = Math.floor(request.nowMs / windowMs) * windowMs;
  const { set, conditions, values } = change;
  const ahead = found !== undefined && found.atMs > own && found.atMs <= request.nowMs + SKEW_MS;
  const windowStart = ahead ? found.atMs : own;
  change.taken[prefix === 'token_minute' ? 'minuteTokens' : 'dayTokens'] = { windowMs: windowStart, amount };
  const text = TOKENS[prefix];
  values[text.at] = { N: String(windowStart) };
  values[text.limit] = { N: String(limit) };

  if (found === undefined || found.atMs !== windowStart) {
    if (found !== undefined && found.atMs > windowStart) {
      conditions.push(text.isSeen);
      values[text.seen] = { N: String(found.atMs) };
    } else {
      conditions.push(text.isPast);
    }
    values[text.left] = { N: String(limit - amount) };
    set.push(text.begin);
    return undefined;
  }
  const take = amount - (limit - found.limit);
  if (found.left < take) return { limit: name, retryAfterMs: Math.max(1, windowStart + windowMs - request.nowMs) };
  conditions.push(text.hasRoom);
  values[text.old] = { N: String(found.limit) };
  values[text.take] = { N: String(take) };
  set.push(text.takeFrom);
  return undefined;
}

function planSlot(
  change: Mutable,
  most: number | undefined,
  slots: ReadonlyMap<string, number> | undefined,
  request: { readonly attemptId: string; readonly expiresAtMs: number; readonly nowMs: number },
): GateVerdict | undefined {
  if (most === undefined) return undefined;
  if (most <= 0) return { limit: 'concurrent_requests', retryAfterMs: SLOT_RETRY_MS };
  const { set, remove, conditions, names, values } = change;
  names['#open'] = 'open';
  if (slots === undefined) {
    conditions.push('attribute_not_exists(#open)');
    values[':slots'] = { M: { [request.attemptId]: { N: String(request.expiresAtMs) } } };
    set.push('#open = :slots');
    return undefined;
  }
  const dead = [...slots].filter(([, expiresAtMs]) => expiresAtMs < request.nowMs).slice(0, MOST_DEAD);
  if (slots.size - dead.length >= most) return { limit: 'concurrent_requests', retryAfterMs: SLOT_RETRY_MS };
  dead.forEach(([id], index) => {
    names[`#dead${index}`] = id;
    remove.push(`#open.#dead${index}`);
    conditions.push(`attribute_exists(#open.#dead${index})`);
  });
  names['#id'] = request.attemptId;
  conditions.push('size(#open) < :most');
  values[':most'] = { N: String(most + dead.length) };
  values[':slot'] = { N: String(request.expiresAtMs) };
  set.push('#open.#id = :slot');
  return undefined;
}

export function readGate(item: Item): GateState {
  const slots = item['open']?.M;
  return {
    minute: rateOf(item['minute_tat'], item['minute_epoch'], item['minute_step']),
    day: rateOf(item['day_tat'], item['day_epoch'], item['day_step']),
    tokenMinute: windowOf(item['token_minute_at'], item['token_minute_left'], item['token_minute_limit']),
    tokenDay: windowOf(item['token_day_at'], item['token_day_left'], item['token_day_limit']),
    slots: slots === undefined ? undefined : new Map(Object.entries(slots).map(([id, value]) => [id, Number(value.N)])),
  };
}

type Attribute = AttributeValue | undefined;

function rateOf(mark: Attribute, epoch: Attribute, step: Attribute): RateState | undefined {
  const tat = numberOf(mark);
  return tat === undefined ? undefined : { tat, epoch: numberOf(epoch) ?? 0, step: numberOf(step) ?? 0 };
}

function windowOf(at: Attribute, left: Attribute, limit: Attribute): WindowState | undefined {
  const atMs = numberOf(at);
  return atMs === undefined ? undefined : { atMs, left: numberOf(left) ?? 0, limit: numberOf(limit) ?? 0 };
}

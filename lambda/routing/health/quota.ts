import type { Clock } from '../../platform/runtime';
import type { SaidAllowance, SaidQuota } from '../../wire/protocols';
import { countSent, createMinuteCount, type MinuteCount, minuteOf, sentIn } from './minute-count';

/** What a provider lets the gateway ask of one place, as its answers say, and what was asked of it since. */
export interface Quota {
  readonly requests: Allowance;
  readonly tokens: Allowance;
  /** For what is configured. */
  readonly count: MinuteCount;
}

interface Allowance {
  /** As the provider said, less what was sent since; undefined: it says nothing. */
  left: number | undefined;
  /** What comes back meanwhile, a millisecond. */
  perMs: number;
  /** Monotonic, of what it said. */
  saidMs: number;
  /** Monotonic: all of it is there again. */
  resetMs: number;
}

/** What is configured: requests and tokens a minute. */
export interface MinuteLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

export function createQuota(): Quota {
  return { requests: allowance(), tokens: allowance(), count: createMinuteCount() };
}

function allowance(): Allowance {
  return { left: undefined, perMs: 0, saidMs: 0, resetMs: 0 };
}

/**
 * Whether a call of so many tokens still finds room, as far as anybody knows. What others sent meanwhile shows with the provider's next answer, and in
 * what they tell.
 */
export function hasRoom({ requests, tokens, count }: Quota, limits: MinuteLimits, callTokens: number, clock: Clock): boolean {
  const { requestsPerMinute, tokensPerMinute } = limits;
  if (!roomIn(requests, 1, clock) || !roomIn(tokens, callTokens, clock)) return false;
  if (requestsPerMinute === undefined && tokensPerMinute === undefined) return true;
  count.isLimited = true;
  const minute = minuteOf(clock);
  return (
    isWithin(sentIn(count, 'requests', minute), requestsPerMinute, 1) &&
    isWithin(sentIn(count, 'tokens', minute), tokensPerMinute, callTokens)
  );
}

function roomIn({ left, perMs, saidMs, resetMs }: Allowance, wanted: number, clock: Clock): boolean {
  if (left === undefined) return true;
  const nowMs = clock.monotonic();
  return nowMs >= resetMs || left + (nowMs - saidMs) * perMs >= wanted;
}

/** A call that is larger than a whole minute's share finds room when there is nothing else. */
function isWithin(sent: number, perMinute: number | undefined, wanted: number): boolean {
  return perMinute === undefined || sent === 0 || sent + wanted <= perMinute;
}

export function noteSent({ requests, tokens, count }: Quota, callTokens: number, minute: number): void {
  if (requests.left !== undefined) requests.left -= 1;
  if (tokens.left !== undefined) tokens.left -= callTokens;
  countSent(count, callTokens, minute);
}

export function noteSaid(quota: Quota, said: SaidQuota, nowMs: number): void {
  hear(quota.requests, said.requests, nowMs);
  hear(quota.tokens, said.tokens, nowMs);
}

function hear(allowance: Allowance, said: SaidAllowance | undefined, nowMs: number): void {
  if (said === undefined) return;
  const { left, limit, resetMs } = said;
  allowance.left = left;
  allowance.perMs = limit === undefined || resetMs <= 0 ? 0 : Math.max(0, limit - left) / resetMs;
  allowance.saidMs = nowMs;
  allowance.resetMs = nowMs + resetMs;
}

import type { SaidAllowance, SaidQuota } from '../../wire/protocols';

/** What a provider lets the gateway ask of one place, as its answers say, and what was asked of it since. */
export interface Quota {
  readonly requests: Allowance;
  readonly tokens: Allowance;
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
  /** Of the minute that began at `minuteMs`. */
  sent: number;
  minuteMs: number;
}

/** What is configured: requests and tokens a minute. */
export interface MinuteLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

const MINUTE_MS = 60_000;

export function createQuota(): Quota {
  return { requests: allowance(), tokens: allowance() };
}

function allowance(): Allowance {
  return { left: undefined, perMs: 0, saidMs: 0, resetMs: 0, sent: 0, minuteMs: Number.NEGATIVE_INFINITY };
}

/** Whether a call of so many tokens still finds room, as far as anybody knows. What others sent meanwhile shows with the next answer. */
export function hasRoom({ requests, tokens }: Quota, limits: MinuteLimits, callTokens: number, nowMs: number): boolean {
  return roomIn(requests, limits.requestsPerMinute, 1, nowMs) && roomIn(tokens, limits.tokensPerMinute, callTokens, nowMs);
}

function roomIn(allowance: Allowance, perMinute: number | undefined, wanted: number, nowMs: number): boolean {
  const { left, perMs, saidMs, resetMs, sent, minuteMs } = allowance;
  if (left !== undefined && nowMs < resetMs && left + (nowMs - saidMs) * perMs < wanted) return false;
  // A call that is larger than a whole minute's share finds room when there is nothing else.
  return perMinute === undefined || nowMs - minuteMs >= MINUTE_MS || sent === 0 || sent + wanted <= perMinute;
}

export function noteSent({ requests, tokens }: Quota, callTokens: number, nowMs: number): void {
  take(requests, 1, nowMs);
  take(tokens, callTokens, nowMs);
}

function take(allowance: Allowance, amount: number, nowMs: number): void {
  if (nowMs - allowance.minuteMs >= MINUTE_MS) {
    allowance.minuteMs = nowMs;
    allowance.sent = 0;
  }
  allowance.sent += amount;
  if (allowance.left !== undefined) allowance.left -= amount;
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

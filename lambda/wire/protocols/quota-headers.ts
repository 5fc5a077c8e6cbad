/** What a provider said of what is left of its quota. */
export interface SaidQuota {
  readonly requests?: SaidAllowance;
  readonly tokens?: SaidAllowance;
}

export interface SaidAllowance {
  readonly left: number;
  /** All that there is, where it says so. */
  readonly limit?: number;
  /** How long until all of it is there again. */
  readonly resetMs: number;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Names of what is left, of the limit, and of when it is full again. */
type Names = readonly [left: string, limit: string, reset: string];

const REQUESTS: readonly Names[] = [
  named('x-ratelimit-?-requests'),
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-limit', 'anthropic-ratelimit-requests-reset'],
  named('x-ratelimit-?-req-minute'),
  named('x-ratelimit-?-requests-day'),
  ['x-ratelimit-remaining', 'x-ratelimit-limit', 'x-ratelimit-reset'],
];
/** Of the prompt's tokens where those are told apart: that is what is known of a call before it is made. */
const TOKENS: readonly Names[] = [
  named('x-ratelimit-?-tokens'),
  ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-limit', 'anthropic-ratelimit-input-tokens-reset'],
  ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-limit', 'anthropic-ratelimit-tokens-reset'],
  named('x-ratelimit-?-tokens-minute'),
  named('x-ratelimitbysize-?-minute'),
  ['x-tokenlimit-remaining', 'x-tokenlimit-limit', 'x-ratelimit-reset'],
];

function named(pattern: string): Names {
  return [pattern.replace('?', 'remaining'), pattern.replace('?', 'limit'), pattern.replace('?', 'reset')];
}

/** Where nothing is said of it, quotas are of a minute. */
const USUAL_RESET_MS = 60_000;
const LONGEST_RESET_MS = 86_400_000;

/**
 * Reads what is left of a provider's quota off the headers of an answer, good or bad; undefined when it says nothing.
 *
 * @param now epoch ms
 * @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * @see https://docs.claude.com/en/api/rate-limits#response-headers
 */
export function saidQuota(headers: Headers, now: number): SaidQuota | undefined {
  const requests = allowanceOf(headers, REQUESTS, now);
  const tokens = allowanceOf(headers, TOKENS, now);
  if (requests === undefined && tokens === undefined) return undefined;
  return { ...(requests === undefined ? {} : { requests }), ...(tokens === undefined ? {} : { tokens }) };
}

function allowanceOf(headers: Headers, names: readonly Names[], now: number): SaidAllowance | undefined {
  for (const each of names) {
    if (headers[each[0]] === undefined) continue;
    const [leftName, limitName, resetName] = each;
    const left = countOf(headers[leftName]);
    if (left === undefined) continue;
    const limit = countOf(headers[limitName]);
    const saidMs = untilReset(headers[resetName], now) ?? USUAL_RESET_MS;
    const resetMs = Number.isFinite(saidMs) ? Math.min(Math.max(saidMs, 0), LONGEST_RESET_MS) : USUAL_RESET_MS;
    return { left, ...(limit === undefined ? {} : { limit }), resetMs };
  }
  return undefined;
}

/** -1 stands for a quota that is not counted. */
function countOf(text: string | string[] | undefined): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span such as `6m0s` or `12ms`, seconds, or a moment: a date, or seconds or milliseconds of the epoch. */
function untilReset(text: string | string[] | undefined, now: number): number | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const value = Number(text);
    if (value >= 1e12) return value - now;
    return value >= 1e9 ? value * 1_000 - now : value * 1_000;
  }
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) {
    return [...text.matchAll(/(\d{1,12}(?:\.\d{1,12})?)(ms|s|m|h|d)/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ''] ?? 0),
      0,
    );
  }
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment - now;
}

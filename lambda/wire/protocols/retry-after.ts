/** Longest wait that a provider can ask of us, in ms. */
const MAX_RETRY_AFTER_MS = 60_000;

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * How long the provider asks to wait, in ms: `retry-after-ms`, else `retry-after` in seconds or as a date, which is measured
 * against the answer's own `date`. Undefined when it asks nothing sensible; never NaN, negative or beyond a minute.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(headers: Headers): number | undefined {
  return bounded(number(headers['retry-after-ms'])) ?? bounded(seconds(headers['retry-after'])) ?? bounded(untilDate(headers));
}

const IN_WORDS = /\b(?:try again|retry)\s(?:in|after)\s(\d[\d.]{0,11}\s?[a-z]{1,12}(?:\s?\d[\d.]{0,11}\s?[a-z]{1,12}){0,3})/i;
const SPAN = /(?<![\d.])(\d{1,12}(?:\.\d{1,12})?)\s?(ms|milli|h|m|s)/gi;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, milli: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The same out of a message for people, such as `Please try again in 1m2.5s.` or `retry after 6 seconds`, for those who say it nowhere else. */
export function retryAfterInWords(message: string): number | undefined {
  const span = IN_WORDS.exec(message.slice(0, 2_000))?.[1];
  if (span === undefined) return undefined;
  return bounded(
    [...span.matchAll(SPAN)].reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS_MS[unit.toLowerCase()] ?? 0), 0),
  );
}

/** The same as a number of seconds in a body. */
export function retryAfterSeconds(value: unknown): number | undefined {
  return typeof value === 'number' ? bounded(value * 1_000) : bounded(seconds(typeof value === 'string' ? value : undefined));
}

function seconds(text: string | undefined): number | undefined {
  const value = number(text);
  return value === undefined ? undefined : value * 1000;
}

function untilDate(headers: Headers): number | undefined {
  const until = Date.parse(headers['retry-after'] ?? '');
  const now = Date.parse(headers['date'] ?? '');
  return Number.isNaN(until) || Number.isNaN(now) ? undefined : until - now;
}

function number(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*[+-]?\d+(\.\d+)?(e\d+)?\s*$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : MAX_RETRY_AFTER_MS;
}

function bounded(ms: number | undefined): number | undefined {
  return ms === undefined || !(ms > 0) ? undefined : Math.min(Math.ceil(ms), MAX_RETRY_AFTER_MS);
}

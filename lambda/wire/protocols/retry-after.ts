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
  return ms === undefined || ms <= 0 ? undefined : Math.min(Math.ceil(ms), MAX_RETRY_AFTER_MS);
}

import type { JsonObject } from '../../../platform/json';
import { countOf, objectOf, objectsOf, textOf } from '../lenient';
import { bareError } from '../openai-error';
import type { ProviderErrorFacts } from '../protocol';
import { providerError } from '../provider-error';

type Headers = Readonly<Record<string, string | undefined>>;

const LONGEST_WAIT_MS = 60_000;
/** Reasons of `google.rpc.ErrorInfo` that say our credential is wrong although the status is 400. */
const CREDENTIAL_REASONS = new Set([
  'API_KEY_INVALID',
  'API_KEY_EXPIRED',
  'API_KEY_SERVICE_BLOCKED',
  'ACCESS_TOKEN_EXPIRED',
  'CREDENTIALS_MISSING',
]);

/**
 * Google's error shape: `{"error": {"code", "message", "status", "details"}}`.
 *
 * @see https://ai.google.dev/gemini-api/docs/troubleshooting
 * @see https://cloud.google.com/apis/design/errors#error_model
 */
export function geminiError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  const error = objectOf(body?.['error']);
  const details = objectsOf(error?.['details']);
  const code = countOf(error?.['code']);
  const own = status >= 400 ? status : code !== undefined && code >= 400 && code < 600 ? code : status;
  const badCredential = details.some((detail) => CREDENTIAL_REASONS.has(textOf(detail['reason']) ?? ''));
  return providerError({
    status: badCredential ? 401 : own,
    type: textOf(error?.['status']),
    // Google words a rate limit as an exceeded quota; that it ends by itself shows in the wait it names.
    message: own === 429 ? undefined : textOf(error?.['message']),
    headers,
    retryAfterMs: retryDelayMs(details),
  });
}

/** The error that a good answer or a chunk holds, if it does. */
export function errorInside(body: JsonObject): ProviderErrorFacts | undefined {
  return objectOf(body['error']) === undefined ? bareError(body) : geminiError(200, body, {});
}

/** `google.rpc.RetryInfo`: seconds as text, such as `34.4s`. */
function retryDelayMs(details: readonly JsonObject[]): number | undefined {
  for (const detail of details) {
    const delay = /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(textOf(detail['retryDelay']) ?? '');
    if (delay === null) continue;
    const ms = Math.ceil(Number(delay[1]) * 1_000);
    if (ms > 0) return Math.min(ms, LONGEST_WAIT_MS);
  }
  return undefined;
}

import type { JsonObject } from '../../../platform/json';
import { textOf } from '../lenient';
import type { ProviderErrorFacts } from '../protocol';
import { providerError } from '../provider-error';

type Headers = Readonly<Record<string, string | undefined>>;

/** Cohere's own meanings of statuses. @see https://docs.cohere.com/reference/errors */
const STATUS: Readonly<Record<number, { readonly status: number; readonly code?: string }>> = {
  /** The input or the answer is blocked. */
  498: { status: 400, code: 'content_filter' },
  /** The caller went away before the answer: ours, by a deadline. */
  499: { status: 504 },
  501: { status: 400 },
};

/** Cohere's error shape: `{"id", "message"}`. */
export function cohereError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  const own = STATUS[status] ?? { status };
  return providerError({ status: own.status, code: own.code, message: textOf(body?.['message']), headers });
}

/** A stream that ended with an error of the provider's. */
export function cohereStreamError(message: string | undefined): ProviderErrorFacts {
  return providerError({ status: 200, type: 'server_error', message });
}

import type { GatewayError } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';
import { awsException, awsStatus } from './aws-error';
import { countOf, nonEmptyText, objectOf, objectsOf } from './lenient';
import type { ProviderErrorFacts } from './protocol';
import { providerError } from './provider-error';
import { retryAfterSeconds } from './retry-after';

/** @see https://platform.openai.com/docs/guides/error-codes */
export function encodeError(error: GatewayError, requestId: string): JsonObject {
  return {
    error: { message: error.message, type: error.type, param: error.param ?? null, code: error.shownCode },
    request_id: requestId,
  };
}

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Reads the errors of OpenAI (`{error: {...}}`), of Mistral and vLLM (the same fields at the top), of FastAPI servers
 * (`{detail}`), of AWS (`{message}`, the exception in a header) and of those that send a bare text.
 */
export function decodeError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  const said = body?.['error'];
  const fields = objectOf(said) ?? body ?? {};
  const exception = awsException(body, headers);
  const failure = {
    type: nonEmptyText(fields['type']) ?? nonEmptyText(exception),
    code: codeOf(fields['code']),
    message: nonEmptyText(said) ?? messageOf(fields),
    param: nonEmptyText(fields['param']),
    retryAfterMs: retryAfterSeconds(fields['retry_after'] ?? body?.['retry_after']),
    headers,
  };
  return providerError({ ...failure, status: awsStatus(exception) ?? (status >= 400 ? status : (statusOf(fields) ?? status)) });
}

function codeOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' ? String(value) : nonEmptyText(value);
}

/** OpenRouter writes the status as `code`, Groq as `status_code`. */
function statusOf(fields: JsonObject): number | undefined {
  const status =
    countOf(fields['status_code']) ?? countOf(fields['status']) ?? countOf(fields['code']) ?? Number(nonEmptyText(fields['code']));
  return status !== undefined && status >= 400 && status < 600 ? status : undefined;
}

function messageOf(fields: JsonObject): string | undefined {
  const detail = fields['detail'];
  const details = objectsOf(detail).flatMap((item) => nonEmptyText(item['msg']) ?? []);
  return (
    nonEmptyText(fields['message']) ??
    nonEmptyText(fields['Message']) ??
    nonEmptyText(detail) ??
    (details.length === 0 ? undefined : details.join('; '))
  );
}

import type { GatewayError } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';
import { awsException, awsStatus } from './aws-error';
import { arrayOf, countOf, nonEmptyText, objectOf, objectsOf } from './lenient';
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
 * (`{detail}`), of AWS (`{message}`, the exception in a header), of those that list several and of those that send a bare text.
 */
export function decodeError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  const said = body?.['error'];
  const fields = objectOf(said) ?? objectOf(body?.['detail']) ?? firstOf(body?.['errors']) ?? body ?? {};
  const exception = awsException(body, headers);
  const failure = {
    type: nonEmptyText(fields['type']) ?? nonEmptyText(exception),
    code: codeOf(fields['code'] ?? fields['error_code']),
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

function firstOf(errors: JsonValue | undefined): JsonObject | undefined {
  const [first] = arrayOf(errors);
  return typeof first === 'string' ? { message: first } : objectOf(first);
}

/** OpenRouter writes the status as `code`, Groq as `status_code`. */
function statusOf(fields: JsonObject): number | undefined {
  const status =
    countOf(fields['status_code']) ??
    countOf(fields['statusCode']) ??
    countOf(fields['status']) ??
    countOf(fields['code']) ??
    Number(nonEmptyText(fields['code']));
  return status !== undefined && status >= 400 && status < 600 ? status : undefined;
}

function messageOf(fields: JsonObject): string | undefined {
  const detail = fields['detail'];
  const details = objectsOf(detail).flatMap((item) => nonEmptyText(item['msg']) ?? []);
  const said = MESSAGE_FIELDS.map((name) => nonEmptyText(fields[name])).find((text) => text !== undefined);
  return said ?? nonEmptyText(detail) ?? (details.length === 0 ? nonEmptyText(fields['title']) : details.join('; '));
}

const MESSAGE_FIELDS = ['message', 'Message', 'msg', 'error_msg', 'error_message', 'errorMessage'] as const;

/** Fields of which errors are made, and no answer of any dialect is. @see https://www.rfc-editor.org/rfc/rfc9457 */
const ERROR_FIELDS = new Set([
  ...MESSAGE_FIELDS,
  ...`detail details errors error title code error_code status status_code statusCode type param id request_id requestId trace_id
   timestamp path instance success retry_after`.split(/\s+/),
]);

/** The error of a server that sends it where an answer should stand, in a form of its own: a body with nothing in it but an error's fields. */
export function bareError(body: JsonObject): ProviderErrorFacts | undefined {
  const names = Object.keys(body);
  if (names.length === 0 || !names.every((name) => ERROR_FIELDS.has(name))) return undefined;
  const says = messageOf(body) !== undefined || objectOf(body['detail']) !== undefined || arrayOf(body['errors']).length > 0;
  return says ? decodeError(200, body, {}) : undefined;
}

import type { GatewayError } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json/value';
import { encodeSse } from '../../framing/sse';
import { arrayOf, countOf, nonEmptyText, objectOf, objectsOf } from '../../protocols/lenient';
import type { ProviderErrorFacts } from '../../protocols/protocol';
import { providerError } from '../../protocols/provider-error';

/** 529 is Anthropic's own; OpenAI's clients know 503. */
export function errorStatus(error: GatewayError): number {
  return error.status === 529 ? 503 : error.status;
}

/** @see https://platform.openai.com/docs/guides/error-codes */
export function encodeError(error: GatewayError, requestId: string): JsonObject {
  return {
    error: { message: error.message, type: error.type, param: error.param ?? null, code: error.code },
    request_id: requestId,
  };
}

/** OpenAI's clients raise when a chunk has an `error`; nothing follows it, in particular no `[DONE]`. */
export function encodeStreamError(error: GatewayError, requestId: string): string {
  return encodeSse(undefined, JSON.stringify(encodeError(error, requestId)));
}

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Reads the errors of OpenAI (`{error: {...}}`), of Mistral and vLLM (the same fields at the top), of FastAPI servers
 * (`{detail}`) and of those that send a bare text.
 */
export function decodeError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  const said = body?.['error'];
  const fields = objectOf(said) ?? body ?? {};
  const failure = {
    type: nonEmptyText(fields['type']),
    code: codeOf(fields['code']),
    message: nonEmptyText(said) ?? messageOf(fields),
    param: nonEmptyText(fields['param']),
    headers,
  };
  return providerError({ ...failure, status: status >= 400 ? status : (statusOf(fields) ?? status) });
}

/**
 * The error that a stream chunk or a good answer holds, if it does: at the top, in a choice (OpenRouter), or as the text of why
 * a stream stopped early (Groq).
 *
 * @see https://openrouter.ai/docs/api-reference/streaming#mid-stream-errors
 * @see https://console.groq.com/docs/api-reference#chat-create
 */
export function errorInside(body: JsonObject): ProviderErrorFacts | undefined {
  const said = body['error'];
  if (typeof said === 'string' ? said !== '' : objectOf(said) !== undefined) return decodeError(200, body, {});
  const ofChoice = arrayOf(body['choices']).find((choice) => objectOf(objectOf(choice)?.['error']) !== undefined);
  if (ofChoice !== undefined) return decodeError(200, { error: objectOf(ofChoice)?.['error'] }, {});
  const stopped = nonEmptyText(objectOf(body['x_groq'])?.['error']);
  if (stopped !== undefined) return decodeError(200, { error: stopped }, {});
  const failed = body['object'] === 'error' || (body['type'] === 'error' && body['choices'] === undefined);
  return failed ? decodeError(200, body, {}) : undefined;
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
  return nonEmptyText(fields['message']) ?? nonEmptyText(detail) ?? (details.length === 0 ? undefined : details.join('; '));
}

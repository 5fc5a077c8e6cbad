import type { JsonObject } from '../../../platform/json';
import { awsException, awsStatus } from '../../protocols/aws-error';
import { baseResponseError } from '../../protocols/base-response';
import { arrayOf, nonEmptyText, objectOf } from '../../protocols/lenient';
import { bareError } from '../../protocols/openai-error';
import type { ProviderErrorFacts } from '../../protocols/protocol';
import { providerError } from '../../protocols/provider-error';

type Headers = Readonly<Record<string, string | undefined>>;

/** Reads `{type: error, error: {type, message}}`, and the bare `{message}` of AWS and of proxies. */
export function decodeError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  const fields = objectOf(body?.['error']) ?? body ?? {};
  const exception = awsException(body, headers);
  return providerError({
    status: awsStatus(exception) ?? status,
    type: nonEmptyText(fields['type']) ?? nonEmptyText(exception),
    code: nonEmptyText(fields['code']),
    message: nonEmptyText(fields['message']) ?? nonEmptyText(fields['Message']) ?? nonEmptyText(body?.['error']),
    headers,
  });
}

/** The error that an event or a good answer holds, if it is one; compatible servers have forms of their own. */
export function errorInside(body: JsonObject): ProviderErrorFacts | undefined {
  if (body['type'] === 'error' || objectOf(body['error']) !== undefined) return decodeError(200, body, {});
  return arrayOf(body['content']).length === 0 ? (baseResponseError(body) ?? bareError(body)) : undefined;
}

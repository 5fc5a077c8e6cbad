import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import { textOf } from '../lenient';
import type { ProviderErrorFacts } from '../protocol';
import { providerError } from '../provider-error';

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * The status that each exception stands for, where the answer's own status would mislead or there is none (in a stream).
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 */
const STATUS: Readonly<Record<string, number>> = {
  accessdeniedexception: 403,
  conflictexception: 409,
  expiredtokenexception: 403,
  incompletesignatureexception: 403,
  internalfailure: 500,
  internalserverexception: 500,
  invalidsignatureexception: 403,
  missingauthenticationtokenexception: 403,
  modelerrorexception: 424,
  modelnotreadyexception: 503,
  modelstreamerrorexception: 424,
  modeltimeoutexception: 504,
  notauthorized: 403,
  optinrequired: 403,
  requestexpired: 403,
  resourcenotfoundexception: 404,
  servicequotaexceededexception: 429,
  serviceunavailable: 503,
  serviceunavailableexception: 503,
  throttlingexception: 429,
  unrecognizedclientexception: 403,
  validationexception: 400,
};

/** Validation messages that say the target is wrong, not the request. */
const WRONG_MODEL =
  /model identifier is invalid|on-demand throughput isn.t supported|model (?:id|identifier) .*(?:not found|not supported)|end of its life|marked by provider as legacy/i;

/** An error answer: the exception's name is in a header or in the body. */
export function converseError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  const name = exceptionName(headers['x-amzn-errortype'] ?? textOf(body?.['__type']) ?? textOf(body?.['code']));
  return facts(name, status, messageOf(body), headers);
}

/** An exception message of the stream. */
export function converseStreamError(exception: string, body: JsonObject | undefined): ProviderErrorFacts {
  return facts(exceptionName(exception), 200, messageOf(body), {});
}

function facts(name: string, status: number, message: string | undefined, headers: Headers): ProviderErrorFacts {
  const own = entryOf(STATUS, name) ?? status;
  const wrongModel = own === 400 && message !== undefined && WRONG_MODEL.test(message);
  return providerError({ status: wrongModel ? 404 : own, type: name, message, headers });
}

/** `com.amazonaws...#ValidationException:http://...` without what surrounds the name. */
function exceptionName(text: string | undefined): string {
  return (text ?? '').replace(/^.*#/, '').replace(/:.*$/s, '').toLowerCase();
}

function messageOf(body: JsonObject | undefined): string | undefined {
  return textOf(body?.['message']) ?? textOf(body?.['Message']) ?? textOf(body?.['originalMessage']);
}

import type { JsonObject } from '../../platform/json';
import { entryOf } from '../../platform/table';
import { textOf } from './lenient';

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

/** The name of an exception of AWS in small letters: in a header or in the body, whatever wire format was asked for; empty where it is no such error. */
export function awsException(body: JsonObject | undefined, headers: Headers): string {
  return exceptionName(headers['x-amzn-errortype'] ?? textOf(body?.['__type']));
}

/** The status that an exception stands for, as far as it has one. */
export function awsStatus(exception: string): number | undefined {
  return entryOf(STATUS, exception);
}

/** `com.amazonaws...#ValidationException:http://...` without what surrounds the name. */
export function exceptionName(text: string | undefined): string {
  return (text ?? '').replace(/^.*#/, '').replace(/:.*$/s, '').toLowerCase();
}

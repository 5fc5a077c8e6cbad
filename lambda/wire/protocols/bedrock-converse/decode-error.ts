import type { JsonObject } from '../../../platform/json';
import { awsException, awsStatus, exceptionName } from '../aws-error';
import { textOf } from '../lenient';
import type { ProviderErrorFacts } from '../protocol';
import { providerError } from '../provider-error';

type Headers = Readonly<Record<string, string | undefined>>;

/** An error answer: the exception's name is in a header or in the body. */
export function converseError(status: number, body: JsonObject | undefined, headers: Headers): ProviderErrorFacts {
  return facts(awsException(body, headers) || exceptionName(textOf(body?.['code'])), status, messageOf(body), headers);
}

/** An exception message of the stream. */
export function converseStreamError(exception: string, body: JsonObject | undefined): ProviderErrorFacts {
  return facts(exceptionName(exception), 200, messageOf(body), {});
}

function facts(name: string, status: number, message: string | undefined, headers: Headers): ProviderErrorFacts {
  return providerError({ status: awsStatus(name) ?? status, type: name, message, headers });
}

function messageOf(body: JsonObject | undefined): string | undefined {
  return textOf(body?.['message']) ?? textOf(body?.['Message']) ?? textOf(body?.['originalMessage']);
}

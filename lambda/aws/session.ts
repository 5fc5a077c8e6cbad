import type { Transport } from '../platform/http';
import { type Environment, systemClock } from '../platform/runtime';
import { createTransport } from '../platform/transport';
import { type AwsJsonCall, type AwsJsonOptions, createAwsJsonCall } from './aws-json';
import { type AwsCredentialSource, createSigV4Signer, roleCredentials } from './signing';

export interface AwsSessionOptions {
  /** Default: one that goes anywhere public. */
  readonly transport?: Transport;
  /** Default: the function's role, from its environment. */
  readonly credentials?: AwsCredentialSource;
}

/** The way by which a process calls AWS: one transport, one signer, its credentials. Opens it and sends nothing. */
export function awsSessionParts(
  environment: Pick<Environment, 'awsCredentials' | 'region'>,
  options: AwsSessionOptions = {},
): AwsJsonOptions {
  return {
    transport: options.transport ?? createTransport(),
    signer: createSigV4Signer(systemClock),
    credentials: options.credentials ?? roleCredentials(environment),
    region: environment.region,
  };
}

/** The same, for services that are called in JSON. */
export function openAwsSession(environment: Pick<Environment, 'awsCredentials' | 'region'>, options: AwsSessionOptions = {}): AwsJsonCall {
  return createAwsJsonCall(awsSessionParts(environment, options));
}

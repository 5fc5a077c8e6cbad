import { GatewayError } from '../../platform/error';
import type { Environment } from '../../platform/runtime';
import type { AwsCredentialSource } from './aws-credentials';

/**
 * The role of a function that runs in Lambda alone: its environment always holds the credentials, so nothing of the SDK's chain
 * (`awsCredentialSource`) needs to be in its bundle.
 */
export function roleCredentials(environment: Pick<Environment, 'awsCredentials'>): AwsCredentialSource {
  return async () => {
    if (environment.awsCredentials !== undefined) return environment.awsCredentials;
    throw new GatewayError({
      code: 'misconfigured',
      message: 'The gateway is misconfigured. Its operator finds the reason in the log.',
      cause: new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not in the environment'),
    });
  };
}

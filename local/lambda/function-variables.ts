import type { AwsCredentials } from '../../lambda/aws/signing';
import type { LocalAccount } from '../template/account';
import { type FunctionDefinition, mountedFile } from '../template/functions';

/** Where Lambda mounts layers. */
const MOUNT = '/opt/';

/**
 * All that a function sees as its environment, its credentials aside: what Lambda sets, what the template sets, and where AWS is.
 * Nothing of the user's own environment gets through.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function functionVariables(definition: FunctionDefinition, account: LocalAccount, endpoint: string): Record<string, string> {
  const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]local`;
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: definition.codeDirectory,
    _HANDLER: definition.handler,
    ...processVariables(definition, account, endpoint),
  };
}

/** Of these, what does not tell of Lambda: what the template sets, where AWS is, and the Region. */
export function processVariables(definition: FunctionDefinition, account: LocalAccount, endpoint: string): Record<string, string> {
  return {
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    ...Object.fromEntries(Object.entries(definition.environment).map(([name, value]) => [name, mounted(definition, value)])),
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** How a function finds its credentials: in its environment, as in Lambda, and nowhere else. */
export function credentialVariables(credentials: Required<AwsCredentials>): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}

/** A path below /opt becomes the layer's file on this machine. */
function mounted(definition: FunctionDefinition, value: string): string {
  return (value.startsWith(MOUNT) ? mountedFile(definition, value.slice(MOUNT.length)) : undefined) ?? value;
}

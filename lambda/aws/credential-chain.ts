import { GatewayError } from '../platform/error';
import type { Environment } from '../platform/runtime';
import type { AwsCredentialSource } from './signing';

/** The SDK's chain: profiles, containers, instances, single sign-on; it keeps and renews what it finds. */
export type LoadCredentialChain = () => Promise<AwsCredentialSource>;

/**
 * The role of the function, from its environment; elsewhere (containers, a developer's machine) whatever the SDK's chain finds,
 * which is loaded only then.
 */
export function awsCredentialSource(
  environment: Pick<Environment, 'awsCredentials' | 'region'>,
  loadChain: LoadCredentialChain = () => sdkChain(environment.region),
): AwsCredentialSource {
  const own = environment.awsCredentials;
  if (own !== undefined) return () => Promise.resolve(own);

  let chain: Promise<AwsCredentialSource> | undefined;
  return async () => {
    chain ??= loadChain();
    try {
      return await (await chain)();
    } catch (cause) {
      throw new GatewayError({
        code: 'provider_misconfigured',
        message: 'The gateway finds no AWS credentials to call the provider with.',
        cause,
      });
    }
  };
}

async function sdkChain(region: string): Promise<AwsCredentialSource> {
  // The package is CommonJS: imported here itself, a bundle would give it no names.
  const { sdkCredentials } = await import('./sdk-credentials');
  return sdkCredentials(region);
}

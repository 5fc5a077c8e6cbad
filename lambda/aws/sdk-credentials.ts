import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { AwsCredentialSource } from './signing';

/** The SDK's chain, by way of the one client that is in the bundle anyway. */
export function sdkCredentials(region: string): AwsCredentialSource {
  return new BedrockRuntimeClient({ region }).config.credentials;
}

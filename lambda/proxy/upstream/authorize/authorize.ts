import type { AssumableRole, AssumeRole } from '../../../aws/assumed-roles';
import type { AwsCredentialSource, SigningRequest, SigV4Signer } from '../../../aws/signing';
import { GatewayError } from '../../../platform/error';
import type { Soon } from '../../../platform/runtime';
import type { AuthScheme } from '../../../wire/providers';
import type { GoogleTokens } from './google-service-account';

/** A call about to be sent. */
export interface AuthorizationRequest extends SigningRequest {
  /** AWS Region, for SigV4. */
  readonly region?: string;
  /** Role that the call is signed with; absent: the process's own credentials. */
  readonly role?: AssumableRole;
}

/** Proves to a provider who we are. */
export interface Authorizer {
  /**
   * Headers to add to the call; they win over any of the same name.
   *
   * @param secret the provider's credential; undefined when the configuration names none
   * @throws GatewayError 503 `provider_misconfigured` when the credential is missing or unusable
   */
  authorize(scheme: AuthScheme, secret: string | undefined, request: AuthorizationRequest): Soon<Readonly<Record<string, string>>>;
}

/** What the schemes need; each is only called for by its own scheme. */
export interface AuthorizerParts {
  readonly signer: SigV4Signer;
  readonly awsCredentials: AwsCredentialSource;
  readonly assumeRole: AssumeRole;
  readonly googleTokens: GoogleTokens;
}

export function createAuthorizer(parts: AuthorizerParts): Authorizer {
  const signed = async (request: AuthorizationRequest, service: string): Promise<Readonly<Record<string, string>>> => {
    const { role, region = '' } = request;
    const credentials = await (role === undefined ? parts.awsCredentials() : parts.assumeRole(role));
    return parts.signer.sign(request, credentials, service, region);
  };
  return {
    authorize(scheme, secret, request) {
      switch (scheme.kind) {
        case 'none':
          return {};
        case 'bearer':
          // Providers on one's own machines often want no credential at all.
          return secret === undefined ? {} : bearer(headerSafe(secret));
        case 'header':
          return secret === undefined ? {} : { [scheme.name]: headerSafe(secret) };
        case 'sigv4':
          // A configured secret is a Bedrock API key: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
          if (secret !== undefined) return bearer(headerSafe(secret));
          return signed(request, scheme.service);
        case 'google-service-account':
          if (secret === undefined) return {};
          // What is not a key file is an access token that somebody else keeps fresh.
          return secret.trimStart().startsWith('{')
            ? parts.googleTokens.token(secret, scheme.scope).then(bearer)
            : bearer(headerSafe(secret));
      }
    },
  };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** A pasted key often ends in a newline; inside, nothing but visible ASCII may reach a header. */
function headerSafe(secret: string): string {
  const key = secret.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new GatewayError({
    code: 'provider_misconfigured',
    message: "The provider's credential is empty or holds characters that a header cannot carry.",
  });
}

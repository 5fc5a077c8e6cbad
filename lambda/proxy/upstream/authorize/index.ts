export type { AwsCredentialSource, AwsCredentials, SigV4Signer } from '../../../aws/signing';
export { awsCredentialSource, createSigV4Signer } from '../../../aws/signing';
export type { AuthorizationRequest, Authorizer, AuthorizerParts } from './authorize';
export { createAuthorizer } from './authorize';
export type { GoogleTokens } from './google-service-account';
export { createGoogleTokens } from './google-service-account';

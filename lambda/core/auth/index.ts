export type { AuthorizationRequest, Authorizer, AuthorizerParts } from './authorize';
export { createAuthorizer } from './authorize';
export type { AwsCredentialSource, AwsCredentials } from './aws-credentials';
export { awsCredentialSource } from './aws-credentials';
export type { GoogleTokens } from './google-service-account';
export { createGoogleTokens } from './google-service-account';
export type { SigV4Signer } from './sigv4';
export { createSigV4Signer } from './sigv4';

export type { AwsCredentialSource, AwsCredentials } from '../../../aws/signing/aws-credentials';
export { awsCredentialSource } from '../../../aws/signing/aws-credentials';
export type { SigV4Signer } from '../../../aws/signing/sigv4';
export { createSigV4Signer } from '../../../aws/signing/sigv4';
export type { AuthorizationRequest, Authorizer, AuthorizerParts } from './authorize';
export { createAuthorizer } from './authorize';
export type { GoogleTokens } from './google-service-account';
export { createGoogleTokens } from './google-service-account';

/** Proves to a provider who we are. */
export type { AuthorizationRequest, Authorizer, AuthorizerParts } from './authorize';
export { createAuthorizer } from './authorize';
export { credentialOf } from './credential';
export type { GoogleTokens } from './google-service-account';
export { createGoogleTokens } from './google-service-account';

/** Who we are to AWS: credentials and signatures. */
export type { AwsCredentialSource, AwsCredentials } from './aws-credentials';
export { roleCredentials } from './role-credentials';
export { createSigV4Signer, type SigningRequest, type SigV4Signer } from './sigv4';

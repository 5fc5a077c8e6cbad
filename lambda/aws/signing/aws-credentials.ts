/** AWS credentials that sign one call. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Gives credentials that are valid now. */
export type AwsCredentialSource = () => Promise<AwsCredentials>;

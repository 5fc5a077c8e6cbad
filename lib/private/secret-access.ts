import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { allow, allowKey } from './role-access';

/** Allows a role to read the value of one secret, and to decrypt it with the secret's own key. */
export function allowReadingSecret(role: iam.IRole, secret: ISecret): void {
  allow(role, ['secretsmanager:GetSecretValue'], [secretPolicyArn(secret)]);
  allowKey(role, secret.encryptionKey, 'kms:Decrypt');
}

/**
 * The secret's ARN as a policy names it. A secret known by name alone lacks the six random characters that Secrets Manager
 * appends, so exactly those stay open.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
export function secretPolicyArn(secret: ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

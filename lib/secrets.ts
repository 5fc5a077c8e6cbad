import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** Properties of the gateway's own secrets. */
export interface GatewaySecretsProps {
  /**
   * What happens to the pepper when it leaves the stack. Without its pepper no virtual key of the tables can be checked.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Customer key that encrypts the secrets.
   *
   * @default - the account's own key for Secrets Manager
   */
  readonly encryptionKey?: kms.IKey;
}

/** The two secrets that the gateway makes for itself. Secrets Manager generates the values; no template holds them. */
export class GatewaySecrets extends Construct {
  /** Keys the HMAC of every virtual key's secret. `version` names the current one of the other fields. */
  readonly pepper: secretsmanager.Secret;

  /** The first admin credential, for the admin plane only: `sk-gw-root-` and the field `secret`. */
  readonly bootstrap: secretsmanager.Secret;

  constructor(scope: Construct, id: string, props: GatewaySecretsProps = {}) {
    super(scope, id);
    const { encryptionKey } = props;
    const letters = { excludePunctuation: true, includeSpace: false };

    this.pepper = new secretsmanager.Secret(this, 'Pepper', {
      description: 'Pepper of the virtual keys of an LLM gateway; losing it invalidates every key',
      encryptionKey,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      generateSecretString: {
        ...letters,
        passwordLength: 64,
        secretStringTemplate: JSON.stringify({ version: '1' }),
        generateStringKey: '1',
      },
    });
    this.bootstrap = new secretsmanager.Secret(this, 'Bootstrap', {
      description: 'First admin credential of an LLM gateway',
      encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
      generateSecretString: {
        ...letters,
        passwordLength: 43,
        secretStringTemplate: JSON.stringify({ key_id: 'root' }),
        generateStringKey: 'secret',
      },
    });
  }
}

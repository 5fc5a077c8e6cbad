import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CapacityPrice } from './capacity-price';
import type { HealthProbe } from './health-probe';
import type { ProviderNetwork } from './provider-network';
import type { MediaLocation } from './provider-props';

/** What a provider is told about the gateway that it is plugged into. */
export interface ProviderBindOptions {
  /** The provider's models that routes name, globs among them. Empty when none is named. */
  readonly models: string[];
}

/** What a provider brings into a gateway. */
export interface ProviderBinding {
  /** A kind that the runtime knows, such as `openai-compatible`. */
  readonly kind: string;

  /**
   * Replaces the kind's own endpoint.
   *
   * @default - the kind's own endpoint
   */
  readonly baseUrl?: string;

  /**
   * Which addresses the base URL may lead to.
   *
   * @default ProviderNetwork.public()
   */
  readonly network?: ProviderNetwork;

  /**
   * Geography or Region that it processes calls in.
   *
   * @default - the Region that is called; a server of one's own is where the gateway is; of others nobody knows
   */
  readonly residency?: string;

  /**
   * The secret that holds the credential. The proxy function is allowed to read it.
   *
   * @default - no credential
   */
  readonly apiKey?: ISecret;

  /**
   * Field of the secret's JSON that holds the credential.
   *
   * @default - the whole secret
   */
  readonly apiKeyField?: string;

  /**
   * Role that calls are signed with. The proxy function must be allowed to take it on.
   *
   * @default - the proxy function's own role
   */
  readonly roleArn?: string;

  /**
   * What the role's account wants to be told when the role is taken on.
   *
   * @default - nothing
   */
  readonly externalId?: string;

  /**
   * Regions or locations, in order of preference.
   *
   * @default - the kind's own default
   */
  readonly regions?: string[];

  /**
   * Globs of bare model names that the provider serves, beyond the kind's own patterns.
   *
   * @default - none
   */
  readonly models?: string[];

  /**
   * The provider's models cost nothing.
   *
   * @default false
   */
  readonly free?: boolean;

  /**
   * What servers that are paid by the hour cost, by what they do.
   *
   * @default - what the provider is charged is what it costs
   */
  readonly capacity?: CapacityPrice;

  /**
   * How the provider is asked whether it is well.
   *
   * @default - it is not
   */
  readonly healthProbe?: HealthProbe;

  /**
   * Calls may name pictures, documents, sound and films by URL, for the provider to fetch.
   *
   * @default - not with servers of your own, nor in a network that is not public
   */
  readonly mediaUrls?: boolean;

  /**
   * Where calls may name media that the provider reads with the gateway's own credential.
   *
   * @default - nowhere
   */
  readonly mediaLocations?: MediaLocation[];

  /**
   * Further settings of the kind.
   *
   * @default - none
   */
  readonly settings?: { [name: string]: string };

  /**
   * What the proxy function's role must be allowed to do.
   *
   * @default - nothing
   */
  readonly statements?: iam.PolicyStatement[];
}

import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CapacityPrice } from './capacity-price';
import type { HealthProbe } from './health-probe';
import type { KeyedProviderProps, MediaLocation, ProviderProps } from './provider-props';

/** Azure OpenAI. Give `resourceName` or `baseUrl`. */
export interface AzureOpenAiProviderProps extends KeyedProviderProps {
  /**
   * Name of the Azure resource: the first label of `https://<name>.openai.azure.com`.
   *
   * @default - taken from `baseUrl`
   */
  readonly resourceName?: string;

  /**
   * A dated API version such as `2024-10-21`, for resources that do not yet serve the v1 endpoint.
   *
   * @default - the v1 endpoint, which needs no version
   */
  readonly apiVersion?: string;

  /**
   * The deployment that every call goes to. Only with `apiVersion`.
   *
   * @default - the model's name is the deployment's name
   */
  readonly deployment?: string;
}

/** Google Cloud's Vertex AI. */
export interface VertexAiProviderProps extends ProviderProps {
  /** Id of the Google Cloud project. */
  readonly project: string;

  /**
   * Locations to call, in order of preference, such as `europe-west1`.
   *
   * @default ['global']
   */
  readonly locations?: string[];

  /** The secret that holds a service account's key file (JSON). */
  readonly credentials: ISecret;

  /**
   * Where calls may name media by `gs://bucket/key`, which Google reads with the service account. Everyone who holds a key can have
   * whatever is there read out: name places that hold nothing else.
   *
   * @default - nowhere: such calls are refused
   */
  readonly mediaLocations?: MediaLocation[];
}

/** Real-time endpoints of Amazon SageMaker AI. */
export interface SageMakerProviderProps extends ProviderProps {
  /**
   * AWS Regions to call, in order of preference.
   *
   * @default - the stack's Region
   */
  readonly regions?: string[];

  /**
   * What the containers call their model, for those that take no other name (vLLM: what it serves it as).
   *
   * @default - the endpoint's name, or that of the inference component
   */
  readonly modelName?: string;

  /**
   * The artifact of a multi-model endpoint, such as `llama.tar.gz`. AWS streams no answers of such endpoints.
   *
   * @default - the endpoints have one model, or inference components
   */
  readonly targetModel?: string;

  /**
   * The variant of the endpoint that answers.
   *
   * @default - as the endpoint shares its calls among its variants
   */
  readonly targetVariant?: string;

  /**
   * Role of another AWS account whose endpoints are called. The proxy function is allowed to take it on; the role has to trust it
   * (`gateway.proxy.role`) and to allow the calls.
   *
   * @default - calls are signed with the function's own role
   */
  readonly role?: iam.IRole;

  /**
   * What the role's trust policy asks for as `sts:ExternalId`. Only with `role`.
   *
   * @default - nothing
   */
  readonly externalId?: string;

  /**
   * What the servers cost by the hour, and how much they do: the price of a token, so that `Strategy.lowestCost()` does not take them for free. Give `free: true`
   * or a price beside it, unless it is `charged`.
   *
   * @default - what the provider is charged is what it costs
   */
  readonly capacity?: CapacityPrice;

  /**
   * Asks SageMaker how its endpoints and inference components are, behind the answers of calls for routes that lead there: one that is not in service is passed over
   * before a call fails, and found again without one. Takes no `path`.
   *
   * The proxy function's role, or `role`, has to be allowed `sagemaker:DescribeEndpoint` and `sagemaker:DescribeInferenceComponent` for that; the first is, by this.
   *
   * @default - calls find out
   */
  readonly healthProbe?: HealthProbe;
}

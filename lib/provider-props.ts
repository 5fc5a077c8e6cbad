import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CapacityPrice } from './capacity-price';
import type { HealthProbe } from './health-probe';
import type { ProviderNetwork } from './provider-network';

/** A bucket, or a folder in one, in which calls may name pictures, documents and films. */
export interface MediaLocation {
  /** `s3://bucket` or `s3://bucket/folder` at Amazon Bedrock, `gs://bucket` or `gs://bucket/folder` at Vertex AI. */
  readonly uri: string;

  /**
   * Id of the AWS account that the bucket belongs to. Its bucket policy has to let the proxy function's role read.
   *
   * @default - the stack's account
   */
  readonly bucketOwner?: string;
}

/** What every provider may be given. */
export interface ProviderOptions {
  /**
   * Which addresses the base URL may lead to.
   *
   * @default ProviderNetwork.public()
   */
  readonly network?: ProviderNetwork;

  /**
   * Globs of bare model names (without the `provider/` prefix) that this provider serves, beyond those that its kind is known for.
   *
   * @default - none
   */
  readonly models?: string[];

  /**
   * Geography (`eu`, `us`) or Region that the provider processes calls in, as your contract with it says: what a residency fence goes by. Providers that are
   * called in Regions need none.
   *
   * @default - the Region that is called; a server of your own is where the gateway is; of others nobody knows, so no fenced call goes there
   */
  readonly residency?: string;

  /**
   * The provider's models cost nothing, so no budget is touched.
   *
   * @default false
   */
  readonly free?: boolean;

  /**
   * Calls may name pictures, documents, sound and films by URL, for the provider to fetch.
   *
   * A server of your own fetches from inside your network, whatever a caller names: allow it only where it can reach nothing that
   * callers may not. Otherwise such calls are refused, or go to another target of their route; media as base64 always pass.
   *
   * @default - true for vendors on the public network; false for Ollama, vLLM, LM Studio, llama.cpp, SGLang and compatible servers, and on loopback or in a VPC
   */
  readonly mediaUrls?: boolean;
}

/** What a provider with an endpoint of its own may be given. */
export interface ProviderProps extends ProviderOptions {
  /**
   * Prefix in `provider/model`, unique in the gateway: lower-case letters, digits and hyphens.
   *
   * @default - the provider's kind, such as `openai` or `azure-openai`
   */
  readonly id?: string;

  /**
   * Replaces the provider's public endpoint: a private link, a proxy, a replay server.
   *
   * @default - the provider's own endpoint
   */
  readonly baseUrl?: string;
}

/** A provider that is called with a secret key. */
export interface KeyedProviderProps extends ProviderProps {
  /** The secret that holds the key. Its value never reaches a template, an environment variable or a log. */
  readonly apiKey: ISecret;

  /**
   * Field of the secret's JSON that holds the key.
   *
   * @default - the whole secret is the key
   */
  readonly apiKeyField?: string;
}

/** What carries the calls to Amazon Bedrock. */
export enum BedrockClient {
  /** The gateway's own HTTP, signed by itself: about a tenth of the CPU of AWS's client. */
  GATEWAY = 'gateway',

  /** AWS's own client, for those whose rules ask for it. */
  AWS_SDK = 'sdk',
}

/** Amazon Bedrock. */
export interface BedrockProviderProps extends ProviderProps {
  /**
   * AWS Regions to call, in order of preference.
   *
   * @default - the stack's Region
   */
  readonly regions?: string[];

  /**
   * A Bedrock API key to use instead of the function's own role.
   *
   * @default - calls are signed with the role
   */
  readonly apiKey?: ISecret;

  /**
   * Field of the secret's JSON that holds the key.
   *
   * @default - the whole secret is the key
   */
  readonly apiKeyField?: string;

  /**
   * Role of another AWS account whose Bedrock is called, with that account's quotas. The proxy function is allowed to take it on; the role has to trust it
   * (`gateway.proxy.role`) and to allow the calls. Give each account an `id`, and a route all of them as targets.
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
   * Id or ARN of a guardrail that every chat call goes through. It must exist in each of the Regions.
   *
   * @default - no guardrail
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails.html
   */
  readonly guardrailId?: string;

  /**
   * Version of the guardrail. Only with `guardrailId`.
   *
   * @default 'DRAFT'
   */
  readonly guardrailVersion?: string;

  /**
   * Where calls may name media by `s3://bucket/key`, which Bedrock reads with the function's role. Everyone who holds a key can have
   * whatever is there read out: name places that hold nothing else. The role is allowed to read these, and nothing besides.
   *
   * @default - nowhere: such calls are refused
   * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_S3Location.html
   */
  readonly mediaLocations?: MediaLocation[];

  /**
   * Ids or ARNs of guardrails that callers of Chat Completions may ask for by `guardrailConfig`, where no `guardrailId` holds for every call.
   * They must exist in each of the Regions.
   *
   * @default - none
   */
  readonly callerGuardrails?: string[];

  /**
   * What carries the calls.
   *
   * @default BedrockClient.GATEWAY
   */
  readonly client?: BedrockClient;
}

/** Any server that speaks a dialect we know, at a URL of yours. */
export interface CompatibleProviderProps extends ProviderOptions {
  /** Prefix in `provider/model`, unique in the gateway: lower-case letters, digits and hyphens. */
  readonly id: string;

  /** Where the dialect's paths begin, such as `https://llm.example.com/v1`. */
  readonly baseUrl: string;

  /**
   * The secret that holds the key.
   *
   * @default - calls carry no credential
   */
  readonly apiKey?: ISecret;

  /**
   * Field of the secret's JSON that holds the key.
   *
   * @default - the whole secret is the key
   */
  readonly apiKeyField?: string;

  /**
   * What the servers cost by the hour, and how much they do: the price of a token, so that `Strategy.lowestCost()` does not take them for free. Give `free: true`
   * or a price beside it, unless it is `charged`.
   *
   * @default - what the provider is charged is what it costs
   */
  readonly capacity?: CapacityPrice;

  /**
   * Asks the server whether it is well, behind the answers of calls for routes that lead there: one that is not is passed over before a call fails, and found again
   * without one.
   *
   * @default - calls find out
   */
  readonly healthProbe?: HealthProbe;
}

/** A model server that you run: Ollama, vLLM, LM Studio, llama.cpp, SGLang. */
export interface SelfHostedProviderProps extends ProviderProps {
  /**
   * The secret that holds the server's key.
   *
   * @default - calls carry no credential
   */
  readonly apiKey?: ISecret;

  /**
   * Field of the secret's JSON that holds the key.
   *
   * @default - the whole secret is the key
   */
  readonly apiKeyField?: string;

  /**
   * What the servers cost by the hour, and how much they do: the price of a token, so that `Strategy.lowestCost()` does not take them for free. Give `free: true`
   * or a price beside it, unless it is `charged`.
   *
   * @default - what the provider is charged is what it costs
   */
  readonly capacity?: CapacityPrice;

  /**
   * Asks the server whether it is well, behind the answers of calls for routes that lead there: one that is not is passed over before a call fails, and found again
   * without one.
   *
   * @default - calls find out
   */
  readonly healthProbe?: HealthProbe;
}

/** The simulated provider. */
export interface SimulatedProviderProps {
  /**
   * Prefix in `provider/model`.
   *
   * @default 'simulated'
   */
  readonly id?: string;

  /**
   * Tokens per second of a streamed answer; 0 sends all at once.
   *
   * @default 80
   */
  readonly tokensPerSecond?: number;

  /**
   * Tokens of an answer whose caller sets no cap.
   *
   * @default 64
   */
  readonly tokens?: number;

  /**
   * Share of calls, in percent, that fail with status 503.
   *
   * @default 0
   */
  readonly errorPercent?: number;
}

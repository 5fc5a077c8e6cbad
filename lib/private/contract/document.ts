import type { BudgetPeriodName } from './budget-period';
import type { CapabilitiesConfig } from './capabilities';
import type { ContentLogConfig } from './content-log';
import type { DeployValue } from './deploy-value';
import type { GuardrailConfig } from './guardrails';
import type { MetricsLevel } from './metrics';
import type { PlacementConfig, SensitiveTargets } from './placement';
import type { RouteConfig } from './routes';

/** Kinds of provider that the runtime knows. One file each in `lambda/wire/providers`. */
export type ProviderKind =
  | 'openai'
  | 'anthropic'
  | 'bedrock'
  | 'azure-openai'
  | 'google-ai-studio'
  | 'vertex-ai'
  | 'mistral'
  | 'cohere'
  | 'groq'
  | 'deepseek'
  | 'xai'
  | 'together'
  | 'fireworks'
  | 'perplexity'
  | 'openrouter'
  | 'cerebras'
  | 'hugging-face'
  | 'nvidia-nim'
  | 'ollama'
  | 'vllm'
  | 'lm-studio'
  | 'llama-cpp'
  | 'sglang'
  | 'sagemaker'
  | 'openai-compatible'
  | 'anthropic-compatible'
  | 'simulated';

/** Where a provider's credential is kept. */
export interface CredentialConfig {
  /** ARN of the Secrets Manager secret. */
  readonly secretArn: DeployValue;
  /** Field of the secret's JSON that holds the key. Default: the whole secret string is the key. */
  readonly field?: string;
}

/** A role that the data plane's own may take on. */
export interface RoleConfig {
  readonly arn: DeployValue;
  /** What the role's account wants to be told. */
  readonly externalId?: string;
}

/** A bucket, or a folder in one, that calls may name media in: `s3://bucket`, `gs://bucket/folder`, without a slash at the end. */
export interface MediaLocationConfig {
  readonly uri: string;
  /** Account that the bucket belongs to, where it is another one than the caller's. */
  readonly bucketOwner?: string;
}

/** US dollars of a million tokens, as decimal strings. */
export interface CapacityConfig {
  readonly input_usd: string;
  readonly output_usd: string;
}

/** How often a provider is asked whether it is well. */
export interface ProbeConfig {
  /** Asked for by GET, at the origin of the base URL. Absent: SageMaker is asked for the endpoint. */
  readonly path?: string;
  readonly every_seconds: number;
}

/** Which addresses a provider may be reached at. */
export type NetworkConfig = 'public' | 'loopback' | 'vpc';

/** One configured provider. */
export interface ProviderConfig {
  /** Prefix in `provider/model`; unique in the document. */
  readonly id: string;
  readonly kind: ProviderKind;
  /** Overrides the kind's own endpoint. Without a trailing slash. */
  readonly baseUrl?: DeployValue;
  readonly credential?: CredentialConfig;
  /** Role of another AWS account that calls are signed with, in place of the data plane's own. */
  readonly role?: RoleConfig;
  /** AWS Regions (Bedrock) or provider locations (Vertex AI), in order of preference. */
  readonly regions?: string[];
  /** Globs of the bare model names this provider serves, beyond its kind's own patterns. */
  readonly models?: string[];
  readonly network: NetworkConfig;
  /** Geography or Region that it processes calls in, where its address does not tell. */
  readonly residency?: string;
  /** The models of this provider cost nothing: no budget is touched. */
  readonly free?: boolean;
  /** What its servers cost by what they do; `lowest_cost` goes by it. */
  readonly capacity?: CapacityConfig;
  /** How it is asked whether it is well. Default: it is not. */
  readonly probe?: ProbeConfig;
  /** Whether media may be named to it by URL, for it to fetch. Default: not to servers of one's own, nor to what is not on a public network. */
  readonly mediaUrls?: boolean;
  /** Where calls may name media that this provider reads with the gateway's own credential. Default: nowhere. */
  readonly mediaLocations?: MediaLocationConfig[];
  /** Further settings of the kind, such as `apiVersion`, `project`, `deployment`. */
  readonly settings?: Record<string, string>;
}

/** What an administrator says of a model: what goes before the catalogue and the price book. */
export interface ModelConfig {
  /** `provider/model`, or a glob of such names. */
  readonly id: string;
  readonly capabilities?: CapabilitiesConfig;
  /** US dollars per million tokens as decimal strings, by class of token. */
  readonly usd_per_million_tokens?: Readonly<Record<string, string>>;
  /** It costs nothing: no budget is touched. */
  readonly free?: boolean;
}

/** Percent above or below a price: from -100 to 1000, with four decimals at most. */
export const PERCENT_PATTERN = '^(-100|1000|-?[1-9]?[0-9](\\.[0-9]{1,4})?|[1-9][0-9]{2}(\\.[0-9]{1,4})?)$';

/** What is charged on top of what models cost, below zero for a discount. */
export interface PriceAdjustmentConfig {
  /** `provider/model`, or a glob of such names. */
  readonly id: string;
  /** Of the provider's terms. */
  readonly percent?: string;
  /** On top of that, for calls of a team, by its id. */
  readonly team_percent?: Readonly<Record<string, string>>;
}

/** Deadlines, all in milliseconds. */
export interface DeadlineConfig {
  /** TCP and TLS set-up. */
  readonly connectMs: number;
  /** From the call to the provider's first meaningful event, per attempt. */
  readonly firstEventMs: number;
  /** Longest silence between two chunks of the provider. */
  readonly idleMs: number;
  /** The whole call, all attempts together. */
  readonly totalMs: number;
  /** A streamed call is committed to after this silence, then kept alive by heartbeats. */
  readonly streamCommitMs: number;
  /** A non-streamed call is committed to after this silence, then kept alive by leading JSON whitespace. */
  readonly jsonCommitMs: number;
  /** Between two heartbeats of a committed, silent call. */
  readonly heartbeatMs: number;
}

/** Deadlines when nothing else is configured. API Gateway cuts 5 idle minutes; Lambda ends at 15 minutes. */
export const DEFAULT_DEADLINES: DeadlineConfig = {
  connectMs: 5_000,
  firstEventMs: 600_000,
  idleMs: 120_000,
  totalMs: 870_000,
  streamCommitMs: 60_000,
  jsonCommitMs: 240_000,
  heartbeatMs: 15_000,
};

/** A budget as the document and the admin API write it. */
export interface BudgetConfig {
  /** US dollars as a decimal string, such as `25.00`. */
  readonly limit_usd: string;
  readonly period: BudgetPeriodName;
  /** Glob of models that the budget covers. Default: every model. */
  readonly model?: string;
  /** Alert only, never refuse. */
  readonly soft?: boolean;
  /** Shares of the limit at which an alert is raised, such as `[0.5, 0.8, 1]`. */
  readonly alert_at?: number[];
  /** Added to the limit until it expires (ISO 8601). */
  readonly increase?: { readonly limit_usd: string; readonly expires_at: string };
}

/** Limits on rates, tokens and concurrency as the document and the admin API write them. */
export interface LimitsConfig {
  readonly requests_per_minute?: number;
  readonly requests_per_day?: number;
  readonly tokens_per_minute?: number;
  readonly tokens_per_day?: number;
  readonly concurrent_requests?: number;
  /** The same limits narrowed to the models that match a glob. */
  readonly per_model?: Record<string, LimitsConfig>;
}

/** What a level binds. */
export interface LevelConfig {
  readonly budgets?: BudgetConfig[];
  readonly limits?: LimitsConfig;
}

/** What happens to a call whose model has no known price. */
export interface UnknownPriceConfig {
  /** `refuse`, or reserve and charge `ceilingUsd`. */
  readonly policy: 'refuse' | 'ceiling';
  /** Decimal string; required with `ceiling`. */
  readonly ceilingUsd?: string;
}

/** Where OpenTelemetry's signals are sent: CloudWatch in the function's Region, or a collector. */
export type OtlpConfig =
  | { readonly kind: 'cloudwatch' }
  | {
      readonly kind: 'collector';
      /** What `/v1/metrics` and `/v1/traces` are appended to. Without a trailing slash. */
      readonly url: DeployValue;
      /** ARN of a secret: a JSON object of the headers that prove the calls. */
      readonly headersSecretArn?: DeployValue;
      readonly network: NetworkConfig;
    };

/** The one configuration document, made and validated at synth, shipped as a layer. */
export interface GatewayDocument {
  readonly version: 1;
  readonly providers: ProviderConfig[];
  readonly routes: RouteConfig[];
  readonly models?: ModelConfig[];
  readonly priceAdjustments?: PriceAdjustmentConfig[];
  readonly deadlines: DeadlineConfig;
  /** Largest accepted request body in bytes. */
  readonly maxBodyBytes: number;
  /** Output cap of calls that name none, in tokens. Absent: they are capped only where the provider or what is left of a budget asks for it. */
  readonly defaultMaxOutputTokens?: number;
  readonly unknownPrice: UnknownPriceConfig;
  /** How much is counted. Default: `essential`. */
  readonly metrics?: MetricsLevel;
  /** Where metrics and spans go beside the log. Default: nowhere. */
  readonly telemetry?: { readonly metrics?: OtlpConfig; readonly spans?: OtlpConfig };
  /** What every call is held to, whoever makes it. */
  readonly placement?: PlacementConfig;
  readonly sensitiveTargets?: SensitiveTargets;
  /** Guardrail policies that levels, routes and requests may name. */
  readonly guardrails?: GuardrailConfig[];
  /** Ids of those that hold for every call. */
  readonly defaultGuardrails?: string[];
  /** Header, in lower case, in which callers say on whose behalf they ask. */
  readonly endUserHeader?: string;
  /** Absent: no contents are kept. */
  readonly contentLog?: ContentLogConfig;
  /** Budgets and limits of the whole gateway (level `gateway`). */
  readonly gateway: LevelConfig;
  /** What binds a key, team, project or user that has no budgets or limits of its own. */
  readonly defaults: {
    readonly key?: LevelConfig;
    readonly team?: LevelConfig;
    readonly project?: LevelConfig;
    readonly user?: LevelConfig;
  };
}

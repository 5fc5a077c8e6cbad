import type { RemovalPolicy, Size } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Alert } from './alert';
import type { Archive } from './archive';
import type { Bill } from './bill';
import type { ComputePlane } from './compute-plane';
import type { ContentLog } from './content-log';
import type { Deadlines } from './deadlines';
import type { GatewayEndpoint } from './gateway-endpoint';
import type { Guardrail } from './guardrail';
import type { Level, UnknownPrice } from './limits';
import type { Metrics } from './metrics';
import type { ModelOverride } from './model-override';
import type { OtlpDestination } from './otlp-destination';
import type { SensitiveTargets, Sensitivity } from './placement';
import type { PriceAdjustment } from './price-adjustment';
import type { Provider } from './provider';
import type { Route } from './route';
import type { SpendExport } from './spend-export';
import type { TlsPolicy } from './tls-policy';

/** Properties of an LLM gateway. Its own `budgets`, `limits` and `modelLimits` bind all callers together. */
export interface LlmGatewayProps extends Level {
  /**
   * Who hosts the models.
   *
   * @default [Provider.bedrock()]
   */
  readonly providers?: Provider[];

  /**
   * Aliases that callers may ask for, with their targets. Models are reachable as `provider/model` without any route.
   *
   * @default - no aliases
   */
  readonly routes?: Route[];

  /**
   * What models can do and cost, where the gateway's own catalogue and price book do not know it or know otherwise.
   *
   * @default - as the catalogue and the price book have it
   */
  readonly models?: ModelOverride[];

  /**
   * Discounts and mark-ups on top of list prices, by provider, model or team.
   *
   * @default - list prices are charged
   */
  readonly priceAdjustments?: PriceAdjustment[];

  /**
   * What binds every key that has no budgets or limits of its own.
   *
   * @default - nothing
   */
  readonly keyDefaults?: Level;

  /**
   * What binds every team that has no budgets or limits of its own.
   *
   * @default - nothing
   */
  readonly teamDefaults?: Level;

  /**
   * What binds every project that has no budgets or limits of its own.
   *
   * @default - nothing
   */
  readonly projectDefaults?: Level;

  /**
   * What binds every user that has no budgets or limits of its own.
   *
   * @default - nothing
   */
  readonly userDefaults?: Level;

  /**
   * How sensitive calls are at least, whoever makes them. Keys, levels, routes and calls (`x-gateway-sensitivity`) may say more, never less.
   *
   * @default Sensitivity.PUBLIC
   */
  readonly sensitivity?: Sensitivity;

  /**
   * Where calls of each label may go. What is sensitive goes nowhere that is not named here, whatever fails.
   *
   * @default - only public calls are answered
   */
  readonly sensitiveTargets?: SensitiveTargets;

  /**
   * Geographies (`eu`, `us`) and Regions (`eu-central-1`) that all calls stay within. Keys, levels and routes may have narrower fences.
   *
   * @default - no fence
   */
  readonly residency?: string[];

  /**
   * What prompts and answers are held to. Levels, keys and routes name more policies of these, a call may ask for more (`x-gateway-guardrails`), nobody for less.
   *
   * @default - nothing is looked into
   */
  readonly guardrails?: Guardrail[];

  /**
   * What happens to a call whose model has no known price.
   *
   * @default UnknownPrice.refuse()
   */
  readonly unknownPrice?: UnknownPrice;

  /**
   * How long the parts of a call may take.
   *
   * @default - see `Deadlines`
   */
  readonly deadlines?: Deadlines;

  /**
   * Largest request body. More than 4 MiB cannot be promised: Lambda's limit of 6 MB counts the serialised event.
   *
   * @default Size.mebibytes(4)
   */
  readonly maxBodySize?: Size;

  /**
   * Output cap, in tokens, of calls that name none, as if they had named it.
   *
   * @default - none: such calls are capped only where the provider's protocol requires it, or where what a model can write
   * may cost more than is left of a budget; `x-gateway-warnings` names such a cap
   */
  readonly defaultMaxOutputTokens?: number;

  /**
   * What runs the data plane.
   *
   * @default ComputePlane.lambda()
   */
  readonly compute?: ComputePlane;

  /**
   * From where callers reach the gateway.
   *
   * @default GatewayEndpoint.regional()
   */
  readonly endpoint?: GatewayEndpoint;

  /**
   * VPCs from which administrators reach the admin plane, `GatewayEndpoint.vpc(...)`: by a private API, not the gateway's `/admin/v1`.
   *
   * @default - the admin plane is a part of the gateway's API
   */
  readonly adminEndpoint?: GatewayEndpoint;

  /**
   * Calls a second over all callers; more are answered 429.
   *
   * @default 1000
   */
  readonly throttlingRateLimit?: number;

  /**
   * Calls that may come at once.
   *
   * @default 2000
   */
  readonly throttlingBurstLimit?: number;

  /**
   * Calls a second to the admin plane, of each method (`GET`, `POST`, ...) over all administrators; more are answered 429.
   *
   * @default 50
   */
  readonly adminThrottlingRateLimit?: number;

  /**
   * Calls of each method that may come to the admin plane at once.
   *
   * @default 100
   */
  readonly adminThrottlingBurstLimit?: number;

  /**
   * Versions of TLS, and ciphers, that the gateway takes from its callers.
   *
   * @default TlsPolicy.TLS_1_2
   */
  readonly tlsPolicy?: TlsPolicy;

  /**
   * What happens to the tables and the pepper when they leave the stack. Tables are protected from deletion unless this is `DESTROY`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Keeps the audit trail in a bucket, so that any later change of it shows: who changed what, and the metadata of every request.
   *
   * @default - changes are kept in a table alone, requests as usage records
   */
  readonly archive?: Archive;

  /**
   * Header in which callers say on whose behalf they ask, beside the fields that their dialects have for it (`user`, `safety_identifier`,
   * `metadata.user_id`); it goes before these. It stays in the gateway: no provider is told of it.
   *
   * @default - the fields alone
   */
  readonly endUserHeader?: string;

  /**
   * Bills of providers that are held against the records once a day, with an alarm where they are apart by more than 0.5 %.
   *
   * @default - only `llm-gateway reconcile` does, where it is called
   */
  readonly bills?: Bill[];

  /**
   * Keeps contents of requests in a bucket, as far as levels and callers want it.
   *
   * @default - no contents are kept anywhere
   */
  readonly contentLog?: ContentLog;

  /**
   * Writes what was spent into a bucket, day by day and by FOCUS, for whoever charges it back; with a table of AWS Glue and a workgroup of Athena.
   *
   * @default - spend is answered by the admin API alone
   */
  readonly spendExport?: SpendExport;

  /**
   * Customer key that encrypts the tables and the gateway's own secrets.
   *
   * @default - keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long the functions' logs are kept. They hold no prompts and no answers.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * How long the API's access log is kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly accessLogRetention?: logs.RetentionDays;

  /**
   * Role with which API Gateway writes logs in this account and Region.
   *
   * @default - a new one, shared by the gateways of the stack
   */
  readonly cloudWatchRole?: iam.IRole;

  /**
   * Whether the stack sets that role for the account and Region. Without a role set by somebody, the access log cannot be made.
   *
   * @default true
   */
  readonly manageAccountLogging?: boolean;

  /**
   * How much is counted, and so billed by CloudWatch.
   *
   * @default Metrics.essential()
   */
  readonly metrics?: Metrics;

  /**
   * Where a span of each request, and one of each attempt at a provider, are sent: OpenTelemetry's `gen_ai` spans, without prompts and answers.
   *
   * @default - nowhere; a caller's `traceparent` is passed on all the same
   */
  readonly spans?: OtlpDestination;

  /**
   * Whether AWS X-Ray follows calls through the API and the functions, as far as it samples them.
   *
   * @default false
   */
  readonly activeTracing?: boolean;

  /**
   * Who is told when an alarm rings and when it is over, and of events such as a budget's threshold.
   *
   * @default - nobody is told
   */
  readonly alerts?: Alert[];
}

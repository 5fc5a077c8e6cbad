/**
 * What the construct library (`lib`), the runtime (`lambda`) and the command (`bin`) must agree on, and nothing else:
 *
 * - `deployment.ts`: names of environment variables, what a deployment is held to.
 * - `tables.ts`: tables, indexes, how their keys begin.
 * - `metrics.ts`: metrics and what each is counted by; `signals.ts`: events, codes of API Gateway's own answers.
 * - `document.ts`: the shape of the configuration document; `routes.ts`: of what a name leads to, and when.
 * - `capabilities.ts`: names of what models can do.
 * - `guardrails.ts`: the shape of guardrail policies; `guardrail-check.ts`: what is wrong with one.
 * - `placement.ts`: how sensitive calls can be, and where they may be processed.
 * - `content-log.ts`: what is kept of contents; `spend-export.ts`: columns of the spend export.
 * - `data-plane-process.ts`: how a data plane that is no function is started.
 *
 * It imports nothing, and is entered here.
 */

export { BILL_FORMATS, type BillConfig, type BillFormat } from './bills';
export { BUDGET_PERIODS, type BudgetPeriodName } from './budget-period';
export {
  CAPABILITY_FIELDS,
  type Capabilities,
  type CapabilitiesConfig,
  type CapabilityName,
  capabilityField,
  EFFORTS,
  type Effort,
  LEAST_LENGTH_TOKENS,
} from './capabilities';
export { CONTENT_LEVELS, CONTENT_PREFIX, type ContentLevel, type ContentLogConfig } from './content-log';
export type { DataPlaneOptions, DataPlaneProcess } from './data-plane-process';
export type { DeployValue } from './deploy-value';
export type { AuditedResource } from './deployment';
export {
  ADMIN_METHODS,
  AUDITED_RESOURCES,
  DEFAULT_CONFIG_FILE,
  DEPLOY_VALUE_PREFIX,
  ENV,
  FUNCTION_TIMEOUT_SECONDS,
  MAX_BODY_BYTES,
  MAX_ENVIRONMENT_BYTES,
  STAGE_NAME,
} from './deployment';
export type {
  BudgetConfig,
  CapacityConfig,
  CredentialConfig,
  DeadlineConfig,
  GatewayDocument,
  LevelConfig,
  LimitsConfig,
  MediaLocationConfig,
  ModelConfig,
  NetworkConfig,
  OtlpConfig,
  PriceAdjustmentConfig,
  ProbeConfig,
  ProviderConfig,
  ProviderKind,
  RoleConfig,
  UnknownPriceConfig,
} from './document';
export { DEFAULT_DEADLINES, PERCENT_PATTERN } from './document';
export {
  type GuardPattern,
  guardPatternProblem,
  MOST_PATTERN_POSITIONS,
  type PatternNode,
  parseGuardPattern,
  type UnitRange,
} from './guard-patterns';
export {
  GUARD_GROUPS,
  GUARD_LOCALES,
  GUARD_TYPES,
  type GuardKind,
  type GuardType,
  type GuardTypeFacts,
  guardTypesOf,
  isGuardTypeOrGroup,
} from './guard-types';
export { type GuardrailProblem, guardrailProblem } from './guardrail-check';
export {
  type BedrockGuardConfig,
  GUARD_ACTIONS,
  GUARD_DIRECTIONS,
  GUARD_HEURISTICS,
  GUARD_NETWORKS,
  GUARD_SEARCHES,
  GUARDRAIL_ID,
  type GuardAction,
  type GuardDirection,
  type GuardRuleConfig,
  type GuardrailConfig,
  type GuardSearch,
  guardDirection,
  MANAGED_SEARCHES,
  MOST_GUARD_RULES,
  MOST_GUARDRAILS,
  type ModerationGuardConfig,
  type WebhookGuardConfig,
} from './guardrails';
export {
  ERROR_TYPES,
  type ErrorType,
  GATEWAY_DIMENSION,
  METRIC_DIMENSIONS,
  METRIC_FACTS,
  METRICS,
  METRICS_LEVELS,
  METRICS_NAMESPACE,
  type MetricDimension,
  type MetricFacts,
  type MetricName,
  type MetricsLevel,
  NO_REGION,
  OTHER_MODEL,
} from './metrics';
export {
  GEOGRAPHIES,
  type Geography,
  type PlacementConfig,
  REGION_NAME,
  SENSITIVITIES,
  type SensitiveTargets,
  type SensitivityLabel,
} from './placement';
export {
  type ConditionConfig,
  DAYS,
  type Day,
  type HoursConfig,
  MOST_CONDITION_VALUES,
  MOST_TARGETS,
  MOST_WEIGHT,
  type ParametersConfig,
  ROUTE_TERMS,
  type RouteConfig,
  type RouteTerms,
  type ShadowConfig,
  STRATEGY_NAMES,
  type StrategyName,
  TARGET_MODEL,
  type TargetConfig,
  TIME_OF_DAY,
} from './routes';
export type { EdgeErrorCode } from './signals';
export { ALERT_EVENTS, type AlertEvent, EVENTS } from './signals';
export { SPEND_COLUMNS, SPEND_PREFIX, type SpendColumn } from './spend-export';
export { AUDIT_PREFIX, DUE_PARTITIONS, STREAMED_RECORDS, TABLES, type TableIndex, TRAIL_PREFIXES } from './tables';

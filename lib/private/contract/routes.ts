import type { BudgetPeriodName } from './budget-period';
import type { Effort } from './capabilities';
import type { PlacementConfig } from './placement';

/** In which order the targets of a route are asked. One file each in `lambda/routing/strategies`. */
export const STRATEGY_NAMES = ['ordered', 'weighted', 'lowest_cost', 'lowest_latency', 'least_busy'] as const;
export type StrategyName = (typeof STRATEGY_NAMES)[number];

/** Days as a condition names them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** A time of day: from the first minute on, up to the second, past midnight where that is earlier. */
export interface HoursConfig {
  /** `22:00`. */
  readonly from: string;
  readonly to: string;
  /** IANA name. Default: `UTC`. */
  readonly time_zone?: string;
  /** On which days it begins. Default: every day. */
  readonly days?: readonly Day[];
}

/** When a target may be asked: every field that is given must hold. Values of labels, keys and teams are globs. */
export interface ConditionConfig {
  /** Labels that the caller sends in `x-gateway-metadata` or `x-gateway-tags`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Tags that administrators bound to the key or to a level above it. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Ids of keys. */
  readonly keys?: readonly string[];
  /** Ids of teams. */
  readonly teams?: readonly string[];
  /** Of the prompt, as the gateway estimates it. */
  readonly min_input_tokens?: number;
  readonly max_input_tokens?: number;
  /** Whether the call brings tools. */
  readonly tools?: boolean;
  /** Whether the call holds pictures. */
  readonly pictures?: boolean;
  readonly hours?: HoursConfig;
}

/** What is written into a call that leaves it open, at one target. */
export interface ParametersConfig {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly effort?: Effort;
  readonly service_tier?: string;
  readonly max_output_tokens?: number;
}

/** One place to which a route may send a call. */
export interface TargetConfig {
  /** Id of a configured provider. */
  readonly provider: string;
  /** The model's name at that provider. */
  readonly model: string;
  /** Share of the calls, beside the others' weights. 0: asked only once all others cannot answer. Default: 1. */
  readonly weight?: number;
  /** What the provider takes of this gateway, all callers together. */
  readonly requests_per_minute?: number;
  readonly tokens_per_minute?: number;
  readonly when?: ConditionConfig;
  readonly parameters?: ParametersConfig;
}

/** A target that a share of a route's calls is also sent to, once they are answered; nobody hears its answers. */
export interface ShadowConfig extends Pick<TargetConfig, 'provider' | 'model' | 'parameters'> {
  /** Of the calls that were answered, above 0 and up to 1. */
  readonly share: number;
  /** What it may cost; then calls have no shadow. */
  readonly budget: { readonly limit_usd: string; readonly period: BudgetPeriodName };
}

/** An alias (or glob of aliases), its targets, and how one of them is chosen. */
export interface RouteConfig extends PlacementConfig {
  /** What callers ask for: `smart`, or a glob such as `claude-*`. */
  readonly alias: string;
  /** The next one only while nothing has been sent to the caller. */
  readonly targets: TargetConfig[];
  /** Default: `ordered`. */
  readonly strategy?: StrategyName;
  /** Whether the calls of one conversation go to one target while that answers. Default: true. */
  readonly affinity?: boolean;
  /** Alias or model that takes a call which no budget covers. */
  readonly budget_fallback?: string;
  /** Whether what one provider's content policy refuses is asked of the next target. Default: false. */
  readonly content_policy_fallback?: boolean;
  /** The most that one of its calls may cost, as decimal US dollars. Default: as much as budgets leave. */
  readonly max_cost_usd?: string;
  /** Default: none. */
  readonly shadow?: ShadowConfig;
  /** Ids of guardrail policies that its calls are held to; what was deployed holds too. */
  readonly guardrails?: readonly string[];
}

/** What a route says beside its alias and its targets. */
export type RouteTerms = Omit<RouteConfig, 'alias' | 'targets'>;

/** Names of the fields of `RouteTerms`, as a run-time change may give them. */
export const ROUTE_TERMS = [
  'strategy',
  'affinity',
  'budget_fallback',
  'content_policy_fallback',
  'max_cost_usd',
  'shadow',
  'sensitivity',
  'residency',
  'guardrails',
] as const satisfies readonly (keyof RouteTerms)[];

/** What a target names that can exist: one model, or `*` for the name that the caller asked for. */
export const TARGET_MODEL = '^(?:\\*|(?!.*(?:\\.\\.|//))[A-Za-z0-9][A-Za-z0-9._:/@+~-]{0,255})$';
/** `08:30`. */
export const TIME_OF_DAY = '^(?:[01]\\d|2[0-3]):[0-5]\\d$';
/** Most conditions' labels, keys and teams of one target. */
export const MOST_CONDITION_VALUES = 32;
export const MOST_WEIGHT = 1_000_000;
export const MOST_TARGETS = 16;

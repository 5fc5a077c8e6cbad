import type { DeployValue } from './deploy-value';
import type { SensitivityLabel } from './placement';

/** What becomes of a call or an answer in which a rule finds something, the mildest first. */
export const GUARD_ACTIONS = ['flag', 'mask', 'route', 'block'] as const;
export type GuardAction = (typeof GUARD_ACTIONS)[number];

export const GUARD_DIRECTIONS = ['input', 'output', 'both'] as const;
export type GuardDirection = (typeof GUARD_DIRECTIONS)[number];

/** What a rule finds by; each rule has exactly one. The first four are looked for here, the others ask a service. */
export const GUARD_SEARCHES = ['detect', 'pattern', 'deny', 'heuristic', 'bedrock', 'openai_moderation', 'webhook'] as const;
export type GuardSearch = (typeof GUARD_SEARCHES)[number];

/** Those that ask a service. */
export const MANAGED_SEARCHES = ['bedrock', 'openai_moderation', 'webhook'] as const satisfies readonly GuardSearch[];

/** Scores that are estimated here. They only flag. */
export const GUARD_HEURISTICS = ['prompt_attack'] as const;

/** A guardrail of Amazon Bedrock. */
export interface BedrockGuardConfig {
  readonly guardrail_id: string;
  /** A number, or `DRAFT`. */
  readonly guardrail_version: string;
  /** Default: the Region of the gateway. */
  readonly region?: string;
  /** Answers are held against documents and results of tools in their prompt, and against its question. Default: false. */
  readonly grounding?: boolean;
}

/** A moderation endpoint in OpenAI's format. */
export interface ModerationGuardConfig {
  /** Id of a configured provider. */
  readonly provider: string;
  readonly model: string;
  /** Default: all. */
  readonly categories?: readonly string[];
  /** Score, 0 to 1, from which a category counts. Default: what the provider says. */
  readonly threshold?: number;
}

export const GUARD_NETWORKS = ['public', 'vpc', 'loopback'] as const;

/** A service of one's own. */
export interface WebhookGuardConfig {
  /** Plain `http:` only in a network of one's own. */
  readonly url: string;
  /** Which addresses it may have. Default: `public`. */
  readonly network?: (typeof GUARD_NETWORKS)[number];
  readonly timeout_ms?: number;
  /** Calls are signed with it. It is shown to nobody. */
  readonly secret?: string;
  /** ARN of the secret that calls are signed with, where the construct names one. */
  readonly secret_arn?: DeployValue;
}

/** What is looked for, where, and what is done about it. */
export interface GuardRuleConfig {
  /** Names it in records and headers; of a pattern also the type of what it finds. */
  readonly name: string;
  /** Types and groups of types. */
  readonly detect?: readonly string[];
  /** Of `detect`: of which countries. Default: all. */
  readonly locales?: readonly string[];
  /** A regular expression without lookaround and back references, which is read in linear time. */
  readonly pattern?: string;
  /** Words and phrases, in any case of letters. */
  readonly deny?: readonly string[];
  readonly heuristic?: (typeof GUARD_HEURISTICS)[number];
  /** Score, 0 to 1, from which a heuristic counts. */
  readonly threshold?: number;
  readonly bedrock?: BedrockGuardConfig;
  readonly openai_moderation?: ModerationGuardConfig;
  readonly webhook?: WebhookGuardConfig;
  readonly action: GuardAction;
  /** Default: `both`; of an action `route` and of a heuristic, `input`. */
  readonly direction?: GuardDirection;
  /** Of an action `mask` on input: the answer comes back with the values that were masked. Default: false. */
  readonly reversible?: boolean;
  /** Of an action `route`: patterns of `provider/model` that alone may serve a call in which something was found. */
  readonly targets?: readonly string[];
  /** Of an action `route`: how sensitive a call is in which something was found, at least; it goes where such calls may go. */
  readonly sensitivity?: SensitivityLabel;
  /** What becomes of a call whose check does not come to an end. Default: `block`. */
  readonly on_failure?: 'block' | 'allow';
}

/** A guardrail policy, as the construct, the admin API and `guard test` write it. */
export interface GuardrailConfig {
  readonly id: string;
  readonly name?: string;
  /** False: whoever names it is not guarded by it. Default: true. */
  readonly enabled?: boolean;
  readonly rules: readonly GuardRuleConfig[];
  /** What becomes of calls that hold or ask for pictures, sound, films or files, which no rule looks into. Default: `allow`. */
  readonly media?: 'allow' | 'refuse';
  /** Endpoints that it holds for, such as `/v1/embeddings`. Default: all. */
  readonly endpoints?: readonly string[];
}

export const GUARDRAIL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const GUARD_RULE_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
export const MOST_GUARD_RULES = 64;
/** Most policies that one level, route or request may name. */
export const MOST_GUARDRAILS = 16;

/** Direction in which a rule looks. */
export function guardDirection({ direction, action, heuristic }: GuardRuleConfig): GuardDirection {
  return direction ?? (action === 'route' || heuristic !== undefined ? 'input' : 'both');
}

import { guardPatternProblem } from './guard-patterns';
import { GUARD_LOCALES, isGuardTypeOrGroup } from './guard-types';
import {
  GUARD_ACTIONS,
  GUARD_DIRECTIONS,
  GUARD_HEURISTICS,
  GUARD_NETWORKS,
  GUARD_RULE_NAME,
  GUARD_SEARCHES,
  GUARDRAIL_ID,
  type GuardRuleConfig,
  type GuardSearch,
  guardDirection,
  MANAGED_SEARCHES,
  MOST_GUARD_RULES,
} from './guardrails';
import { SENSITIVITIES } from './placement';

/** The first thing that is wrong with a policy. */
export interface GuardrailProblem {
  /** Path of the field: `rules[0].detect`. */
  readonly field: string;
  /** What follows the field's name in a sentence. */
  readonly problem: string;
}

type Fields = Readonly<Record<string, unknown>>;
/** Undefined: nothing is wrong. */
type Check = (value: unknown, field: string) => GuardrailProblem | undefined;

const at = (field: string, problem: string): GuardrailProblem => ({ field, problem });

const text =
  (most: number, pattern?: RegExp): Check =>
  (value, field) => {
    if (typeof value !== 'string' || value === '' || value.length > most) return at(field, `must be a text of 1 to ${most} characters`);
    return pattern === undefined || pattern.test(value) ? undefined : at(field, `must match ${pattern.source}`);
  };
const oneOf =
  (values: readonly unknown[]): Check =>
  (value, field) =>
    values.includes(value) ? undefined : at(field, `must be one of ${values.map((each) => JSON.stringify(each)).join(', ')}`);
const number =
  (least: number, most: number, whole = false): Check =>
  (value, field) =>
    typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
      ? undefined
      : at(field, `must be ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`);
const list =
  (item: Check, most: number, least = 1): Check =>
  (value, field) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return at(field, `must be a list of ${least} to ${most}`);
    return first(value.map((each, index) => () => item(each, `${field}[${index}]`)));
  };
const fields =
  (known: Readonly<Record<string, Check>>, required: readonly string[]): Check =>
  (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return at(field, 'must be an object');
    const inner = (name: string): string => (field === '' ? name : `${field}.${name}`);
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(known, name));
    if (unknown !== undefined) return at(inner(unknown), `is not a known field; known are ${Object.keys(known).join(', ')}`);
    const given = value as Fields;
    const missing = required.find((name) => given[name] === undefined);
    if (missing !== undefined) return at(inner(missing), 'is required');
    return first(
      Object.entries(known).map(
        ([name, check]) =>
          () =>
            given[name] === undefined ? undefined : check(given[name], inner(name)),
      ),
    );
  };

function first(checks: readonly (() => GuardrailProblem | undefined)[]): GuardrailProblem | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const FLAG = oneOf([true, false]);
const TARGET = text(256, /^(?:\*|[^\s/]+\/\S+)$/);
const DEPLOY_VALUE = fields({ value: text(2_048), env: text(256) }, []);

const PATTERN = text(1_024);

function checkPattern(value: unknown, field: string): GuardrailProblem | undefined {
  const problem = PATTERN(value, field);
  if (problem !== undefined) return problem;
  const why = guardPatternProblem(value as string);
  return why === undefined ? undefined : at(field, why);
}

const RULE_FIELDS = fields(
  {
    name: text(64, GUARD_RULE_NAME),
    detect: list(
      (value, field) => (isGuardTypeOrGroup(String(value)) ? undefined : at(field, 'must be a type or group that is known')),
      64,
    ),
    locales: list(oneOf(GUARD_LOCALES), 32),
    pattern: checkPattern,
    deny: list(text(256), 1_000),
    heuristic: oneOf(GUARD_HEURISTICS),
    threshold: number(0, 1),
    bedrock: fields(
      {
        guardrail_id: text(2_048),
        guardrail_version: text(8, /^(?:DRAFT|[1-9]\d*)$/),
        region: text(32, /^[a-z]{2}(?:-[a-z]+)+-\d$/),
        grounding: FLAG,
      },
      ['guardrail_id', 'guardrail_version'],
    ),
    openai_moderation: fields({ provider: text(64), model: text(256), categories: list(text(64), 64), threshold: number(0, 1) }, [
      'provider',
      'model',
    ]),
    webhook: fields(
      {
        url: text(2_048, /^https?:\/\/[^\s/]+\S*$/),
        network: oneOf(GUARD_NETWORKS),
        timeout_ms: number(50, 30_000, true),
        secret: text(1_024),
        secret_arn: DEPLOY_VALUE,
      },
      ['url'],
    ),
    action: oneOf(GUARD_ACTIONS),
    direction: oneOf(GUARD_DIRECTIONS),
    reversible: FLAG,
    targets: list(TARGET, 32),
    sensitivity: oneOf(SENSITIVITIES.filter((label) => label !== 'public')),
    on_failure: oneOf(['block', 'allow']),
  },
  ['name', 'action'],
);

/** Fields that say more of what a rule finds by, and of which. */
const BELONG_TO: Readonly<Record<string, readonly GuardSearch[]>> = {
  locales: ['detect'],
  threshold: ['heuristic'],
  on_failure: MANAGED_SEARCHES,
};

function checkRule(value: unknown, field: string): GuardrailProblem | undefined {
  const shape = RULE_FIELDS(value, field);
  if (shape !== undefined) return shape;
  const rule = value as GuardRuleConfig;
  const searches = GUARD_SEARCHES.filter((name) => rule[name] !== undefined);
  const [search, another] = searches;
  if (search === undefined) return at(field, `must have one of ${GUARD_SEARCHES.join(', ')}`);
  if (another !== undefined) return at(`${field}.${another}`, `stands beside ${search}: a rule has one of ${GUARD_SEARCHES.join(', ')}`);
  for (const [name, owners] of Object.entries(BELONG_TO)) {
    if (name in rule && !owners.includes(search)) return at(`${field}.${name}`, `belongs to ${owners.join(', ')}`);
  }
  const { url, network = 'public' } = rule.webhook ?? {};
  if (url !== undefined && (!URL.canParse(url) || new URL(url).username !== ''))
    return at(`${field}.webhook.url`, 'must be a URL without credentials');
  if (url?.startsWith('http:') === true && network === 'public')
    return at(`${field}.webhook.url`, 'must be https, unless network is "vpc" or "loopback"');
  const direction = guardDirection(rule);
  if (search === 'heuristic' && rule.action !== 'flag')
    return at(`${field}.action`, 'must be "flag": a heuristic is not sure enough to do more');
  if (search === 'heuristic' && direction !== 'input') return at(`${field}.direction`, 'must be "input": attacks come with the prompt');
  if (rule.bedrock?.grounding === true && direction !== 'output')
    return at(`${field}.direction`, 'must be "output": grounding holds answers against their prompt');
  if (search === 'openai_moderation' && rule.action === 'mask')
    return at(`${field}.action`, 'must not be "mask": moderation does not say where it found something');
  if (rule.action === 'route' && direction !== 'input') return at(`${field}.direction`, 'must be "input": an answer is there already');
  if (rule.action === 'route' && rule.targets === undefined && rule.sensitivity === undefined)
    return at(`${field}.targets`, 'is required, or "sensitivity": name the targets that may serve such a call, or say how sensitive it is');
  for (const name of ['targets', 'sensitivity'] as const) {
    if (rule.action !== 'route' && rule[name] !== undefined) return at(`${field}.${name}`, 'belongs to the action "route"');
  }
  if (rule.reversible === true && (rule.action !== 'mask' || direction === 'output' || isManaged(search)))
    return at(`${field}.reversible`, 'belongs to masks of input that are made here');
  return undefined;
}

function isManaged(search: GuardSearch): boolean {
  return (MANAGED_SEARCHES as readonly GuardSearch[]).includes(search);
}

const POLICY = fields(
  {
    id: text(64, GUARDRAIL_ID),
    name: text(128),
    enabled: FLAG,
    rules: list(checkRule, MOST_GUARD_RULES, 0),
    media: oneOf(['allow', 'refuse']),
    endpoints: list(text(64, /^\/v1\/[a-z_/]+$/), 32),
  },
  ['id', 'rules'],
);

/** What is wrong with a policy, by the name of the first field at fault; undefined where nothing is. */
export function guardrailProblem(policy: unknown): GuardrailProblem | undefined {
  const problem = POLICY(policy, '');
  if (problem !== undefined) return problem;
  const names = (policy as { readonly rules: readonly GuardRuleConfig[] }).rules.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  return twice < 0 ? undefined : at(`rules[${twice}].name`, 'is the name of another rule too');
}

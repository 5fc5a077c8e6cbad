import type { Route } from '../route';
import type { DailyHours, RouteCondition } from '../route-condition';
import type { ShadowTraffic } from '../shadow-traffic';
import type { Target, TargetOptions, TargetParameters } from '../target';
import {
  type ConditionConfig,
  DAYS,
  EFFORTS,
  type HoursConfig,
  MOST_CONDITION_VALUES,
  MOST_TARGETS,
  MOST_WEIGHT,
  type ParametersConfig,
  type RouteConfig,
  type ShadowConfig,
  STRATEGY_NAMES,
  TARGET_MODEL,
  type TargetConfig,
  TIME_OF_DAY,
} from './contract';
import { placementConfig } from './placement-config';
import { checkGlob, checkUsd } from './validation';

const MOST_A_MINUTE = 1_000_000_000_000;
const MOST_TOKENS = 1_000_000_000;
const MOST_TEMPERATURE = 2;
/** Names of labels and tags, as the runtime takes them. */
const LABEL = /^[A-Za-z0-9_.:-]{1,64}$/;
const TIER = /^[a-z][a-z0-9_-]{0,31}$/;

/** The document's form of the routes. Throws, naming route, field, value and fix, on what makes no sense. */
export function routeConfigs(routes: readonly Route[], ids: ReadonlySet<string>): RouteConfig[] {
  const configs = routes.map((route) => routeConfig(route, ids));
  const aliases = new Set<string>();
  for (const { alias } of configs) {
    if (aliases.has(alias)) throw new Error(`two routes have the alias "${alias}"; list all targets in one of them, best first`);
    aliases.add(alias);
  }
  for (const config of configs) checkBudgetFallback(config, configs, ids);
  return configs;
}

function routeConfig({ alias, targets, options }: Route, ids: ReadonlySet<string>): RouteConfig {
  checkGlob('the alias of a route', alias);
  const prefix = alias.split('/')[0] ?? '';
  if (alias.includes('/') && ids.has(prefix)) {
    throw new Error(
      `the alias "${alias}" would hide models of the provider "${prefix}"; choose an alias that does not begin with a provider's id and a slash`,
    );
  }
  if (targets.length === 0)
    throw new Error(`the route "${alias}" has no targets; give at least one, for example Target.model("bedrock/<model>")`);
  if (targets.length > MOST_TARGETS)
    throw new Error(`the route "${alias}" has ${targets.length} targets; give at most ${MOST_TARGETS}, or make a second route`);
  const { strategy, affinity, budgetFallback, contentPolicyFallback, maxCostUsd, shadow, sensitivity, residency, guardrails } = options;
  const name = STRATEGY_NAMES.find((known) => known === strategy?.name);
  return {
    alias,
    targets: targets.map((target) => targetConfig(alias, target, ids)),
    ...(name === undefined ? {} : { strategy: name }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(budgetFallback === undefined ? {} : { budget_fallback: budgetFallback }),
    ...(contentPolicyFallback === undefined ? {} : { content_policy_fallback: contentPolicyFallback }),
    ...(maxCostUsd === undefined ? {} : { max_cost_usd: checkUsd(`"maxCostUsd" of the route "${alias}"`, maxCostUsd) }),
    ...(shadow === undefined ? {} : { shadow: shadowConfig(alias, shadow, ids) }),
    ...placementConfig(`the route "${alias}"`, sensitivity, residency),
    ...(guardrails === undefined ? {} : { guardrails: [...guardrails] }),
  };
}

function shadowConfig(alias: string, { target, share, limitUsd, period }: ShadowTraffic, ids: ReadonlySet<string>): ShadowConfig {
  const { provider, model, parameters, ...others } = targetConfig(alias, target, ids);
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`the target of "shadow" of the route "${alias}" has ${other}; say its parameters alone`);
  if (!(share > 0 && share <= 1)) throw new Error(`"shadow.share" of the route "${alias}" is ${share}; give a number above 0 and up to 1`);
  return {
    provider,
    model,
    ...(parameters === undefined ? {} : { parameters }),
    share,
    budget: { limit_usd: checkUsd(`"shadow.limitUsd" of the route "${alias}"`, limitUsd), period: period ?? 'day' },
  };
}

/** What nobody could be asked for would only refuse later, in words that the caller cannot place. */
function checkBudgetFallback(
  { alias, budget_fallback: name }: RouteConfig,
  routes: readonly RouteConfig[],
  ids: ReadonlySet<string>,
): void {
  if (name === undefined) return;
  const isAlias = !name.includes('*') && routes.some((route) => route.alias === name && route.alias !== alias);
  const isModel = name.includes('/') && ids.has(name.split('/')[0] ?? '') && new RegExp(TARGET_MODEL).test(name);
  if (isAlias || isModel) return;
  throw new Error(
    `"budgetFallback" of the route "${alias}" is "${name}"; give the alias of another route, without *, or "<provider id>/<model>" with one of ${[...ids].join(', ')}`,
  );
}

function targetConfig(alias: string, { provider, modelName, options }: Target, ids: ReadonlySet<string>): TargetConfig {
  if (!ids.has(provider)) {
    throw new Error(
      `the route "${alias}" names the provider "${provider}", which is not configured; use one of ${[...ids].join(', ')}, or add it to "providers"`,
    );
  }
  if (!new RegExp(TARGET_MODEL).test(modelName)) {
    throw new Error(
      `the route "${alias}" names the model "${modelName}"; a target is one model, not a pattern: write its name, or "${provider}/*" for the name that the caller asked for`,
    );
  }
  const what = `target "${provider}/${modelName}" of the route "${alias}"`;
  return { provider, model: modelName, ...optionsConfig(what, options) };
}

function optionsConfig(what: string, options: TargetOptions): Omit<TargetConfig, 'provider' | 'model'> {
  const { weight, requestsPerMinute, tokensPerMinute, when, parameters } = options;
  if (weight !== undefined && !(Number.isFinite(weight) && weight >= 0 && weight <= MOST_WEIGHT))
    throw new Error(`"weight" of ${what} is ${weight}; give a number from 0 to ${MOST_WEIGHT}, 0 for a standby`);
  checkCount(`"requestsPerMinute" of ${what}`, requestsPerMinute, MOST_A_MINUTE);
  checkCount(`"tokensPerMinute" of ${what}`, tokensPerMinute, MOST_A_MINUTE);
  return {
    ...(weight === undefined ? {} : { weight }),
    ...(requestsPerMinute === undefined ? {} : { requests_per_minute: requestsPerMinute }),
    ...(tokensPerMinute === undefined ? {} : { tokens_per_minute: tokensPerMinute }),
    ...(when === undefined ? {} : { when: conditionConfig(what, when) }),
    ...(parameters === undefined ? {} : { parameters: parametersConfig(what, parameters) }),
  };
}

function conditionConfig(what: string, condition: RouteCondition): ConditionConfig {
  const { metadata, tags, keys, teams, minInputTokens, maxInputTokens, tools, pictures, hours } = condition;
  checkCount(`"when.minInputTokens" of ${what}`, minInputTokens, MOST_TOKENS);
  checkCount(`"when.maxInputTokens" of ${what}`, maxInputTokens, MOST_TOKENS);
  if (minInputTokens !== undefined && maxInputTokens !== undefined && minInputTokens > maxInputTokens) {
    throw new Error(
      `"when.minInputTokens" of ${what} is ${minInputTokens}, above its "maxInputTokens" of ${maxInputTokens}; no call would ever fit`,
    );
  }
  const config: ConditionConfig = {
    ...(metadata === undefined ? {} : { metadata: labelsConfig(`"when.metadata" of ${what}`, metadata) }),
    ...(tags === undefined ? {} : { tags: labelsConfig(`"when.tags" of ${what}`, tags) }),
    ...(keys === undefined ? {} : { keys: idsConfig(`"when.keys" of ${what}`, keys) }),
    ...(teams === undefined ? {} : { teams: idsConfig(`"when.teams" of ${what}`, teams) }),
    ...(minInputTokens === undefined ? {} : { min_input_tokens: minInputTokens }),
    ...(maxInputTokens === undefined ? {} : { max_input_tokens: maxInputTokens }),
    ...(tools === undefined ? {} : { tools }),
    ...(pictures === undefined ? {} : { pictures }),
    ...(hours === undefined ? {} : { hours: hoursConfig(`"when.hours" of ${what}`, hours) }),
  };
  if (Object.keys(config).length === 0) throw new Error(`"when" of ${what} says nothing; leave it out, or give at least one of its fields`);
  return config;
}

function labelsConfig(what: string, labels: Readonly<Record<string, string>>): Record<string, string> {
  checkSome(what, Object.keys(labels).length);
  for (const [name, value] of Object.entries(labels)) {
    if (!LABEL.test(name)) throw new Error(`${what} names "${name}"; give names of 1 to 64 letters, digits and _ . : -`);
    if (value === '' || value.length > 256)
      throw new Error(`${what} gives "${name}" the value "${value}"; give 1 to 256 characters, * for any`);
  }
  return { ...labels };
}

function idsConfig(what: string, values: readonly string[]): string[] {
  checkSome(what, values.length);
  return values.map((value) => checkGlob(what, value));
}

function checkSome(what: string, count: number): void {
  if (count < 1 || count > MOST_CONDITION_VALUES) throw new Error(`${what} has ${count} entries; give 1 to ${MOST_CONDITION_VALUES}`);
}

function hoursConfig(what: string, { from, to, timeZone, days }: DailyHours): HoursConfig {
  for (const [name, value] of Object.entries({ from, to })) {
    if (!new RegExp(TIME_OF_DAY).test(value)) throw new Error(`${what}: "${name}" is "${value}"; give a time of day such as "08:30"`);
  }
  if (from === to) throw new Error(`${what} begins and ends at "${from}"; leave it out for the whole day`);
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new Error(`${what}: "timeZone" is "${timeZone}"; give an IANA name such as "Europe/Berlin"`);
  const known = (days ?? []).map((day) => {
    const found = DAYS.find((name) => name === day);
    if (found === undefined) throw new Error(`${what}: "days" holds "${day}"; give some of ${DAYS.join(', ')}`);
    return found;
  });
  return { from, to, ...(timeZone === undefined ? {} : { time_zone: timeZone }), ...(known.length === 0 ? {} : { days: known }) };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function parametersConfig(what: string, parameters: TargetParameters): ParametersConfig {
  const { temperature, topP, effort, serviceTier, maxOutputTokens } = parameters;
  checkShare(`"parameters.temperature" of ${what}`, temperature, MOST_TEMPERATURE);
  checkShare(`"parameters.topP" of ${what}`, topP, 1);
  checkCount(`"parameters.maxOutputTokens" of ${what}`, maxOutputTokens, MOST_TOKENS);
  const known = EFFORTS.find((name) => name === effort);
  if (effort !== undefined && known === undefined)
    throw new Error(`"parameters.effort" of ${what} is "${effort}"; give one of ${EFFORTS.join(', ')}`);
  if (serviceTier !== undefined && !TIER.test(serviceTier))
    throw new Error(`"parameters.serviceTier" of ${what} is "${serviceTier}"; give the provider's own name of a tier, for example "flex"`);
  const config: ParametersConfig = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(known === undefined ? {} : { effort: known }),
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
  };
  if (Object.keys(config).length === 0)
    throw new Error(`"parameters" of ${what} says nothing; leave it out, or give at least one of its fields`);
  return config;
}

function checkShare(what: string, value: number | undefined, most: number): void {
  if (value === undefined || (value >= 0 && value <= most)) return;
  throw new Error(`${what} is ${value}; give a number from 0 to ${most}`);
}

function checkCount(what: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1 && value <= most)) return;
  throw new Error(`${what} is ${value}; give a whole number from 1 to ${most}`);
}

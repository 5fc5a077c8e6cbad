import { type Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Guardrail } from '../guardrail';
import type { GuardrailRule, ManagedGuardrailRuleOptions } from '../guardrail-rule';
import type { ProviderNetwork } from '../provider-network';
import { guardrailStatement } from './bedrock-access';
import { type GuardRuleConfig, type GuardrailConfig, guardrailProblem, MOST_GUARDRAILS, type RouteConfig } from './contract';
import type { DeployValues } from './deploy-values';

/** The document's part of the guardrail policies, and the secrets that they are signed with. */
export interface BoundGuardrails {
  readonly fields: { readonly guardrails?: GuardrailConfig[]; readonly defaultGuardrails?: string[] };
  readonly secrets: ISecret[];
  /** What the function's role needs to ask guardrails of Bedrock: exactly those that rules name. */
  readonly statements: iam.PolicyStatement[];
  /** Networks of services that rules ask, with the rule's name. */
  readonly networks: { readonly id: string; readonly network: ProviderNetwork }[];
}

/** The document's form of the policies. Throws, naming policy, field and fix, on what makes no sense. */
export function bindGuardrails(
  stack: Stack,
  guardrails: readonly Guardrail[],
  ids: ReadonlySet<string>,
  values: DeployValues,
): BoundGuardrails {
  const configs = guardrails.map((guardrail) => checked(configOf(guardrail, values), ids));
  const seen = new Set<string>();
  for (const { id } of configs) {
    if (seen.has(id)) throw new Error(`two guardrail policies have the id "${id}"; give one of them another, or put all rules into one`);
    seen.add(id);
  }
  const always = guardrails.filter(({ options }) => options.always !== false).map(({ id }) => id);
  if (always.length > MOST_GUARDRAILS)
    throw new Error(`${always.length} guardrail policies hold for every call; at most ${MOST_GUARDRAILS} may: put their rules together`);
  return {
    fields: {
      ...(configs.length === 0 ? {} : { guardrails: configs }),
      ...(always.length === 0 ? {} : { defaultGuardrails: always }),
    },
    secrets: guardrails.flatMap(({ options }) => options.rules.flatMap(({ _secret }) => _secret ?? [])),
    statements: bedrockStatements(stack, configs),
    networks: guardrails.flatMap(({ options }) =>
      options.rules.flatMap(({ name, _network }) => (_network === undefined ? [] : [{ id: name, network: _network }])),
    ),
  };
}

function bedrockStatements(stack: Stack, configs: readonly GuardrailConfig[]): iam.PolicyStatement[] {
  const asked = configs.flatMap(({ rules }) => rules.flatMap(({ bedrock }) => bedrock ?? []));
  const places = new Map(asked.map(({ guardrail_id: id, region }) => [`${region} ${id}`, { id, region }]));
  return [...places.values()].map(({ id, region }) => guardrailStatement(stack, region === undefined ? undefined : [region], id));
}

/** Throws where a route names a policy that there is not: its calls would be refused. */
export function checkRouteGuardrails(routes: readonly RouteConfig[], guardrails: readonly Guardrail[]): void {
  for (const { alias, guardrails: named = [] } of routes) {
    const unknown = named.find((id) => !guardrails.some((guardrail) => guardrail.id === id));
    if (unknown === undefined) continue;
    const known = guardrails.map(({ id }) => `"${id}"`).join(', ');
    const choices = known === '' ? 'add it to "guardrails"' : `use one of ${known}, or add it to "guardrails"`;
    throw new Error(`the route "${alias}" names the guardrail policy "${unknown}", which is not configured; ${choices}`);
  }
}

function configOf({ id, options }: Guardrail, values: DeployValues): GuardrailConfig {
  const { rules, media, endpoints, displayName } = options;
  return {
    id,
    ...(displayName === undefined ? {} : { name: displayName }),
    rules: rules.map((rule) => ruleOf(rule, values)),
    ...(media === undefined ? {} : { media }),
    ...(endpoints === undefined ? {} : { endpoints: [...endpoints] }),
  };
}

function ruleOf({ name, options, _search, _secret }: GuardrailRule, values: DeployValues): GuardRuleConfig {
  const { action, direction, reversible, locales, targets, sensitivity } = options;
  const { failOpen } = options as ManagedGuardrailRuleOptions;
  const search = _search as Pick<GuardRuleConfig, 'webhook'>;
  const signed =
    _secret === undefined || search.webhook === undefined
      ? search
      : { webhook: { ...search.webhook, secret_arn: values.add(_secret.secretArn) } };
  return {
    name,
    ...signed,
    action,
    ...(direction === undefined ? {} : { direction }),
    ...(reversible === undefined ? {} : { reversible }),
    ...(locales === undefined ? {} : { locales: [...locales] }),
    ...(targets === undefined ? {} : { targets: [...targets] }),
    ...(sensitivity === undefined ? {} : { sensitivity }),
    ...(failOpen === undefined ? {} : { on_failure: failOpen ? 'allow' : 'block' }),
  };
}

function checked(config: GuardrailConfig, ids: ReadonlySet<string>): GuardrailConfig {
  const late = config.rules.find(
    ({ bedrock }) => Token.isUnresolved(bedrock?.guardrail_id) || Token.isUnresolved(bedrock?.guardrail_version),
  );
  if (late !== undefined) {
    throw new Error(
      `the guardrail of the rule "${late.name}" is known only after the deploy; give its id and version themselves, because they become part of the gateway's configuration`,
    );
  }
  const problem = guardrailProblem(config);
  if (problem !== undefined) throw new Error(`the guardrail policy "${config.id}": ${problem.field} ${problem.problem}`);
  for (const { name, openai_moderation: moderation } of config.rules) {
    if (moderation === undefined || ids.has(moderation.provider)) continue;
    throw new Error(
      `the rule "${name}" of the guardrail policy "${config.id}" asks the provider "${moderation.provider}", which is not configured; use one of ${[...ids].join(', ')}`,
    );
  }
  return config;
}

import { type GuardRuleConfig, type GuardrailConfig, guardrailProblem } from '../../lib/private/contract';
import { invalidRequest } from '../platform/error';
import type { JsonObject } from '../platform/json';
import type { Services } from './services';

type Known = Pick<Services, 'document' | 'overrides'>;

/**
 * A policy that could not be read would only refuse calls later.
 *
 * @throws GatewayError 400 that names the field
 */
export function checkGuardrail(id: string, { document }: Known, body: JsonObject): void {
  const policy = { ...body, id };
  const problem = guardrailProblem(policy);
  if (problem !== undefined) throw invalidRequest(problem.field || undefined, `${problem.field || 'The policy'} ${problem.problem}.`);
  const providers = document.providers?.map((provider) => provider.id);
  for (const [index, { openai_moderation: moderation }] of (policy as unknown as GuardrailConfig).rules.entries()) {
    if (moderation === undefined || providers === undefined || providers.includes(moderation.provider)) continue;
    const field = `rules[${index}].openai_moderation.provider`;
    throw invalidRequest(field, `${field} must be one of ${providers.join(', ')}.`);
  }
}

/**
 * Calls of who names a policy that is not there are refused.
 *
 * @throws GatewayError 400 that names the field
 */
export async function checkGuardrailNames({ document, overrides }: Known, body: JsonObject): Promise<void> {
  const named = body['guardrails'] as readonly string[] | null | undefined;
  if (named === undefined || named === null || named.length === 0) return;
  const known = new Set([...(document.guardrails ?? []), ...(await overrides.list('guardrail'))].map(({ id }) => id));
  const index = named.findIndex((id) => !known.has(id));
  if (index < 0) return;
  const choices = known.size === 0 ? 'there is none' : `there are ${[...known].join(', ')}`;
  throw invalidRequest(`guardrails[${index}]`, `guardrails[${index}] must be the id of a guardrail policy; ${choices}.`);
}

/** As callers see a policy: without the secret of a webhook. */
export function shownRules(rules: readonly GuardRuleConfig[]): JsonObject[] {
  return rules.map((rule) => {
    if (rule.webhook === undefined) return { ...rule } as unknown as JsonObject;
    const { secret: _secret, secret_arn: _arn, ...webhook } = rule.webhook;
    return { ...rule, webhook } as unknown as JsonObject;
  });
}

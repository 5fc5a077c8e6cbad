import { type ConditionConfig, ROUTE_TERMS, TARGET_MODEL, type TargetConfig } from '../../lib/private/contract';
import { invalidRequest } from '../platform/error';
import type { JsonObject } from '../platform/json';
import type { Services } from './services';

const OF_MODELS = ['capabilities', 'usd_per_million_tokens', 'free'];
const ONE_MODEL = new RegExp(TARGET_MODEL);

/**
 * What a schema cannot say of an override: a target at a provider that is not configured, or that no call could ever be for, would only fail
 * later, at the callers; and what an alias can do depends on its target.
 *
 * @throws GatewayError 400 that names the field
 */
export async function checkModel(id: string, services: Pick<Services, 'document' | 'overrides'>, body: JsonObject): Promise<void> {
  checkKind(id, body);
  const providers = services.document.providers?.map((provider) => provider.id);
  const targets = (body['targets'] ?? []) as unknown as readonly TargetConfig[];
  for (const [index, target] of targets.entries()) checkTarget(`targets[${index}]`, target, providers);
  const { shadow } = body as { readonly shadow?: TargetConfig };
  if (shadow !== undefined) checkTarget('shadow', shadow, providers);
  const fallback = body['budget_fallback'];
  if (typeof fallback === 'string') await checkFallback(id, fallback, services, providers);
}

function checkKind(id: string, body: JsonObject): void {
  const alias = JSON.stringify(id);
  if (!id.includes('/')) {
    const ofModels = OF_MODELS.find((field) => body[field] !== undefined);
    if (ofModels !== undefined)
      throw invalidRequest(ofModels, `${ofModels} belongs to a model, and ${alias} is an alias: give the id as provider/model.`);
    if (body['targets'] === undefined)
      throw invalidRequest(
        'targets',
        `targets is required: ${alias} is an alias. A model's id is provider/model, and needs none.`,
        'missing_field',
      );
  }
  const ofRoutes = ROUTE_TERMS.find((field) => body[field] !== undefined);
  if (ofRoutes !== undefined && body['targets'] === undefined)
    throw invalidRequest(ofRoutes, `${ofRoutes} belongs to a route: give its targets beside it.`);
}

function checkTarget(at: string, { provider, when }: TargetConfig, providers: readonly string[] | undefined): void {
  if (providers !== undefined && !providers.includes(provider))
    throw invalidRequest(`${at}.provider`, `${at}.provider must be one of ${providers.join(', ')}, not ${JSON.stringify(provider)}.`);
  if (when !== undefined) checkCondition(`${at}.when`, when);
}

function checkCondition(at: string, { min_input_tokens: least, max_input_tokens: most, hours }: ConditionConfig): void {
  if (least !== undefined && most !== undefined && least > most)
    throw invalidRequest(`${at}.min_input_tokens`, `${at}.min_input_tokens is above max_input_tokens, so no call would ever fit.`);
  if (hours !== undefined && hours.from === hours.to)
    throw invalidRequest(`${at}.hours.to`, `${at}.hours.to is the minute that the hours begin with; leave hours out for the whole day.`);
}

async function checkFallback(
  id: string,
  fallback: string,
  { document, overrides }: Pick<Services, 'document' | 'overrides'>,
  providers: readonly string[] | undefined,
): Promise<void> {
  const refuse = (problem: string) => invalidRequest('budget_fallback', `budget_fallback ${problem}.`);
  if (fallback === id) throw refuse('must be another alias than the one that it stands in for');
  if (providers === undefined) return;
  if (fallback.includes('/')) {
    if (providers.includes(fallback.slice(0, fallback.indexOf('/'))) && ONE_MODEL.test(fallback)) return;
    throw refuse(`must be an alias or provider/model with one of ${providers.join(', ')}, not ${JSON.stringify(fallback)}`);
  }
  const changed = await overrides.list('model');
  const aliases = [
    ...(document.routes ?? []).map(({ alias }) => alias),
    ...changed.flatMap((one) => (one.targets === undefined ? [] : [one.id])),
  ];
  if (!fallback.includes('*') && aliases.includes(fallback)) return;
  const known = [...new Set(aliases)].filter((alias) => alias !== id && !alias.includes('*'));
  throw refuse(`must be an alias that there is${known.length === 0 ? '' : `, such as ${known.slice(0, 5).join(', ')}`}, or provider/model`);
}

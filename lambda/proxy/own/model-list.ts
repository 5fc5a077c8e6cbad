import type { Caller } from '../../identity';
import type { JsonObject } from '../../platform/json';
import { modelNotFound, type Target } from '../../routing';
import type { ListedModel, ModelRoutes } from '../../wire/dialects';
import { allowedTargets, modelPolicy } from '../before/policy';
import type { Gateway } from '../gateway';
import { priceAt } from '../price-at';

/** No provider tells when a model was made; clients want a date. */
const CREATED_AT = '2025-01-01T00:00:00Z';

/**
 * The models that a key may use.
 *
 * @param lists the forms of all dialects that have their list here: the answer has the fields of each
 */
export async function listModels(gateway: Gateway, caller: Caller, lists: readonly ModelRoutes[], query: string): Promise<JsonObject> {
  const policy = await modelPolicy(gateway, caller.key);
  const models = gateway.configuration
    .models()
    .list()
    .flatMap(({ id, resolution }) => {
      const [target] = allowedTargets(resolution, policy);
      return target === undefined ? [] : [describe(gateway, lists, id, target)];
    });
  const parameters = new URLSearchParams(query);
  return Object.assign({}, ...lists.map((form) => form.list(models, parameters)));
}

/**
 * One model that a key may use.
 *
 * @throws GatewayError 404 when it does not exist or the key may not use it, which look the same
 */
export async function showModel(gateway: Gateway, caller: Caller, lists: readonly ModelRoutes[], id: string): Promise<JsonObject> {
  const policy = await modelPolicy(gateway, caller.key);
  const [target] = allowedTargets(gateway.configuration.models().resolve(id), policy);
  if (target === undefined) throw modelNotFound(id);
  return describe(gateway, lists, id, target);
}

function describe(gateway: Gateway, lists: readonly ModelRoutes[], id: string, target: Target): JsonObject {
  const { contextWindow, maxOutputTokens } = priceAt(gateway, target) ?? {};
  const model: ListedModel = {
    id,
    provider: target.provider.id,
    createdAt: CREATED_AT,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
  return Object.assign({}, ...lists.map((form) => form.describe(model)));
}

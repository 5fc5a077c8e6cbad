import type { Caller } from '../../identity';
import type { JsonObject } from '../../platform/json';
import { modelNotFound } from '../../routing';
import type { ModelRoutes } from '../../wire/dialects';
import { allowedTargets, modelPolicy } from '../before/policy';
import type { Gateway } from '../gateway';

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
      return target === undefined ? [] : [describe(lists, id, target.provider.id)];
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
  return describe(lists, id, target.provider.id);
}

function describe(lists: readonly ModelRoutes[], id: string, provider: string): JsonObject {
  return Object.assign({}, ...lists.map((form) => form.describe({ id, provider, createdAt: CREATED_AT })));
}

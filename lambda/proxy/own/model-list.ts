import type { Caller } from '../../identity';
import type { JsonObject } from '../../platform/json';
import { modelNotFound } from '../../routing';
import { allowedTargets, modelPolicy } from '../before/policy';
import type { Gateway } from '../gateway';

/** No provider tells when a model was made; clients want a date. */
const CREATED_AT = '2025-01-01T00:00:00Z';
const CREATED = 1_735_689_600;

/**
 * The models that a key may use, in the shapes of OpenAI and Anthropic at once; with `client_version`, which Codex sends, its catalogue's
 * field `models` as well.
 */
export async function listModels(gateway: Gateway, caller: Caller, query: string): Promise<JsonObject> {
  const policy = await modelPolicy(gateway, caller.key);
  const data = gateway.configuration
    .models()
    .list()
    .flatMap(({ id, resolution }) => {
      const [target] = allowedTargets(resolution, policy);
      return target === undefined ? [] : [describe(id, target.provider.id)];
    });
  const first = data[0]?.['id'] ?? null;
  const last = data.at(-1)?.['id'] ?? null;
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: first,
    last_id: last,
    ...(new URLSearchParams(query).has('client_version') ? { models: [] } : {}),
  };
}

/**
 * One model that a key may use.
 *
 * @throws GatewayError 404 when it does not exist or the key may not use it, which look the same
 */
export async function showModel(gateway: Gateway, caller: Caller, id: string): Promise<JsonObject> {
  const policy = await modelPolicy(gateway, caller.key);
  const [target] = allowedTargets(gateway.configuration.models().resolve(id), policy);
  if (target === undefined) throw modelNotFound(id);
  return describe(id, target.provider.id);
}

function describe(id: string, owner: string): JsonObject {
  return { id, object: 'model', created: CREATED, owned_by: owner, type: 'model', display_name: id, created_at: CREATED_AT };
}

import type { Caller } from '../../identity';
import type { JsonObject } from '../../platform/json';
import { modelNotFound, type Target } from '../../routing';
import type { ListedModel, ModelRoutes } from '../../wire/dialects';
import { rowsOf } from '../before/plan';
import { usableTargets } from '../before/policy';
import type { Gateway } from '../gateway';
import { lengthsSaid, priceAt } from '../price-at';

/** No provider tells when a model was made; clients want a date. */
const CREATED_AT = '2025-01-01T00:00:00Z';

/**
 * The models that a key may use.
 *
 * @param lists the forms of all dialects that have their list here: the answer has the fields of each
 */
export async function listModels(gateway: Gateway, caller: Caller, lists: readonly ModelRoutes[], query: string): Promise<JsonObject> {
  const rows = await rowsOf(gateway, { caller, configuration: gateway.configuration });
  const models = gateway.configuration
    .models()
    .list()
    .flatMap(({ id, resolution }) => {
      const targets = usableTargets(gateway.configuration.document, rows, resolution);
      return targets.length === 0 ? [] : [describe(gateway, lists, id, targets)];
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
  const rows = await rowsOf(gateway, { caller, configuration: gateway.configuration });
  const targets = usableTargets(gateway.configuration.document, rows, gateway.configuration.models().resolve(id));
  if (targets.length === 0) throw modelNotFound(id);
  return describe(gateway, lists, id, targets);
}

/** A call may go to any target, so its lengths are what every one takes, as far as it is known. */
function describe(gateway: Gateway, lists: readonly ModelRoutes[], id: string, targets: readonly Target[]): JsonObject {
  const known = targets.map((target) => ({ ...priceAt(gateway, target), ...lengthsSaid(gateway, target) }));
  const contextWindow = least(known.map((lengths) => lengths.contextWindow));
  const maxOutputTokens = least(known.map((lengths) => lengths.maxOutputTokens));
  const model: ListedModel = {
    id,
    provider: targets[0]?.provider.id ?? '',
    createdAt: CREATED_AT,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
  return Object.assign({}, ...lists.map((form) => form.describe(model)));
}

function least(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

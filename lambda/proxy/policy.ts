import type { Resolution, Target } from '../core/config/models';
import { storeUnavailable } from '../core/keys/authenticate';
import { GatewayError } from '../core/model/error';
import { matchesAnyGlob } from '../core/runtime/glob';
import type { KeyRecord } from '../core/stores/entities';
import type { ModelCall, RoutedCall } from './call';
import type { Gateway } from './gateway';

/** Lists of model globs, each narrowing the one before; a level without a list allows what its parent allows. */
export type ModelPolicy = readonly (readonly string[])[];

/** Finds where a call may go. */
export async function route(gateway: Gateway, call: ModelCall, resolution: Resolution): Promise<RoutedCall> {
  const { key } = call.caller;
  checkEndpoint(key, call.route.path);
  checkServerTools(key, call.facts.serverTools);
  const targets = allowedTargets(resolution, await modelPolicy(gateway, key));
  if (targets.length === 0) throw notAllowed('model_not_allowed', `This key may not use the model '${resolution.originalModel}'.`, 'model');
  return { ...call, resolution, targets };
}

/**
 * What a key and the levels above it say about models.
 *
 * @throws GatewayError 503 when the table does not answer
 */
export async function modelPolicy(gateway: Gateway, key: KeyRecord): Promise<ModelPolicy> {
  const above: (readonly string[] | undefined)[] = [];
  try {
    if (key.teamId !== undefined) above.push((await gateway.levels.get('team', key.teamId))?.models);
    if (key.projectId !== undefined) above.push((await gateway.levels.get('project', key.projectId))?.models);
    if (key.userId !== undefined) above.push((await gateway.levels.get('user', key.userId))?.models);
  } catch (error) {
    throw storeUnavailable(error);
  }
  return [...above, key.models].filter((models) => models !== undefined);
}

/** The targets that every list allows: by the name that was asked for, `provider/model`, or the model alone. */
export function allowedTargets(resolution: Resolution, policy: ModelPolicy): readonly Target[] {
  return policy.reduce<readonly Target[]>(
    (targets, models) =>
      matchesAnyGlob(models, resolution.originalModel)
        ? targets
        : targets.filter(({ name, model }) => matchesAnyGlob(models, name) || matchesAnyGlob(models, model)),
    resolution.targets,
  );
}

function checkEndpoint(key: KeyRecord, path: string): void {
  if (key.endpoints === undefined || matchesAnyGlob(key.endpoints, path)) return;
  throw notAllowed('endpoint_not_allowed', `This key may not use ${path}.`);
}

function checkServerTools(key: KeyRecord, tools: readonly string[]): void {
  const allowed = key.serverTools ?? [];
  const refused = tools.find((tool) => !matchesAnyGlob(allowed, tool));
  if (refused === undefined) return;
  throw notAllowed('server_tool_not_allowed', `This key may not use the server-side tool '${refused.slice(0, 64)}'.`, 'tools');
}

function notAllowed(code: string, message: string, param?: string): GatewayError {
  return new GatewayError({ status: 403, type: 'permission_error', code, message, ...(param === undefined ? {} : { param }) });
}

import type { PlacementConfig, RouteConfig, StrategyName, TargetConfig } from '../../lib/private/contract';
import { usd } from '../money/pricing';
import { GatewayError } from '../platform/error';
import { matchesAnyGlob, matchesGlob } from '../platform/runtime';
import { isSafeModelName } from '../wire/providers';
import type { ConfiguredProvider } from './providers';
import { type Shadow, shadowOf } from './shadow';
import { plainTarget, type Target, targetOf } from './target';

/** What a model name means. */
export interface Resolution {
  /** As the caller wrote it. */
  readonly originalModel: string;
  /** The alias, glob included, that it matched. */
  readonly alias?: string;
  /** `guardrails`: it is no model's name, and policies answer. */
  readonly reason: 'alias' | 'provider' | 'pattern' | 'guardrails';
  /** What the caller named is not what it leads to: no budget covers that. */
  readonly instead?: true;
  /** As the route names them; empty only where policies answer. */
  readonly targets: readonly Target[];
  /** In which order they are asked. */
  readonly strategy: StrategyName;
  /** Something is to be chosen: there are several targets, or one that is not for every call. */
  readonly chooses: boolean;
  /** Whether the calls of one conversation go to one target while that answers. */
  readonly affinity: boolean;
  /** Alias or model that takes a call which no budget covers. */
  readonly budgetFallback?: string;
  /** Whether what one provider's content policy refuses is asked of the next target. */
  readonly contentPolicyFallback: boolean;
  /** What its calls are also sent to. */
  readonly shadow?: Shadow | undefined;
  /** The most that one of its calls may cost. */
  readonly maxCostNanoUsd?: bigint;
  /** What the calls of its route are held to; of a route that was changed at run time also what it was deployed with. */
  readonly placements: readonly PlacementConfig[];
  /** Ids of guardrail policies that they are held to, likewise. */
  readonly guardrails: readonly string[];
}

/** Finds what a model name means. */
export interface ModelResolver {
  /** @throws GatewayError 404 `model_not_found`, 400 when the name could not be any model's */
  resolve(name: string): Resolution;
  /** Aliases, names that providers declare, models that an administrator described, of each those without a glob: what a list can show. */
  list(): readonly { readonly id: string; readonly resolution: Resolution }[];
}

const MAX_REMEMBERED = 1_000;
const NONE: readonly never[] = [];

/**
 * Resolves in this order: an alias, `provider/model`, an alias with a `*` (the document's order), a bare name that exactly one provider
 * serves by its patterns.
 *
 * @param routes those changed at run time first: the first of a name counts
 * @param described models, and globs of models, that an administrator said something of
 */
export function createModelResolver(
  providers: readonly ConfiguredProvider[],
  routes: readonly RouteConfig[],
  described: readonly string[] = [],
): ModelResolver {
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const exact = new Map<string, RouteConfig>();
  for (const route of routes) if (!exact.has(route.alias)) exact.set(route.alias, route);
  const globs = [...exact.values()].filter(({ alias }) => alias.includes('*'));
  const remembered = new Map<string, Resolution>();

  const throughRoute = (name: string, route: RouteConfig): Resolution => {
    const targets = route.targets.flatMap((target) => configuredTarget(byId, target, name));
    if (targets.length === 0) throw modelNotFound(name);
    return {
      originalModel: name,
      alias: route.alias,
      reason: 'alias',
      targets,
      strategy: route.strategy ?? 'ordered',
      chooses: targets.length > 1 || targets.some(({ when }) => when !== undefined),
      affinity: route.affinity ?? true,
      ...(route.budget_fallback === undefined ? {} : { budgetFallback: route.budget_fallback }),
      contentPolicyFallback: route.content_policy_fallback ?? false,
      ...(route.max_cost_usd === undefined ? {} : { maxCostNanoUsd: usd(route.max_cost_usd) }),
      ...shadowIn(byId, route),
      placements: routes.filter(({ alias, sensitivity, residency }) => alias === route.alias && (sensitivity ?? residency) !== undefined),
      guardrails: routes.flatMap(({ alias, guardrails }) => (alias === route.alias ? (guardrails ?? []) : [])),
    };
  };

  const find = (name: string): Resolution => {
    const alias = exact.get(name);
    if (alias !== undefined) return throughRoute(name, alias);
    const slash = name.indexOf('/');
    const named = slash > 0 ? byId.get(name.slice(0, slash)) : undefined;
    if (named !== undefined && isSafeModelName(name.slice(slash + 1))) {
      return straight(name, 'provider', plainTarget(named, name.slice(slash + 1)));
    }
    const glob = globs.find((route) => matchesGlob(route.alias, name));
    if (glob !== undefined) return throughRoute(name, glob);
    const serving = providers.filter((provider) => serves(provider, name));
    if (serving.length > 1) throw ambiguous(name, serving);
    const [provider] = serving;
    if (provider === undefined) throw modelNotFound(name);
    return straight(name, 'pattern', plainTarget(provider, name));
  };

  return {
    resolve(name) {
      const known = remembered.get(name);
      if (known !== undefined) return known;
      if (!isSafeModelName(name)) throw unsafeName();
      const resolution = find(name);
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(name, resolution);
      return resolution;
    },
    list() {
      const aliases = [...exact.values()].filter(({ alias }) => !alias.includes('*')).map(({ alias }) => alias);
      const declared = providers.flatMap(({ id, config }) =>
        (config.models ?? []).filter((model) => !model.includes('*')).map((model) => `${id}/${model}`),
      );
      return [...new Set([...aliases, ...declared, ...described.filter((id) => !id.includes('*'))])].flatMap((id) => {
        try {
          return [{ id, resolution: find(id) }];
        } catch {
          return [];
        }
      });
    },
  };
}

/** What a name means that leads to one place. */
function straight(originalModel: string, reason: 'provider' | 'pattern', target: Target): Resolution {
  return {
    originalModel,
    reason,
    targets: [target],
    strategy: 'ordered',
    chooses: false,
    affinity: true,
    contentPolicyFallback: false,
    placements: NONE,
    guardrails: NONE,
  };
}

function shadowIn(byId: ReadonlyMap<string, ConfiguredProvider>, { alias, shadow }: RouteConfig): Pick<Resolution, 'shadow'> {
  const provider = shadow === undefined ? undefined : byId.get(shadow.provider);
  return shadow === undefined || provider === undefined ? {} : { shadow: shadowOf(provider, alias, shadow) };
}

/** A target model `*` stands for the name that was asked for. */
function configuredTarget(byId: ReadonlyMap<string, ConfiguredProvider>, target: TargetConfig, name: string): Target[] {
  const provider = byId.get(target.provider);
  const model = target.model === '*' ? name : target.model;
  return provider === undefined || !isSafeModelName(model) ? [] : [targetOf(provider, model, target)];
}

function serves({ config, definition }: ConfiguredProvider, name: string): boolean {
  return matchesAnyGlob(config.models ?? [], name) || matchesAnyGlob(definition.models, name);
}

/** 404 for a model that does not exist, or that the caller may not know of. */
export function modelNotFound(name: string): GatewayError {
  return new GatewayError({
    code: 'model_not_found',
    message: `The model '${name}' is not known here. GET /v1/models lists what this key may use.`,
    param: 'model',
  });
}

function ambiguous(name: string, serving: readonly ConfiguredProvider[]): GatewayError {
  const choices = serving.map(({ id }) => `'${id}/${name}'`).join(', ');
  return new GatewayError({
    code: 'model_not_found',
    message: `Several providers serve the model '${name}'. Ask for one of ${choices}.`,
    param: 'model',
  });
}

function unsafeName(): GatewayError {
  return new GatewayError({
    code: 'invalid_model',
    message: "The field 'model' is not a model's name: at most 256 letters, digits and . _ : / @ + ~ -",
    param: 'model',
  });
}

import type { GatewayDocument, SensitiveTargets, SensitivityLabel } from '../../../lib/private/contract';
import { type KeptRows, type KeyRecord, type LevelRecord, levelsOf, type ModelPolicy, modelPolicy } from '../../identity';
import { GatewayError } from '../../platform/error';
import type { ErrorCode } from '../../platform/error-catalogue';
import { spliceFields } from '../../platform/http';
import { parseJsonDocument, REQUEST_LIMITS } from '../../platform/json';
import { matchesAnyGlob, type Soon } from '../../platform/runtime';
import { allowedTargets, type Placement, permitted, placementOf, plainTarget, type Resolution, type Target } from '../../routing';
import { toolModelsOf } from '../../wire/model';
import { ownToolsOf } from '../../wire/providers';
import { type ModelCall, type RoutedCall, routed } from './call';
import { thatReadLocations, withoutForeignFetches } from './media-policy';

/** What each level that binds a key says about server-side tools, with how a refusal names it. */
type ToolPolicy = readonly { readonly level: string; readonly allowed: readonly string[] }[];

/** What a key's rows say of what a model's name means, whatever else is asked for. */
interface Standing {
  readonly policy: ModelPolicy;
  /** May be empty. */
  readonly allowed: readonly Target[];
  readonly usesOwnTools: boolean;
  readonly mayStore: boolean;
  /** Ids of guardrail policies that the whole gateway, the levels that bind a key, and the route name. */
  readonly guardrails: readonly string[];
  /** Where calls may go that say how sensitive they are; `public` says nothing. */
  readonly placed: Map<SensitivityLabel, Placed>;
}

/** Those of the allowed targets, and of their Regions, that calls may go to. */
interface Placed {
  readonly placement: Placement;
  readonly near: readonly Target[];
}

const NONE: readonly string[] = [];

/** Rows and resolutions are kept as long as they hold, and so is what follows from both. */
const standings = new WeakMap<KeptRows, WeakMap<Resolution, Standing>>();

function standingOf(document: GatewayDocument, rows: KeptRows, resolution: Resolution): Standing {
  let known = standings.get(rows);
  if (known === undefined) {
    known = new WeakMap();
    standings.set(rows, known);
  }
  let standing = known.get(resolution);
  if (standing === undefined) {
    const policy = modelPolicy(rows);
    standing = {
      policy,
      allowed: allowedTargets(resolution, policy),
      usesOwnTools: resolution.targets.some((target) => ownTools(target).length > 0),
      mayStore: mayStore(levelsOf(rows)),
      guardrails: guardrailsOf(document, rows, resolution.guardrails),
      placed: new Map(),
    };
    known.set(resolution, standing);
  }
  return standing;
}

/** Keeps of the places that a model name means those that the key may use, and refuses what the key may not ask for. */
export function allow(asked: ModelCall, rows: KeptRows, resolution: Resolution): Soon<RoutedCall> {
  const { key } = rows;
  checkEndpoint(key, asked.route.path);
  const standing = standingOf(asked.configuration.document, rows, resolution);
  const { policy, allowed, usesOwnTools, mayStore } = standing;
  const usesOwn = asked.operation.generates && usesOwnTools;
  const tools = usesOwn || asked.facts.serverTools.length > 0 ? toolPolicy(rows) : [];
  const { call, withheld } = withAllowedTools(asked, tools);
  if (allowed.length === 0) throw notAllowed('model_not_allowed', `This key may not use the model '${resolution.originalModel}'.`, 'model');
  const { document } = asked.configuration;
  const { placement, near } = placedAt(standing, document, rows, resolution, asked.options.sensitivity);
  if (near.length === 0) throw outOfPlace(resolution.originalModel, placement, document.sensitiveTargets);
  const advised = withAllowedToolModels(call, near, policy);
  const quiet = usesOwn ? withoutOwnTools(advised, tools) : advised;
  const told = withoutForeignFetches(call, quiet);
  const guardrails = withAskedFor(standing.guardrails, call.options.guardrails);
  const to = (targets: readonly Target[]): RoutedCall =>
    routed(call, { resolution, targets, withheld, mayStore, sensitivity: placement.label, rows, guardrails });
  return call.facts.media.some(({ location }) => location !== undefined) ? thatReadLocations(call, told).then(to) : to(told);
}

/** What holds for a call that names no model: where its key may ask, how sensitive it is, and which policies look at it. */
export function allowUnrouted(
  { route, configuration, options }: ModelCall,
  rows: KeptRows,
): Pick<RoutedCall, 'guardrails' | 'sensitivity'> {
  checkEndpoint(rows.key, route.path);
  const { document } = configuration;
  const { label } = placementOf([document.placement, ...levelsOf(rows), { sensitivity: options.sensitivity ?? 'public' }]);
  return { guardrails: withAskedFor(guardrailsOf(document, rows, NONE), options.guardrails), sensitivity: label };
}

/** Everybody may name more, nobody takes one away. */
function guardrailsOf(document: GatewayDocument, rows: KeptRows, guardrails: readonly string[]): readonly string[] {
  const ofAll: readonly string[] = document.defaultGuardrails ?? NONE;
  const ofLevels = levelsOf(rows).flatMap((level) => level.guardrails ?? NONE);
  return ofLevels.length + guardrails.length === 0 ? ofAll : [...new Set([...ofAll, ...ofLevels, ...guardrails])];
}

function withAskedFor(named: readonly string[], asked: readonly string[]): readonly string[] {
  return asked.length === 0 ? named : [...new Set([...named, ...asked])];
}

/** What the whole gateway, the levels that bind a key, the route and the call itself leave of the allowed targets. */
function placedAt(
  { allowed, placed }: Standing,
  document: GatewayDocument,
  rows: KeptRows,
  { placements }: Resolution,
  sensitivity: SensitivityLabel = 'public',
): Placed {
  const known = placed.get(sensitivity);
  if (known !== undefined) return known;
  const placement = placementOf([document.placement, ...levelsOf(rows), ...placements, { sensitivity }]);
  const found = { placement, near: permitted(allowed, placement, document.sensitiveTargets) };
  placed.set(sensitivity, found);
  return found;
}

/** The places that a key may use, whatever is asked of them. */
export function usableTargets(document: GatewayDocument, rows: KeptRows, resolution: Resolution): readonly Target[] {
  return placedAt(standingOf(document, rows, resolution), document, rows, resolution).near;
}

function outOfPlace(model: string, { label, fences }: Placement, sensitive: SensitiveTargets | undefined): GatewayError {
  const isUnset = label !== 'public' && sensitive?.[label] === undefined;
  const held = [...(label === 'public' ? [] : [`are ${label}`]), ...fences.map((fence) => `have to stay in ${fence.join(', ')}`)];
  const why = isUnset ? `are ${label}, for which the gateway's configuration names no target` : held.join(' and ');
  return notAllowed('target_not_allowed', `The model '${model}' leads nowhere that this call may go: its calls ${why}.`, 'model');
}

/** Lists of globs, each narrowing the others: a key names the server-side tools it may use, any level that binds it may narrow them. */
function toolPolicy({ gateway, team, project, user, key, tags }: KeptRows): ToolPolicy {
  const policy: { level: string; allowed: readonly string[] }[] = [];
  const narrow = (level: string, row: LevelRecord | undefined): void => {
    if (row?.serverTools !== undefined) policy.push({ level, allowed: row.serverTools });
  };
  narrow('gateway', gateway);
  narrow(`team '${team?.id}'`, team);
  narrow(`project '${project?.id}'`, project);
  narrow(`user '${user?.id}'`, user);
  policy.push({ level: 'key', allowed: key.serverTools ?? [] });
  for (const tag of tags) narrow(`tag '${tag.id}'`, tag);
  return policy;
}

/** Whether a provider may be let keep a call and its answer: the key or a level above it says yes, and none of them no. */
function mayStore(levels: readonly LevelRecord[]): boolean {
  return levels.some((level) => level.mayStore === true) && !levels.some((level) => level.mayStore === false);
}

function checkEndpoint(key: KeyRecord, path: string): void {
  if (key.endpoints === undefined || matchesAnyGlob(key.endpoints, path)) return;
  throw notAllowed('endpoint_not_allowed', `This key may not use ${path}.`);
}

/** Refuses server-side tools that the key may not use, but for those that clients declare without need: these are left out. */
function withAllowedTools(call: ModelCall, policy: ToolPolicy): { readonly call: ModelCall; readonly withheld: readonly string[] } {
  const { facts, document, dialect, envelope, configuration } = call;
  if (facts.serverTools.length === 0) return { call, withheld: [] };
  const forbidden = (tool: string): boolean => forbiddenBy(policy, tool) !== undefined;
  const refused = facts.serverTools.filter(forbidden);
  if (refused.length === 0) return { call, withheld: [] };
  const spare = (facts.spareServerTools ?? []).filter(forbidden);
  if (dialect.withoutSpareTools === undefined || refused.length > spare.length) throw serverToolNotAllowed(policy, refused, spare);
  const { changes, dropped } = dialect.withoutSpareTools(document.value);
  const { maxBodyBytes } = configuration.document;
  const changed = parseJsonDocument(spliceFields(document, changes), { ...REQUEST_LIMITS, maxBytes: maxBodyBytes });
  const left = dialect.inspect(changed.value, envelope);
  const kept = left.serverTools.filter(forbidden);
  if (kept.length > 0) throw serverToolNotAllowed(policy, kept, []);
  return { call: { ...call, document: changed, facts: left }, withheld: dropped };
}

/** Of the places that a call may go to those whose models use no tool unasked that the key may not use. */
function withoutOwnTools(targets: readonly Target[], policy: ToolPolicy): readonly Target[] {
  const refused = targets.map((target) => ownTools(target).find((tool) => forbiddenBy(policy, tool) !== undefined));
  const left = targets.filter((_target, index) => refused[index] === undefined);
  if (left.length > 0) return left;
  const [tool = ''] = refused;
  const which = `'${tool}', which ${targets[0]?.name} uses in every call`;
  const message = `This key may not use the server-side tool ${which}: the ${forbiddenBy(policy, tool)} does not allow it.`;
  throw notAllowed('server_tool_not_allowed', message, 'model');
}

/** Of the places that a call may go to those at which the key may also use each model that a tool of the call runs. */
function withAllowedToolModels({ facts }: ModelCall, targets: readonly Target[], policy: ModelPolicy): readonly Target[] {
  const models = toolModelsOf(facts.toolUses);
  if (models.length === 0) return targets;
  const refused = (target: Target): string | undefined =>
    models.find((model) => allowedTargets({ originalModel: model, targets: [toolTarget(target, model)] }, policy).length === 0);
  const left = targets.filter((target) => refused(target) === undefined);
  if (left.length > 0) return left;
  const model = refused(targets[0] as Target) ?? '';
  throw notAllowed('model_not_allowed', `This key may not use the model '${model.slice(0, 64)}', which a tool of the call runs.`, 'tools');
}

/** Where a tool of a call runs a model: at the provider that answers the call. */
export function toolTarget({ provider }: Target, model: string): Target {
  return plainTarget(provider, model);
}

function ownTools({ provider, model }: Target): readonly string[] {
  return ownToolsOf(provider.config.kind, model);
}

/** The first level that does not allow a tool. */
function forbiddenBy(policy: ToolPolicy, tool: string): string | undefined {
  return policy.find(({ allowed }) => !matchesAnyGlob(allowed, tool))?.level;
}

function serverToolNotAllowed(policy: ToolPolicy, refused: readonly string[], spare: readonly string[]): GatewayError {
  const tool = refused.find((name) => !spare.includes(name)) ?? refused[0] ?? '';
  const message = `This key may not use the server-side tool '${tool.slice(0, 64)}': the ${forbiddenBy(policy, tool)} does not allow it.`;
  return notAllowed('server_tool_not_allowed', message, 'tools');
}

function notAllowed(code: ErrorCode, message: string, param?: string): GatewayError {
  return new GatewayError({ code, message, ...(param === undefined ? {} : { param }) });
}

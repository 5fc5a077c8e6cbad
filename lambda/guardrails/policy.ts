import { createHash } from 'node:crypto';
import { type GuardRuleConfig, type GuardrailConfig, guardDirection, guardrailProblem, MANAGED_SEARCHES } from '../../lib/private/contract';
import { GatewayError } from '../platform/error';
import type { GuardrailInForce, Guardrails } from '../routing';
import type { ManagedRule, Way } from './managed';
import { createScanner, type LocalRule, type LocalScanner } from './scanner';

/** A policy that holds for a call. */
export interface AppliedPolicy {
  readonly id: string;
  readonly version: string;
}

/** A rule of such a policy. */
export interface AppliedRule {
  readonly policy: AppliedPolicy;
  readonly rule: GuardRuleConfig;
}

/** What holds on one way. */
export interface AppliedWay {
  /** Of all rules that are looked for here. Absent: there are none. */
  readonly scanner: LocalScanner | undefined;
  /** Something that is found may keep a text from going on as it is. */
  readonly interferes: boolean;
  readonly managed: readonly ManagedRule[];
}

/** All policies that hold for a call, together. */
export interface AppliedPolicies {
  readonly policies: readonly AppliedPolicy[];
  /** Rules that are looked for here, by what their findings name them. */
  readonly rules: ReadonlyMap<string, AppliedRule>;
  /** Those of them whose masks are taken back on the way to the caller. */
  readonly reversible: ReadonlySet<string>;
  readonly heuristics: readonly AppliedRule[];
  readonly ways: Readonly<Record<Way, AppliedWay>>;
  /** The first policy that takes no pictures, sound, films or files. */
  readonly refusesMedia: AppliedPolicy | undefined;
}

/** Most combinations of policies that are kept compiled. */
const MOST_COMPILED = 256;

/** Policies are compiled once for as long as none of them changes. */
const compiled = new WeakMap<Guardrails, Map<string, AppliedPolicies | undefined>>();

/**
 * The policies of these ids that hold for an endpoint; undefined where none does.
 *
 * @throws GatewayError 503 `guardrail_unavailable` where one is not there or cannot be read: nothing passes for that
 */
export function appliedPolicies(guardrails: Guardrails, ids: readonly string[], endpoint: string): AppliedPolicies | undefined {
  let known = compiled.get(guardrails);
  if (known === undefined) {
    known = new Map();
    compiled.set(guardrails, known);
  }
  const name = `${endpoint}\n${ids.join('\n')}`;
  if (!known.has(name)) {
    if (known.size >= MOST_COMPILED) known.clear();
    known.set(name, compile(guardrails, ids, endpoint));
  }
  return known.get(name);
}

function compile(guardrails: Guardrails, ids: readonly string[], endpoint: string): AppliedPolicies | undefined {
  const found = ids.map((id) => inForce(guardrails, id)).filter(({ config }) => holdsFor(config, endpoint));
  return found.length === 0 ? undefined : applied(found);
}

/** @throws GatewayError as above */
function inForce(guardrails: Guardrails, id: string): GuardrailInForce {
  const policy = guardrails.get(id);
  if (policy === undefined) throw unavailable(id, 'is not configured');
  return policy;
}

function holdsFor({ enabled, endpoints }: GuardrailConfig, endpoint: string): boolean {
  return enabled !== false && (endpoints === undefined || endpoints.includes(endpoint));
}

/** Policies as they act together. */
export function applied(found: readonly GuardrailInForce[]): AppliedPolicies {
  const rules: [string, AppliedRule][] = [];
  const managed: { readonly way: Way | 'both'; readonly rule: ManagedRule }[] = [];
  const heuristics: AppliedRule[] = [];
  const policies: AppliedPolicy[] = [];
  let refusesMedia: AppliedPolicy | undefined;
  for (const one of found) {
    const { config } = one;
    const problem = guardrailProblem(config);
    if (problem !== undefined) throw unavailable(config.id, `cannot be read: ${problem.field} ${problem.problem}`);
    const policy = { id: config.id, version: versionOf(one) };
    policies.push(policy);
    if (config.media === 'refuse') refusesMedia ??= policy;
    for (const rule of config.rules) {
      if (rule.heuristic !== undefined) heuristics.push({ policy, rule });
      else if (MANAGED_SEARCHES.some((search) => rule[search] !== undefined))
        managed.push({ way: guardDirection(rule), rule: managedRule(policy, rule) });
      else rules.push([`${policy.id}/${rule.name}`, { policy, rule }]);
    }
  }
  const wayOf = (way: Way): AppliedWay => {
    const local = rules.filter(([, { rule }]) => guardDirection(rule) === way || guardDirection(rule) === 'both');
    return {
      scanner: local.length === 0 ? undefined : scannerOf(local),
      interferes: local.some(([, { rule }]) => rule.action !== 'flag'),
      managed: managed.filter((each) => each.way === way || each.way === 'both').map(({ rule }) => rule),
    };
  };
  return {
    policies,
    rules: new Map(rules),
    reversible: new Set(rules.flatMap(([id, { rule }]) => (rule.reversible === true ? [id] : []))),
    heuristics,
    ways: { input: wayOf('input'), output: wayOf('output') },
    refusesMedia,
  };
}

function scannerOf(local: readonly (readonly [string, AppliedRule])[]): LocalScanner {
  const [[, first]] = local as [readonly [string, AppliedRule]];
  try {
    return createScanner(local.map(([id, { rule }]) => localRule(id, rule)));
  } catch (error) {
    throw unavailable(first.policy.id, 'cannot be compiled', error);
  }
}

function localRule(id: string, { name, action, detect, locales, pattern, deny }: GuardRuleConfig): LocalRule {
  return {
    id,
    name,
    action,
    ...(detect === undefined ? {} : { detect }),
    ...(locales === undefined ? {} : { locales }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(deny === undefined ? {} : { deny }),
  };
}

function managedRule({ id, version }: AppliedPolicy, rule: GuardRuleConfig): ManagedRule {
  return { policy: id, version, name: rule.name, action: rule.action, onFailure: rule.on_failure ?? 'block', rule };
}

/** A policy of the construct changes with what it says. */
function versionOf({ config, generation }: GuardrailInForce): string {
  return generation === undefined
    ? createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, VERSION_LENGTH)
    : String(generation);
}

const VERSION_LENGTH = 12;

/** A check that cannot be made refuses the call. */
export function unavailable(policy: string, why: string, cause?: unknown): GatewayError {
  return new GatewayError({
    code: 'guardrail_unavailable',
    message: `The guardrail policy '${policy}' holds for this call and ${why}, so the call was not made.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

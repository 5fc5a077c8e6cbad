import type { Target } from '../../routing';
import type { CallFacts } from '../../wire/protocols';
import type { BoundedCall, ModelCall } from '../before/call';

type Asked = Pick<ModelCall, 'facts' | 'operation'>;

/**
 * Whether a route writes into the calls of a target. Such a call is written anew, so that its model takes it; one that asks for tools which a
 * provider runs stays as it is, since no other words than the caller's are known for them.
 */
export function setsParameters({ facts, operation }: Asked, { parameters }: Pick<Target, 'parameters'>): boolean {
  if (parameters === undefined || !operation.generates) return false;
  const { max_output_tokens: _cap, ...others } = parameters;
  const { serverTools, spareServerTools = [] } = facts;
  return Object.keys(others).length > 0 && serverTools.length <= spareServerTools.length;
}

/** The tier that a call is asked for at a target where its caller names none. */
export function tierSetAt(call: Asked, target: Pick<Target, 'parameters'>): string | undefined {
  const tier = target.parameters?.service_tier;
  return tier !== undefined && setsParameters(call, target) ? tier : undefined;
}

/** Whether a guardrail of its provider's looks at the call at a target, and bills for that. */
export function guardedAt({ facts, operation }: Asked, { provider }: Pick<Target, 'provider'>): boolean {
  return operation.generates && provider.definition.isGuarded?.(provider.config, facts.nativeFields ?? []) === true;
}

/** A call as one of its targets is asked, for what is charged there. */
export function askedAt(bounded: BoundedCall, target: Target | undefined): BoundedCall {
  const { call } = bounded;
  const serviceTier = target === undefined ? undefined : tierSetAt(call, target);
  if (serviceTier === undefined || call.facts.serviceTier !== undefined) return bounded;
  const facts: CallFacts = { ...call.facts, serviceTier };
  return { ...bounded, call: { ...call, facts } };
}

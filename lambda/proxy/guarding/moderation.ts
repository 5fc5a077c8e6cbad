import type { CallGuard, Judged } from '../../guardrails';
import type { KeptRows } from '../../identity';
import { GatewayError } from '../../platform/error';
import type { Guardrails, Resolution } from '../../routing';
import type { Moderations, ModerationsRequest } from '../../wire/operations';
import { visibleError } from '../answer/answers';
import { type AdmittedCall, UnansweredError } from '../answer/source';
import { type BoundedCall, type ModelCall, routed } from '../before/call';
import { allowUnrouted } from '../before/policy';
import { checkMaxCost } from '../choosing/max-cost';
import type { Gateway } from '../gateway';
import { checkAskedFor } from './guard';

/** What was found before a call was admitted, for its answer. */
const looked = new WeakMap<CallGuard, readonly Judged[]>();

/** Names that OpenAI's clients send whoever answers. */
const VENDOR_MODELS = /^(?:omni|text)-moderation-/;

/**
 * Finds out which policies judge what is to be moderated and what they may bill: the one that `model` names, else those that hold for the
 * caller.
 *
 * @throws GatewayError 404 `model_not_found` where there is none
 */
export async function planModeration(gateway: Gateway, asked: ModelCall, rows: KeptRows): Promise<BoundedCall> {
  const { appliedPolicies, CallGuard, judging, lookInto } = await import('../../guardrails');
  const { guardrails: ofCaller, sensitivity } = allowUnrouted(asked, rows);
  checkAskedFor(asked);
  const known = asked.configuration.guardrails();
  const guardrails = known.has(asked.facts.model) ? [...new Set([asked.facts.model, ...asked.options.guardrails])] : ofCaller;
  checkModel(asked.facts.model, known);
  const applied = appliedPolicies(known, guardrails, asked.route.path);
  const rules = applied === undefined ? 0 : applied.rules.size + applied.heuristics.length + judging(applied).length;
  if (applied === undefined || rules === 0) throw noneAnswers(asked);
  const guard = new CallGuard(applied);
  const resolution = resolutionOf(asked.facts.model, guardrails);
  const call = { ...routed(asked, { resolution, targets: [], withheld: [], mayStore: false, sensitivity, rows, guardrails }), guard };
  const beganMs = gateway.clock.monotonic();
  const judged = lookInto(guard, (asked.dialect.decodeRequest(asked.document.value, asked.envelope) as ModerationsRequest).inputs);
  looked.set(guard, judged);
  guard.tookMs = gateway.clock.monotonic() - beganMs;
  const services = judging(applied).map((rule) => gateway.managedGuards.of(rule));
  const lengths = judged.flatMap(({ texts }) => texts.map((text) => text.length));
  const costNanoUsd = lengths.reduce(
    (sum, length) => services.reduce((fee, service) => fee + service.mostCostNanoUsd(length, 'whole', 0), sum),
    0n,
  );
  checkMaxCost(call.options, costNanoUsd);
  return {
    call,
    bound: { costNanoUsd, tokens: 0 },
    smaller: undefined,
    prices: new Map(),
    outputCap: undefined,
    capReason: undefined,
    isCapped: true,
    maxOutputTokens: 0,
  };
}

/** What they find. @throws UnansweredError where one of them has no verdict */
export async function moderated({ clock, managedGuards }: Gateway, { call, totalAtMs, departure }: AdmittedCall): Promise<Moderations> {
  const { judge, judging } = await import('../../guardrails');
  const guard = call.guard as CallGuard;
  const beganMs = clock.monotonic();
  const asked = judging(guard.applied).map((rule) => ({ rule, guard: managedGuards.of(rule) }));
  try {
    const results = await judge(guard, looked.get(guard) ?? [], asked, {
      requestId: call.requestId,
      deadlineMs: totalAtMs,
      wanted: departure.wanted,
    });
    return { model: guard.applied.policies.map(({ id }) => id).join(','), results };
  } catch (error) {
    guard.refusal = visibleError(error);
    throw new UnansweredError(guard.refusal);
  } finally {
    guard.tookMs += clock.monotonic() - beganMs;
  }
}

/** A name that is neither a policy's nor OpenAI's was meant for something that is not there. */
function checkModel(model: string, known: Guardrails): void {
  if (known.has(model) || VENDOR_MODELS.test(model)) return;
  throw new GatewayError({
    code: 'model_not_found',
    message: `'${model.slice(0, 64)}' is no guardrail policy. Name the id of one in model, or leave model out to be answered by the policies that hold for this key.`,
    param: 'model',
  });
}

function noneAnswers({ route, facts: { model }, configuration }: ModelCall): GatewayError {
  const why = configuration.guardrails().has(model)
    ? `The guardrail policy '${model}' does not answer ${route.path}: it is switched off, holds for other endpoints, or has no rules.`
    : `No guardrail policy with rules holds for this key at ${route.path}. Configure one, name it in guardrails of the gateway, team, project, user or key, or name its id in model.`;
  return new GatewayError({ code: 'model_not_found', message: why, param: 'model' });
}

/** It leads to no model. */
function resolutionOf(originalModel: string, guardrails: readonly string[]): Resolution {
  return {
    originalModel,
    reason: 'guardrails',
    targets: [],
    strategy: 'ordered',
    chooses: false,
    affinity: false,
    contentPolicyFallback: false,
    placements: [],
    guardrails,
  };
}

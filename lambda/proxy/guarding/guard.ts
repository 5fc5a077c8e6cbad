import type { CallGuard } from '../../guardrails';
import { GatewayError, invalidRequest } from '../../platform/error';
import { parseJsonDocument, REQUEST_LIMITS } from '../../platform/json';
import { permitted, placementOf, type Target } from '../../routing';
import { fitsModel } from '../../wire/model';
import type { RequestText, RequestTexts } from '../../wire/texts';
import type { ModelCall, RoutedCall } from '../before/call';
import { factsOf } from '../before/parse';
import type { Gateway } from '../gateway';
import { guardFeesOf } from './guard-fees';

/**
 * A call as its guardrail policies let it go on: masked, to those targets alone that may see it, with the reason where it is not to be made.
 * What is looked for here is found before anything is set aside; a call that is refused for it is admitted like any other, and then given back.
 *
 * @throws GatewayError 503 `guardrail_unavailable` where a policy is not there or cannot be read, 400 for one that the caller may not ask for
 */
export async function guarded(gateway: Gateway, call: RoutedCall): Promise<RoutedCall> {
  const beganMs = gateway.clock.monotonic();
  const room = await import('../../guardrails');
  checkAskedFor(call);
  const applied = room.appliedPolicies(call.configuration.guardrails(), call.guardrails, call.route.path);
  if (applied === undefined) return call;
  const guard = new room.CallGuard(applied);
  const checked = checkedCall(call, guard, room.checkPrompt);
  guard.fees = guardFeesOf(gateway.managedGuards, guard, checked);
  guard.tookMs = gateway.clock.monotonic() - beganMs;
  return { ...checked, guard };
}

function checkedCall(
  call: RoutedCall,
  guard: CallGuard,
  checkPrompt: (guard: CallGuard, texts: readonly RequestText[]) => ReadonlyMap<RequestText, string>,
): RoutedCall {
  const texts = readableTexts(call, guard);
  if (texts === undefined) return call;
  const changes = checkPrompt(guard, texts.texts);
  refuseMedia(call, guard);
  if (guard.refusal !== undefined) return call;
  const held = confined(call, guard);
  return guard.refusal === undefined ? withChanges(held, texts, changes) : held;
}

/** The call to those of its targets that may see what was found in it. Where there is none, its guard says why it is not made. */
export function confined(call: RoutedCall, guard: CallGuard): RoutedCall {
  const { label: sensitivity } = placementOf([call, guard]);
  const left = seenBy(call, guard, call.targets);
  if (left.length === 0) guard.refusal ??= nowhere(call);
  // What is refused is planned like any other, so that it has a record.
  const targets = left.length === 0 ? call.targets : left;
  return targets === call.targets && sensitivity === call.sensitivity ? call : { ...call, targets, sensitivity };
}

/** Those of some targets that may see what was found in a call. */
export function seenBy(call: RoutedCall, guard: CallGuard, targets: readonly Target[]): readonly Target[] {
  const { label } = placementOf([call, guard]);
  const allowed = permitted(guard.routes.reduce(within, targets), { label, fences: [] }, call.configuration.document.sensitiveTargets);
  return allowed.length === targets.length ? targets : allowed;
}

/** A body that nobody can look through goes nowhere. */
function readableTexts({ document, dialect }: RoutedCall, guard: CallGuard): RequestTexts | undefined {
  const texts = document.form === undefined ? dialect.texts(document) : undefined;
  const unread = texts === undefined ? 'the form' : texts.unread;
  if (unread === undefined) return texts;
  const [policy] = guard.applied.policies as readonly [(typeof guard.applied.policies)[0]];
  guard.note({ policy: policy.id, version: policy.version, rule: 'unread', direction: 'input', verdict: 'block', types: [], findings: 1 });
  guard.refusal = new GatewayError({
    code: 'content_policy_violation',
    message: `The guardrail policy '${policy.id}' holds for this call and cannot look into ${unread}; send it as text.`,
    ...(texts === undefined ? {} : { param: unread }),
  });
  return undefined;
}

function refuseMedia({ facts: { media, modalities = [] } }: RoutedCall, guard: CallGuard): void {
  const policy = guard.applied.refusesMedia;
  const others = modalities.filter((modality) => modality !== 'text');
  if (policy === undefined || media.length + others.length === 0) return;
  const types = [...new Set([...media.map(({ kind }) => kind), ...others])];
  guard.note({
    policy: policy.id,
    version: policy.version,
    rule: 'media',
    direction: 'input',
    verdict: 'block',
    types,
    findings: types.length,
  });
  guard.refuse({ policy: policy.id, rule: 'media' }, types);
}

/** Those of the targets that one of the patterns names. */
function within(targets: readonly Target[], patterns: readonly string[]): readonly Target[] {
  const left = targets.filter(({ name }) => patterns.some((pattern) => fitsModel(pattern, name)));
  return left.length === targets.length ? targets : left;
}

/** Why a call that may go to none of its targets is not made. */
export function nowhere({ resolution }: RoutedCall): GatewayError {
  return new GatewayError({
    code: 'target_not_allowed',
    message: `The model '${resolution.originalModel}' leads nowhere that what a guardrail policy found in this call may go.`,
    param: 'model',
  });
}

/** The call with other texts in place of its own, in their order. */
export function withTexts(call: RoutedCall, others: readonly string[]): RoutedCall {
  if (call.document.form !== undefined) return call;
  const texts = call.dialect.texts(call.document);
  return withChanges(call, texts, new Map(texts.texts.map((text, index) => [text, others[index] ?? text.text])));
}

function withChanges(call: RoutedCall, texts: RequestTexts, changes: ReadonlyMap<RequestText, string>): RoutedCall {
  const bytes = changes.size === 0 ? call.document.bytes : texts.with(changes);
  if (bytes === call.document.bytes) return call;
  // A mask may be longer than what it hides.
  const document = parseJsonDocument(bytes, { ...REQUEST_LIMITS, maxBytes: Number.POSITIVE_INFINITY });
  return { ...call, document, facts: factsOf(call, document) };
}

/** Who asks for a policy by name is told where it would not hold. */
export function checkAskedFor({ options, configuration, route }: ModelCall): void {
  for (const id of options.guardrails) {
    const policy = configuration.guardrails().get(id)?.config;
    const holds = policy !== undefined && policy.enabled !== false && policy.endpoints?.includes(route.path) !== false;
    if (!holds) {
      const message = `The header x-gateway-guardrails names '${id}', which is no guardrail policy that holds for ${route.path}.`;
      throw invalidRequest('x-gateway-guardrails', message, 'invalid_header');
    }
  }
}

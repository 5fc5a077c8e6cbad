import { visibleError } from '../answer/answers';
import type { AdmittedCall } from '../answer/source';
import type { RoutedCall } from '../before/call';
import type { Gateway } from '../gateway';
import { confined, withTexts } from './guard';

/**
 * Shows the prompt of an admitted call to services: a key that has nothing left cannot make anybody pay for checks. What they mask is masked
 * from here on, and what they let only some targets see goes to those alone; where they refuse the call, its guard says why.
 */
export async function askManagedGuards({ clock, managedGuards }: Gateway, admitted: AdmittedCall): Promise<void> {
  const { call, totalAtMs, departure } = admitted;
  const { guard } = call;
  const rules = guard?.managed('input') ?? [];
  if (guard === undefined || rules.length === 0 || call.document.form !== undefined) return;
  const beganMs = clock.monotonic();
  const { askOfPrompt } = await import('../../guardrails');
  const asked = rules.map((rule) => ({ rule, guard: managedGuards.of(rule) }));
  const { texts } = call.dialect.texts(call.document);
  const around = { requestId: call.requestId, deadlineMs: totalAtMs, wanted: departure.wanted };
  try {
    const { refusedBy, texts: left, confining } = await askOfPrompt(asked, texts, around, guard);
    if (refusedBy !== undefined) return guard.refuse(refusedBy, refusedBy.types);
    for (const rule of confining) guard.confine(rule);
    goOn(admitted, confined(left === undefined ? call : withTexts(call, left), guard));
  } catch (error) {
    guard.refusal = visibleError(error);
  } finally {
    guard.tookMs += clock.monotonic() - beganMs;
  }
}

function goOn(admitted: AdmittedCall, call: RoutedCall): void {
  if (call === admitted.call) return;
  admitted.call = call;
  admitted.bounded = { ...admitted.bounded, call };
}

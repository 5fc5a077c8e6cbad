import type { Gateway } from '../gateway';
import { type AdmittedCall, type Answer, type AnswerSink, type AnswerSource, NOT_ASKED } from './source';

/** What the caller's guardrail policies find in it, where that is what the call asks for. */
export function guardSource(gateway: Gateway): AnswerSource {
  return { answer: (call, sink) => (call.call.operation.answeredByGuards ? moderation(gateway, call, sink) : NOT_ASKED) };
}

async function moderation(gateway: Gateway, call: AdmittedCall, sink: AnswerSink): Promise<Answer> {
  const { moderated } = await import('../guarding/moderation');
  return sink.send(await moderated(gateway, call));
}

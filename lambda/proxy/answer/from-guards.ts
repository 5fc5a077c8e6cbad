import type { Gateway } from '../gateway';
import type { AnswerSource } from './source';

/** What the caller's guardrail policies find in it, where that is what the call asks for. */
export function guardSource(gateway: Gateway): AnswerSource {
  return {
    async answer(call, sink) {
      if (!call.call.operation.answeredByGuards) return { declined: undefined };
      return sink.send(await (await import('../guarding/moderation')).moderated(gateway, call));
    },
  };
}

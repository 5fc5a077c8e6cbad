import type { Gateway } from '../gateway';
import { attempt } from '../upstream/attempt';
import { type AnswerSource, UnansweredError } from './source';

/** The providers of the model, in the order of its targets. */
export function providerSource(gateway: Gateway): AnswerSource {
  return {
    async answer(call, { delivery }) {
      gateway.attemptBudget.open();
      try {
        return await attempt(gateway, call, delivery);
      } catch (error) {
        // None of them has this endpoint at all.
        if (error instanceof UnansweredError && error.error.code === 'operation_not_supported') return { declined: error.error };
        throw error;
      } finally {
        gateway.attemptBudget.close();
      }
    },
  };
}

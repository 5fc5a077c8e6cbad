import type { JsonObject } from '../../../platform/json';
import type { Thinking } from '../../fitting';
import type { Reasoning } from '../../model/request';

/** `thinking` of a call. */
export function writeThinking({ mode, budgetTokens }: Thinking, reasoning: Reasoning | undefined): JsonObject | undefined {
  switch (mode) {
    case 'adaptive':
      return { type: 'adaptive', ...display(reasoning) };
    case 'budget':
      return { type: 'enabled', budget_tokens: budgetTokens as number, ...display(reasoning) };
    case 'off':
      return { type: 'disabled' };
    case undefined:
      return undefined;
  }
}

/** Shown as a summary or not at all. */
function display(reasoning: Reasoning | undefined): JsonObject {
  if (reasoning?.summary === undefined) return {};
  return { display: reasoning.summary === 'hidden' || reasoning.summary === 'none' ? 'omitted' : 'summarized' };
}

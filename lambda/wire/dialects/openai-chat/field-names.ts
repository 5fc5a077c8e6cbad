import type { FieldNames } from '../../protocols/field-names';

/** Callers of compatible servers have several ways to ask for thinking. */
export const FIELD_NAMES: FieldNames = {
  reasoning: ['reasoning_effort', 'reasoning', 'thinking', 'messages.reasoning_content'],
  'reasoning.effort': ['reasoning_effort', 'reasoning.effort', 'thinking', 'reasoning_effort'],
  'reasoning.budget_tokens': ['reasoning.max_tokens', 'thinking.budget_tokens'],
  'thinking.budget_tokens': ['reasoning.max_tokens', 'thinking.budget_tokens'],
  'tools.parameters': ['tools.function.parameters'],
  'tools.strict': ['tools.function.strict'],
  user: ['safety_identifier', 'user'],
};

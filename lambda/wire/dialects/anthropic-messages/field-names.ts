import type { FieldNames } from '../../protocols/field-names';

/** What other APIs call otherwise. */
export const FIELD_NAMES: FieldNames = {
  stop: ['stop_sequences'],
  response_format: ['output_config.format', 'output_format'],
  reasoning: ['thinking', 'output_config.effort', 'thinking'],
  'reasoning.effort': ['output_config.effort', 'thinking'],
  'reasoning.budget_tokens': ['thinking.budget_tokens'],
  'tools.parameters': ['tools.input_schema'],
  parallel_tool_calls: ['tool_choice.disable_parallel_tool_use'],
  user: ['metadata.user_id'],
};

import type { FieldNames } from '../../protocols/field-names';

/** What other APIs call otherwise. */
export const FIELD_NAMES: FieldNames = {
  messages: ['input'],
  response_format: ['text.format'],
  verbosity: ['text.verbosity'],
  logprobs: ['top_logprobs', 'include'],
  'reasoning.budget_tokens': ['reasoning.effort'],
  'image_url.detail': ['input.content.detail'],
  cache_control: ['input.content.cache_control'],
  user: ['safety_identifier', 'user'],
};

import { openAiStyle } from './openai-style';

/**
 * Any service that speaks OpenAI's dialect; configuration gives the base URL (version segment included) and the models.
 * The output cap goes out as `max_tokens`, the name that every such service knows.
 */
export const openAiCompatible = openAiStyle({
  kind: 'openai-compatible',
  telemetryName: 'openai_compatible',
  models: [],
  selfHosted: true,
  quirks: ['films', 'object-arguments', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],
  embeddings: true,
});

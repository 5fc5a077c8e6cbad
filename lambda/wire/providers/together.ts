import { openAiStyle } from './openai-style';

/**
 * Together AI.
 *
 * @see https://docs.together.ai/docs/openai-api-compatibility
 */
export const together = openAiStyle({
  kind: 'together',
  telemetryName: 'together',
  baseUrl: 'https://api.together.xyz/v1',
  models: [],
  quirks: ['films', 'replays-reasoning', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],

  embeddings: true,
});

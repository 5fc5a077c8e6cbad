import { openAiStyle } from './openai-style';

/**
 * OpenRouter.
 *
 * @see https://openrouter.ai/docs/api-reference/overview
 */
export const openRouter = openAiStyle({
  kind: 'openrouter',
  telemetryName: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  models: [],

  quirks: ['films', 'replays-reasoning', 'user-by-older-name'],
  protocols: ['openai-chat', 'openai-responses', 'anthropic-messages'],
  embeddings: true,
});

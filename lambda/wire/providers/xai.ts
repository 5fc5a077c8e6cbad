import { openAiStyle } from './openai-style';

/**
 * xAI.
 *
 * @see https://docs.x.ai/docs/api-reference
 */
export const xAi = openAiStyle({
  kind: 'xai',
  telemetryName: 'x_ai',
  baseUrl: 'https://api.x.ai/v1',
  models: ['grok-*'],

  protocols: ['openai-chat', 'openai-responses'],
  embeddings: true,
});

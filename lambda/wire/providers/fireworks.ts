import { openAiStyle } from './openai-style';

/**
 * Fireworks AI.
 *
 * @see https://docs.fireworks.ai/tools-sdks/openai-compatibility
 */
export const fireworks = openAiStyle({
  kind: 'fireworks',
  telemetryName: 'fireworks',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  models: ['accounts/fireworks/*'],
  quirks: ['films', 'replays-reasoning', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],
  protocols: ['openai-chat', 'openai-responses'],
  embeddings: true,
});

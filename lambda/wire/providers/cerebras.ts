import { openAiStyle } from './openai-style';

/**
 * Cerebras.
 *
 * @see https://inference-docs.cerebras.ai/resources/openai
 */
export const cerebras = openAiStyle({
  kind: 'cerebras',
  telemetryName: 'cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  models: [],
  quirks: [
    'no-reasoning-replay',
    'user-by-older-name',
    'no-openai-bookkeeping',
    'developer-as-system',
    'tiers-of-cerebras',
    'no-metadata',
    'refusal-as-text',
  ],
});

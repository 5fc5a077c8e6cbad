import { openAiStyle } from './openai-style';

/**
 * Groq.
 *
 * @see https://console.groq.com/docs/openai
 */
export const groq = openAiStyle({
  kind: 'groq',
  telemetryName: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  models: [],
  quirks: [
    'no-reasoning-replay',
    'user-by-older-name',
    'no-openai-bookkeeping',
    'developer-as-system',
    'no-message-name',
    'no-stream-options',
    'tiers-of-groq',
    'refusal-as-text',
  ],
  protocols: ['openai-chat', 'openai-responses'],
});

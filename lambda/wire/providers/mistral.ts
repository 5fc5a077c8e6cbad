import { openAiStyle } from './openai-style';

/**
 * Mistral. It refuses fields that it does not know.
 *
 * @see https://docs.mistral.ai/api
 */
export const mistral = openAiStyle({
  kind: 'mistral',
  telemetryName: 'mistral_ai',
  baseUrl: 'https://api.mistral.ai/v1',
  models: ['mistral-*', 'ministral-*', 'magistral-*', 'codestral-*', 'devstral-*', 'pixtral-*', 'open-mi*', 'voxtral-*'],
  quirks: [
    'object-arguments',
    'no-reasoning-replay',
    'max-tokens',
    'no-stream-options',
    'developer-as-system',
    'no-message-name',
    'mistral-messages',
    // What was refused is said before the turns that say nothing are left out.
    'refusal-as-text',
    'strict-order',
    'random-seed',
    'no-allowed-tools',
    'tool-choice-any',
    'effort-alone',
    'no-user',
    'no-openai-bookkeeping',
    'no-service-tier',
    'tool-parameters',
    'documents-by-url',
    'bare-audio',
    'output-dimension',
  ],

  embeddings: true,
});

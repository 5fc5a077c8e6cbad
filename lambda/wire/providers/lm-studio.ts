import { openAiStyle } from './openai-style';

/**
 * LM Studio. Its credential is optional.
 *
 * @see https://lmstudio.ai/docs/developer/openai-compat
 */
export const lmStudio = openAiStyle({
  kind: 'lm-studio',
  telemetryName: 'lm_studio',
  baseUrl: 'http://127.0.0.1:1234/v1',
  models: [],
  selfHosted: true,
  quirks: ['object-arguments', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],
  protocols: ['openai-chat', 'openai-responses'],
  embeddings: true,
});

import { openAiStyle } from './openai-style';

/**
 * Ollama. Its credential is optional.
 *
 * @see https://docs.ollama.com/api/openai-compatibility
 */
export const ollama = openAiStyle({
  kind: 'ollama',
  telemetryName: 'ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  models: [],
  selfHosted: true,
  quirks: ['object-arguments', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],
  protocols: ['openai-chat', 'openai-responses'],
  embeddings: true,
});

import { openAiStyle } from './openai-style';

/**
 * SGLang. Its credential is optional.
 *
 * @see https://docs.sglang.ai/basic_usage/openai_api_completions.html
 */
export const sglang = openAiStyle({
  kind: 'sglang',
  telemetryName: 'sglang',
  baseUrl: 'http://127.0.0.1:30000/v1',
  models: [],
  selfHosted: true,
  quirks: ['object-arguments', 'replays-reasoning', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],
  embeddings: true,
});

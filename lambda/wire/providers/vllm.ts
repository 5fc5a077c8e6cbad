import { openAiStyle } from './openai-style';

/**
 * vLLM. Its credential is optional.
 *
 * @see https://docs.vllm.ai/en/latest/serving/openai_compatible_server/
 */
export const vllm = openAiStyle({
  kind: 'vllm',
  telemetryName: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  models: [],
  selfHosted: true,
  quirks: [
    'films',
    'object-arguments',
    'replays-reasoning',
    'user-by-older-name',
    'prefers-max-tokens',
    'developer-as-system',
    'one-system',
  ],
  protocols: ['openai-chat', 'openai-responses'],
  embeddings: true,
});

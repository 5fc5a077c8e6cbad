import { openAiStyle } from './openai-style';

/**
 * Hugging Face Inference Providers.
 *
 * @see https://huggingface.co/docs/inference-providers/tasks/chat-completion
 */
export const huggingFace = openAiStyle({
  kind: 'hugging-face',
  telemetryName: 'hugging_face',
  baseUrl: 'https://router.huggingface.co/v1',
  models: [],
  quirks: ['films', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],
  protocols: ['openai-chat', 'openai-responses'],
});

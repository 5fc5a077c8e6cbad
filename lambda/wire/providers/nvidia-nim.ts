import { openAiStyle } from './openai-style';

/**
 * NVIDIA NIM, hosted or one's own.
 *
 * @see https://docs.nvidia.com/nim/large-language-models/latest/api-reference.html
 */
export const nvidiaNim = openAiStyle({
  kind: 'nvidia-nim',
  telemetryName: 'nvidia_nim',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  models: [],
  quirks: [
    'films',
    'user-by-older-name',
    'no-openai-bookkeeping',
    'max-tokens',
    'developer-as-system',
    'one-system',
    'embedding-input-type',
  ],

  embeddings: true,
});

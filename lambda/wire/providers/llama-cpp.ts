import { openAiStyle } from './openai-style';

/**
 * The server of llama.cpp. Its credential is optional.
 *
 * @see https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export const llamaCpp = openAiStyle({
  kind: 'llama-cpp',
  telemetryName: 'llama_cpp',
  baseUrl: 'http://127.0.0.1:8080/v1',
  models: [],
  selfHosted: true,
  quirks: ['object-arguments', 'replays-reasoning', 'user-by-older-name', 'prefers-max-tokens', 'developer-as-system', 'one-system'],
  embeddings: true,
});

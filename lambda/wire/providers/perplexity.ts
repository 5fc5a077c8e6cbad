import { openAiStyle } from './openai-style';

/**
 * Perplexity. Usage comes with every chunk of a stream.
 *
 * @see https://docs.perplexity.ai/api-reference/chat-completions-post
 */
export const perplexity = openAiStyle({
  kind: 'perplexity',
  telemetryName: 'perplexity',
  baseUrl: 'https://api.perplexity.ai',
  models: ['sonar*'],
  quirks: ['user-by-older-name', 'max-tokens', 'no-stream-options', 'developer-as-system'],
});

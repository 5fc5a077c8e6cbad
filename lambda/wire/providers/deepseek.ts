import { openAiStyle } from './openai-style';

/**
 * DeepSeek.
 *
 * @see https://api-docs.deepseek.com/api/create-chat-completion
 */
export const deepSeek = openAiStyle({
  kind: 'deepseek',
  telemetryName: 'deepseek',
  baseUrl: 'https://api.deepseek.com',
  models: ['deepseek-*'],
  quirks: [
    'thinking-switch',
    'replays-reasoning',
    'user-by-older-name',
    'max-tokens',
    'developer-as-system',
    'plain-strings',
    'schema-in-words',
    'thinks-unless-told',
    'refusal-as-text',
  ],
});

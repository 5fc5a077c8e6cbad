import { anthropicStyle } from './anthropic-style';

/**
 * Anthropic.
 *
 * @see https://docs.claude.com/en/api/messages
 */
export const anthropic = anthropicStyle({
  maker: true,
  kind: 'anthropic',
  telemetryName: 'anthropic',
  baseUrl: 'https://api.anthropic.com',
  models: ['claude-*'],
});

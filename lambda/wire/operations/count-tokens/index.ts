import type { OperationDeclaration } from '../operation';
import type { CountTokensRequest, TokenCount } from './request';

/** How callers of Messages ask for it. */
export const anthropicTokenCount = async () => (await import('./anthropic-messages')).anthropicTokenCount;

/** How many tokens a call would be. */
export const countTokens: OperationDeclaration<CountTokensRequest, TokenCount> = {
  name: 'count-tokens',
  body: 'json',
  answers: ['json'],
  billedIn: [],
  generates: false,
  estimated: true,
  answeredByGuards: false,
  mediaInTexts: [],
  protocols: {
    'anthropic-messages': anthropicTokenCount,
    'bedrock-converse': async () => (await import('./bedrock-converse')).bedrockTokenCount,
    gemini: async () => (await import('./gemini')).geminiTokenCount,
  },
};

export type { TokenCount } from './request';

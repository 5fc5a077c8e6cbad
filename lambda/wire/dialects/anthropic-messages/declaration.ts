import type { JsonObject } from '../../../platform/json';
import { anthropicTokenCount } from '../../operations/count-tokens';
import type { DialectDeclaration } from '../declaration';

const idOf = (model: JsonObject | undefined) => model?.['id'] ?? null;

/** @see https://docs.claude.com/en/api/messages */
export const anthropicMessages = {
  calls: [
    { path: '/v1/messages', operation: 'chat' },
    { path: '/v1/messages/count_tokens', operation: 'count-tokens' },
  ],
  models: {
    path: '/v1/models',
    // https://platform.claude.com/docs/en/api/models/retrieve
    describe: ({ id, createdAt, contextWindow = null, maxOutputTokens = null }) => ({
      id,
      type: 'model',
      display_name: id,
      created_at: createdAt,
      max_input_tokens: contextWindow,
      max_tokens: maxOutputTokens,
    }),
    list: (models) => ({ data: [...models], has_more: false, first_id: idOf(models[0]), last_id: idOf(models.at(-1)) }),
  },
  prefixes: ['/v1/messages'],
  forwardedHeaders: ['anthropic-version', 'anthropic-beta'],
  returnedHeaders: ['request-id'],
  codecs: {
    chat: async () => (await import('.')).anthropicMessages,
    'count-tokens': anthropicTokenCount,
  },
  protocol: async () => (await import('.')).anthropicMessages,
} satisfies DialectDeclaration;

import { openAiEmbeddings } from '../../operations/embeddings';
import { openAiModerations } from '../../operations/moderations';
import type { DialectDeclaration } from '../declaration';

/** @see https://platform.openai.com/docs/api-reference/chat */
export const openAiChat = {
  calls: [
    { path: '/v1/chat/completions', operation: 'chat' },
    { path: '/v1/embeddings', operation: 'embeddings' },
    { path: '/v1/moderations', operation: 'moderations' },
  ],
  models: {
    path: '/v1/models',
    describe: ({ id, provider, createdAt }) => ({ id, object: 'model', created: Date.parse(createdAt) / 1_000, owned_by: provider }),
    list: (models) => ({ object: 'list', data: [...models] }),
  },
  prefixes: [],
  forwardedHeaders: [],
  returnedHeaders: ['x-request-id', 'openai-processing-ms', 'openai-version'],
  codecs: {
    chat: async () => (await import('.')).openAiChat,
    embeddings: openAiEmbeddings,
    moderations: openAiModerations,
  },
  protocol: async () => (await import('.')).openAiChat,
} satisfies DialectDeclaration;

import type { DialectDeclaration } from '../declaration';

/** @see https://platform.openai.com/docs/api-reference/responses */
export const openAiResponses = {
  calls: [{ path: '/v1/responses', operation: 'chat' }],
  models: {
    path: '/v1/models',
    describe: () => ({}),
    // Codex says its version, and then looks for its own catalogue in the answer.
    list: (_models, query) => (query.has('client_version') ? { models: [] } : {}),
  },
  // Codex tries a WebSocket first.
  socketPaths: ['/v1/responses'],
  prefixes: ['/v1/responses'],
  forwardedHeaders: [],
  returnedHeaders: [],
  codecs: { chat: async () => (await import('.')).openAiResponses },
  protocol: async () => (await import('.')).openAiResponses,
} satisfies DialectDeclaration;

import type { OperationDeclaration } from '../operation';
import type { Embeddings, EmbeddingsRequest } from './request';

/** How callers of Chat Completions ask for it. */
export const openAiEmbeddings = async () => (await import('./openai-chat')).openAiEmbeddings;

/** Vectors of texts. */
export const embeddings: OperationDeclaration<EmbeddingsRequest, Embeddings> = {
  name: 'embeddings',
  body: 'json',
  answers: ['json'],
  billedIn: ['token', 'call'],
  generates: false,
  estimated: false,
  answeredByGuards: false,
  // Servers that embed pictures take them where others take text.
  mediaInTexts: ['input'],
  protocols: {
    'openai-chat': openAiEmbeddings,
    'bedrock-converse': async () => (await import('./bedrock-converse')).bedrockEmbeddings,
    gemini: async () => (await import('./gemini')).geminiEmbeddings,
    'cohere-v2': async () => (await import('./cohere-v2')).cohereEmbeddings,
  },
};

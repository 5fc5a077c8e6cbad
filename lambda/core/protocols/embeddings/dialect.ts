import { openAiChat } from '../openai-chat';
import type { Dialect } from '../protocol';
import { decodeRequest, inspect } from './request';
import { base64OfFloats, listOf } from './vectors';

/** OpenAI's embeddings as callers speak them; errors are those of Chat Completions. */
export const embeddingsDialect: Dialect = {
  ...openAiChat,
  inspect,
  decodeRequest,
  encodeResponse(response, { originalModel, request }) {
    const asBase64 = request.embeddings?.encodingFormat === 'base64';
    const vectors = (response.embeddings ?? []).map((vector) => (asBase64 ? base64OfFloats(vector) : [...vector]));
    return listOf(vectors, response.model ?? originalModel, response.usage);
  },
};

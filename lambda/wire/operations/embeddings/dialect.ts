import type { JsonValue } from '../../../platform/json';
import { openAiChat } from '../../dialects/openai-chat';
import { numberOf, objectsOf } from '../../protocols/lenient';
import type { Dialect } from '../../protocols/protocol';
import { findTexts } from '../../texts';
import { decodeRequest, inspect } from './request';
import { TEXT_RULES } from './text-rules';
import { base64OfFloats, listOf } from './vectors';

function inBase64(embedding: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(embedding) ? base64OfFloats(embedding.map((value) => numberOf(value) ?? 0)) : embedding;
}

/** There is no history to change, no stream to report usage, and nothing that is kept. */
const { forwardChanges: _history, usageFields: _usage, forget: _store, ...shared } = openAiChat;

/** OpenAI's embeddings as callers speak them; errors are those of Chat Completions. */
export const embeddingsDialect: Dialect = {
  ...shared,
  inspect,
  texts: (document) => findTexts(document, TEXT_RULES),
  decodeRequest,
  encodeResponse(response, { originalModel, request }) {
    const asBase64 = request.embeddings?.encodingFormat === 'base64';
    const vectors = (response.embeddings ?? []).map((vector) => (asBase64 ? base64OfFloats(vector) : [...vector]));
    return listOf(vectors, response.model ?? originalModel, response.usage);
  },
  /** Many compatible servers answer with numbers whatever was asked, which OpenAI's own client reads as noise. */
  mendResponse(answer, asked) {
    const data = objectsOf(answer['data']);
    if (asked['encoding_format'] !== 'base64' || !data.some(({ embedding }) => Array.isArray(embedding))) return undefined;
    return { ...answer, data: data.map((item) => ({ ...item, embedding: inBase64(item['embedding']) })) };
  },
};

import type { JsonObject, JsonValue } from '../../../platform/json';
import { openAiChat } from '../../dialects/openai-chat';
import { countOf, defined, nonEmptyText, numberOf, objectOf, objectsOf } from '../../protocols/lenient';
import type { DialectCodec, ProtocolCodec } from '../../protocols/protocol';
import { findTexts } from '../../texts';
import { formatOf } from '../format';
import { decodeRequest } from './decode-request';
import { inspect } from './inspect';
import type { Embeddings, EmbeddingsRequest } from './request';
import { TEXT_RULES } from './text-rules';
import { tokenIdsIn } from './texts';
import { base64OfFloats, floatsOfBase64, inputUsage, listOf, vectorsResponse } from './vectors';

/**
 * OpenAI's embeddings, both ways: Azure, Mistral, Together, NVIDIA, Ollama, vLLM and others serve them too. Errors are those of Chat
 * Completions.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export const openAiEmbeddings: DialectCodec<EmbeddingsRequest, Embeddings> & ProtocolCodec<EmbeddingsRequest, Embeddings> = {
  ...formatOf(openAiChat),
  inspect,
  texts: (document) => ({ ...findTexts(document, TEXT_RULES), unread: tokenIdsIn(document.value['input']) }),
  decodeRequest,
  encodeRequest(request, target) {
    const body: JsonObject = defined({
      model: target.requestModel,
      input: request.inputs.map((input): JsonValue => (typeof input === 'string' ? input : [...input])),
      dimensions: request.dimensions,
      encoding_format: request.encodingFormat,
      user: request.user,
    });
    return { body, dropped: [...(request.dropped ?? [])] };
  },
  decodeResponse(body) {
    if (objectOf(body['error']) !== undefined) throw openAiChat.decodeError(200, body, {}).error;
    const vectors = inOrder(objectsOf(body['data'])).map(({ embedding }) =>
      typeof embedding === 'string' ? floatsOfBase64(embedding) : embedding,
    );
    return vectorsResponse(vectors, usage(body), nonEmptyText(body['model']));
  },
  isAnswer: (body) => objectsOf(body['data']).length > 0,
  encodeResponse(response, { originalModel, request }) {
    const asBase64 = request.encodingFormat === 'base64';
    const vectors = response.vectors.map((vector) => (asBase64 ? base64OfFloats(vector) : [...vector]));
    return listOf(vectors, response.model ?? originalModel, response.usage);
  },
  /** Many compatible servers answer with numbers whatever was asked, which OpenAI's own client reads as noise. */
  mendResponse(answer, asked) {
    const data = objectsOf(answer['data']);
    if (asked['encoding_format'] !== 'base64' || !data.some(({ embedding }) => Array.isArray(embedding))) return undefined;
    return { ...answer, data: data.map((item) => ({ ...item, embedding: inBase64(item['embedding']) })) };
  },
  usage,
};

/** The standard says in which order the vectors come by a number that some servers do not sort by. */
function inOrder(data: readonly JsonObject[]): JsonObject[] {
  const place = (item: JsonObject) => countOf(item['index']) ?? data.indexOf(item);
  return data.toSorted((first, second) => place(first) - place(second));
}

function usage(body: JsonObject) {
  const reported = objectOf(body['usage']);
  return inputUsage(countOf(reported?.['prompt_tokens']) ?? countOf(reported?.['total_tokens']), reported);
}

function inBase64(embedding: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(embedding) ? base64OfFloats(embedding.map((value) => numberOf(value) ?? 0)) : embedding;
}

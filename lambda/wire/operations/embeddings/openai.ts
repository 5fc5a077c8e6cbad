import type { JsonObject, JsonValue } from '../../../platform/json';
import { openAiChat } from '../../dialects/openai-chat';
import { countOf, defined, nonEmptyText, objectOf, objectsOf } from '../../protocols/lenient';
import type { Protocol } from '../../protocols/protocol';
import { floatsOfBase64, inputUsage, vectorsResponse } from './vectors';

/**
 * OpenAI's embeddings, which Azure, Mistral, Together, NVIDIA, Ollama, vLLM and others serve too.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export const openAiEmbeddings: Protocol = {
  ...openAiChat,
  encodeRequest(request, target) {
    const { embeddings } = request;
    const body: JsonObject = defined({
      model: target.requestModel,
      input: embeddings?.inputs.map((input): JsonValue => (typeof input === 'string' ? input : [...input])) ?? [],
      dimensions: embeddings?.dimensions,
      encoding_format: embeddings?.encodingFormat,
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

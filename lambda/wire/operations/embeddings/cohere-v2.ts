import type { JsonObject } from '../../../platform/json';
import { cohereV2 } from '../../protocols/cohere-v2';
import { arrayOf, countOf, defined, objectOf } from '../../protocols/lenient';
import type { ProtocolCodec } from '../../protocols/protocol';
import { formatOf } from '../format';
import type { Embeddings, EmbeddingsRequest } from './request';
import { textEmbeddings } from './texts';
import { inputUsage, vectorsResponse } from './vectors';

/** Sent where the caller names no `input_type`: Cohere's models want one. */
const DEFAULT_INPUT_TYPE = 'search_document';

/**
 * Cohere's embeddings, version 2.
 *
 * @see https://docs.cohere.com/reference/embed
 */
export const cohereEmbeddings: ProtocolCodec<EmbeddingsRequest, Embeddings> = {
  ...formatOf(cohereV2),
  encodeRequest(request, target) {
    return { body: { model: target.requestModel, ...embedBody(request) }, dropped: droppedOf(request) };
  },
  decodeResponse: (body) => vectorsResponse(vectorsOf(body), usage(body)),
  usage,
};

/** The fields that Cohere and Cohere on Bedrock share. */
export function embedBody(request: EmbeddingsRequest): JsonObject {
  const embeddings = textEmbeddings(request);
  return defined({
    texts: [...embeddings.inputs],
    input_type: embeddings.inputType ?? DEFAULT_INPUT_TYPE,
    embedding_types: ['float'],
    output_dimension: embeddings.dimensions,
  });
}

/** By type, or bare as older models answer. */
export function vectorsOf(body: JsonObject): readonly JsonObject['x'][] {
  return arrayOf(objectOf(body['embeddings'])?.['float'] ?? body['embeddings']);
}

export function droppedOf(request: EmbeddingsRequest): string[] {
  return [...(request.dropped ?? []), ...(request.user === undefined ? [] : ['user'])];
}

function usage(body: JsonObject) {
  const meta = objectOf(body['meta']);
  const count = countOf(objectOf(meta?.['billed_units'])?.['input_tokens']) ?? countOf(objectOf(meta?.['tokens'])?.['input_tokens']);
  return inputUsage(count, meta);
}

import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { bedrockConverse } from '../../protocols/bedrock-converse';
import { arrayOf, countOf, defined, objectOf } from '../../protocols/lenient';
import type { ProtocolCodec } from '../../protocols/protocol';
import { formatOf } from '../format';
import { droppedOf, embedBody, vectorsOf } from './cohere-v2';
import type { Embeddings, EmbeddingsRequest } from './request';
import { onlyText, textEmbeddings } from './texts';
import { inputUsage, vectorsResponse } from './vectors';

/** Bedrock counts what an InvokeModel call read; Cohere's bodies do not. */
const INPUT_TOKENS_HEADER = 'x-amzn-bedrock-input-token-count';

/**
 * Embeddings of Bedrock's models by InvokeModel: each family has a body of its own.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
 * @see https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
 */
export const bedrockEmbeddings: ProtocolCodec<EmbeddingsRequest, Embeddings> = {
  ...formatOf(bedrockConverse),
  encodeRequest: (request, target) => ({ body: bodyFor(request, target.requestModel), dropped: droppedOf(request) }),
  decodeResponse: (body) => vectorsResponse(vectors(body), usage(body)),
  usage,
  headerUsage(headers) {
    const count = headers[INPUT_TOKENS_HEADER];
    return typeof count === 'string' && /^\d{1,12}$/.test(count) ? inputUsage(Number(count)) : undefined;
  },
};

function bodyFor(request: EmbeddingsRequest, model: string): JsonObject {
  if (model.includes('cohere.embed')) return embedBody(request);
  const embeddings = textEmbeddings(request);
  const { dimensions } = embeddings;
  if (model.includes('amazon.titan-embed-text-v1')) {
    if (dimensions !== undefined) throw unsupported('dimensions', `${model} has vectors of one length only.`);
    return { inputText: onlyText(embeddings, model) };
  }
  if (model.includes('amazon.titan-embed-image')) {
    const embeddingConfig = dimensions === undefined ? undefined : { outputEmbeddingLength: dimensions };
    return defined({ inputText: onlyText(embeddings, model), embeddingConfig });
  }
  if (model.includes('amazon.titan-embed')) return defined({ inputText: onlyText(embeddings, model), dimensions });
  if (model.includes('amazon.nova') && model.includes('embeddings')) {
    const text = { truncationMode: 'END', value: onlyText(embeddings, model) };
    const singleEmbeddingParams = defined({ embeddingPurpose: 'GENERIC_INDEX', embeddingDimension: dimensions, text });
    return { taskType: 'SINGLE_EMBEDDING', singleEmbeddingParams };
  }
  throw unsupported('model', `${model} is not an embedding model that the gateway knows.`);
}

/** Titan answers one vector, Nova a list of objects, Cohere vectors. */
function vectors(body: JsonObject): readonly JsonObject['x'][] {
  if (body['embedding'] !== undefined) return [body['embedding']];
  const listed = arrayOf(body['embeddings']);
  const objects = listed.flatMap((item): JsonObject[] => {
    const entry = objectOf(item);
    return entry === undefined ? [] : [entry];
  });
  return objects.length > 0 ? objects.map(({ embedding }) => embedding) : vectorsOf(body);
}

function usage(body: JsonObject) {
  const count = body['inputTextTokenCount'];
  return inputUsage(countOf(count), count === undefined ? undefined : { inputTextTokenCount: count });
}

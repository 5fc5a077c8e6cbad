import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import { gemini } from '../../protocols/gemini';
import { countOf, defined, objectOf, objectsOf } from '../../protocols/lenient';
import type { ProtocolCodec } from '../../protocols/protocol';
import { formatOf } from '../format';
import { droppedOf } from './cohere-v2';
import type { Embeddings, EmbeddingsRequest } from './request';
import type { TextEmbeddings } from './texts';
import { textEmbeddings } from './texts';
import { inputUsage, vectorsResponse } from './vectors';

/** Cohere's names for what vectors are for, in Google's words. @see https://ai.google.dev/gemini-api/docs/embeddings#supported-task-types */
const TASKS: Readonly<Record<string, string>> = {
  search_query: 'RETRIEVAL_QUERY',
  search_document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

/**
 * Embeddings of Google's models: `batchEmbedContents` on AI Studio, `predict` on Vertex AI (`vertex-operations`).
 *
 * @see https://ai.google.dev/api/embeddings#method:-models.batchembedcontents
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export const geminiEmbeddings: ProtocolCodec<EmbeddingsRequest, Embeddings> = {
  ...formatOf(gemini),
  encodeRequest(request, target) {
    const embeddings = textEmbeddings(request);
    const body = target.quirks.has('vertex-operations') ? predictBody(embeddings) : batchBody(embeddings, target.requestModel);
    return { body, dropped: droppedOf(request) };
  },
  decodeResponse(body) {
    const predictions = objectsOf(body['predictions']).map((prediction) => objectOf(prediction['embeddings'])?.['values']);
    const vectors = predictions.length > 0 ? predictions : objectsOf(body['embeddings']).map(({ values }) => values);
    return vectorsResponse(vectors, usage(body));
  },
  usage,
};

function batchBody(embeddings: TextEmbeddings, model: string): JsonObject {
  return {
    requests: embeddings.inputs.map((text) =>
      defined({
        model: `models/${model}`,
        content: { parts: [{ text }] },
        taskType: taskOf(embeddings),
        outputDimensionality: embeddings.dimensions,
      }),
    ),
  };
}

function predictBody(embeddings: TextEmbeddings): JsonObject {
  return defined({
    instances: embeddings.inputs.map((content) => defined({ content, task_type: taskOf(embeddings) })),
    parameters: embeddings.dimensions === undefined ? undefined : { outputDimensionality: embeddings.dimensions },
  });
}

/** A name of Google's own goes through as it is. */
function taskOf({ inputType }: TextEmbeddings): string | undefined {
  return inputType === undefined ? undefined : (entryOf(TASKS, inputType) ?? inputType);
}

/** AI Studio counts in `usageMetadata` where it counts at all, Vertex AI per prediction. */
function usage(body: JsonObject) {
  const counts = objectsOf(body['predictions']).flatMap((prediction) => {
    const count = countOf(objectOf(objectOf(prediction['embeddings'])?.['statistics'])?.['token_count']);
    return count === undefined ? [] : [count];
  });
  const total = counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
  const reported = objectOf(body['usageMetadata']);
  return inputUsage(countOf(reported?.['promptTokenCount']) ?? total, reported);
}

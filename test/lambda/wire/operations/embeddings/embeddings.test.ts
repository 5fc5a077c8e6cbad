import type { JsonObject } from '../../../../../lambda/platform/json/value';
import type { ProtocolName } from '../../../../../lambda/wire/model/request';
import type { EmbeddingsRequest } from '../../../../../lambda/wire/operations/embeddings/request';
import { floatsOfBase64 } from '../../../../../lambda/wire/operations/embeddings/vectors';
import type { EncodeContext } from '../../../../../lambda/wire/protocols/protocol';
import { type EmbeddingsProtocol, embeddingsDialect, embeddingsProtocol } from '../../../../support/embeddings';
import { eachRecorded, recordings, responseBody } from '../../../../support/recorded';
import { targetFacts } from '../../../../support/target';

function protocolOf(name: ProtocolName): EmbeddingsProtocol {
  return embeddingsProtocol(name) as EmbeddingsProtocol;
}

function encode(name: ProtocolName, body: JsonObject, requestModel: string, quirks: string[] = []): JsonObject {
  const request = embeddingsDialect.decodeRequest({ model: 'any', ...body });
  return protocolOf(name).encodeRequest(request, targetFacts(requestModel, { quirks: new Set<string>(quirks) })).body;
}

function answer(name: ProtocolName, body: JsonObject, format: 'float' | 'base64' = 'float'): JsonObject {
  const request = embeddingsDialect.decodeRequest({ model: 'any', input: 'x', encoding_format: format });
  const context: EncodeContext<EmbeddingsRequest> = {
    requestId: 'r',
    originalModel: 'alias',
    createdAt: 0,
    wantsStreamUsage: false,
    request,
  };
  return embeddingsDialect.encodeResponse(protocolOf(name).decodeResponse(body), context);
}

describe('embeddings requests', () => {
  test.each([
    ['a text', 'one', ['one']],
    ['texts', ['one', 'two'], ['one', 'two']],
    ['tokens', [1, 2, 3], [[1, 2, 3]]],
    ['several tokens', [[1], [2, 3]], [[1], [2, 3]]],
  ])('reads %s', (_name, input, inputs) => {
    expect(embeddingsDialect.decodeRequest({ model: 'm', input }).inputs).toEqual(inputs);
  });

  test.each<[string, JsonObject, string]>([
    ['no model', { input: 'x' }, 'model'],
    ['no input', { model: 'm' }, 'input'],
    ['an empty list', { model: 'm', input: [] }, 'input'],
    ['an empty text', { model: 'm', input: ['a', ''] }, 'input[1]'],
    ['mixed input', { model: 'm', input: ['a', 1] }, 'input[1]'],
    ['negative tokens', { model: 'm', input: [[-1]] }, 'input[0]'],
    ['no dimensions', { model: 'm', input: 'x', dimensions: 0 }, 'dimensions'],
    ['another encoding', { model: 'm', input: 'x', encoding_format: 'int8' }, 'encoding_format'],
  ])('refuses %s by name', (_name, body, param) => {
    expect(() => embeddingsDialect.inspect(body)).toThrow(expect.objectContaining({ status: 400, param }));
  });

  test('Cohere gets texts, a purpose and the dimensions', () => {
    expect(encode('cohere-v2', { input: ['a', 'b'], dimensions: 256 }, 'embed-v4.0')).toEqual({
      model: 'embed-v4.0',
      texts: ['a', 'b'],
      input_type: 'search_document',
      embedding_types: ['float'],
      output_dimension: 256,
    });
    expect(encode('cohere-v2', { input: 'a', input_type: 'search_query' }, 'embed-v4.0')).toMatchObject({ input_type: 'search_query' });
  });

  test('each family on Bedrock gets its own body', () => {
    expect(encode('bedrock-converse', { input: 'a', dimensions: 256 }, 'amazon.titan-embed-text-v2:0')).toEqual({
      inputText: 'a',
      dimensions: 256,
    });
    expect(encode('bedrock-converse', { input: 'a' }, 'amazon.titan-embed-text-v1')).toEqual({ inputText: 'a' });
    expect(encode('bedrock-converse', { input: ['a', 'b'] }, 'cohere.embed-english-v3')).toEqual({
      texts: ['a', 'b'],
      input_type: 'search_document',
      embedding_types: ['float'],
    });
    expect(encode('bedrock-converse', { input: 'a' }, 'amazon.nova-2-multimodal-embeddings-v1:0')).toEqual({
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: { embeddingPurpose: 'GENERIC_INDEX', text: { truncationMode: 'END', value: 'a' } },
    });
  });

  test('Google gets one request per text, or instances on Vertex AI', () => {
    expect(encode('gemini', { input: ['a', 'b'], dimensions: 8 }, 'gemini-embedding-001')).toEqual({
      requests: ['a', 'b'].map((text) => ({
        model: 'models/gemini-embedding-001',
        content: { parts: [{ text }] },
        outputDimensionality: 8,
      })),
    });
    expect(encode('gemini', { input: ['a'], input_type: 'search_query' }, 'gemini-embedding-001', ['vertex-operations'])).toEqual({
      instances: [{ content: 'a', task_type: 'RETRIEVAL_QUERY' }],
    });
  });

  test.each<[string, ProtocolName, string, JsonObject, string]>([
    ['several texts for Titan', 'bedrock-converse', 'amazon.titan-embed-text-v2:0', { input: ['a', 'b'] }, 'input'],
    ['dimensions for the first Titan', 'bedrock-converse', 'amazon.titan-embed-text-v1', { input: 'a', dimensions: 8 }, 'dimensions'],
    ['a chat model', 'bedrock-converse', 'amazon.nova-micro-v1:0', { input: 'a' }, 'model'],
    ['token ids for Cohere', 'cohere-v2', 'embed-v4.0', { input: [1, 2] }, 'input[0]'],
    ['token ids for Google', 'gemini', 'gemini-embedding-001', { input: [1, 2] }, 'input[0]'],
  ])('refuses %s by name', (_name, protocol, model, body, param) => {
    expect(() => encode(protocol, body, model)).toThrow(expect.objectContaining({ status: 400, code: 'unsupported_parameter', param }));
  });
});

describe('embeddings answers', () => {
  const expected = {
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [0.5, -1] },
      { object: 'embedding', index: 1, embedding: [2, 3] },
    ],
    model: 'alias',
    usage: { prompt_tokens: 4, total_tokens: 4 },
  };

  test.each<[string, ProtocolName, JsonObject]>([
    [
      'Cohere',
      'cohere-v2',
      {
        embeddings: {
          float: [
            [0.5, -1],
            [2, 3],
          ],
        },
        meta: { billed_units: { input_tokens: 4 } },
      },
    ],
    ['AI Studio', 'gemini', { embeddings: [{ values: [0.5, -1] }, { values: [2, 3] }], usageMetadata: { promptTokenCount: 4 } }],
    [
      'Vertex AI',
      'gemini',
      {
        predictions: [
          { embeddings: { values: [0.5, -1], statistics: { token_count: 1 } } },
          { embeddings: { values: [2, 3], statistics: { token_count: 3 } } },
        ],
      },
    ],
  ])('%s answers as OpenAI would', (_name, protocol, body) => {
    expect(answer(protocol, body)).toEqual(expected);
  });

  test('Cohere on Bedrock reports its tokens in a header', () => {
    const body = {
      embeddings: [
        [0.5, -1],
        [2, 3],
      ],
      response_type: 'embeddings_floats',
    };

    expect(answer('bedrock-converse', body)).toEqual({ ...expected, usage: undefined });
    expect(protocolOf('bedrock-converse').headerUsage?.({ 'x-amzn-bedrock-input-token-count': '4' })).toEqual({ inputTokens: 4 });
    expect(protocolOf('bedrock-converse').headerUsage?.({ 'x-amzn-bedrock-input-token-count': 'many' })).toBeUndefined();
  });

  test('vectors as base64 are little-endian floats', () => {
    const { data } = answer('bedrock-converse', { embedding: [0.5, -1, 3.25], inputTextTokenCount: 2 }, 'base64') as unknown as {
      data: { embedding: string }[];
    };

    expect(floatsOfBase64(data[0]?.embedding ?? '')).toEqual([0.5, -1, 3.25]);
  });

  test.each<JsonObject>([{}, { embeddings: [] }, { embedding: ['x'] }, { embeddings: [[1], 'x'] }])('fails for %j', (body) => {
    expect(() => answer('bedrock-converse', body)).toThrow(expect.objectContaining({ status: 502 }));
  });

  eachRecorded(
    '%s reads as recorded',
    recordings('openai-embeddings', 'bedrock-invoke-embed').filter((entry) => entry.status === 200),
    (entry) => {
      const protocol = protocolOf(entry.provider === 'bedrock' ? 'bedrock-converse' : 'openai-chat');
      const { vectors, dims } = entry.facts as unknown as { vectors: number; dims?: number };
      const response = protocol.decodeResponse(responseBody(entry));

      expect(response.vectors).toHaveLength(vectors);
      if (dims !== undefined) expect(response.vectors[0]).toHaveLength(dims);
      expect(response.usage?.inputTokens).toBe(entry.facts.usage?.['prompt_tokens'] ?? responseBody(entry)['inputTextTokenCount']);
    },
  );
});

test('R11 pictures beside the texts of an embedding count as such', () => {
  const media = (fields: JsonObject) => embeddingsDialect.inspect({ model: 'm', input: 'https://example.com/a.png', ...fields }).media;
  expect(media({ user: 'https://example.com', encoding_format: 'float', input_type: 'image' })).toEqual([]);
  expect(media({ images: ['https://example.com/a.png', 'data:image/png;base64,iVBORw0KGgo='] })).toEqual([
    { kind: 'image' },
    { kind: 'image', base64: 'iVBORw0KGgo=' },
  ]);
});

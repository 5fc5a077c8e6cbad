import type { ProtocolName } from '../../lambda/wire/model/request';
import { bedrockEmbeddings } from '../../lambda/wire/operations/embeddings/bedrock-converse';
import { cohereEmbeddings } from '../../lambda/wire/operations/embeddings/cohere-v2';
import { geminiEmbeddings } from '../../lambda/wire/operations/embeddings/gemini';
import { openAiEmbeddings } from '../../lambda/wire/operations/embeddings/openai-chat';
import type { Embeddings, EmbeddingsRequest } from '../../lambda/wire/operations/embeddings/request';
import type { DialectCodec, ProtocolCodec } from '../../lambda/wire/protocols/protocol';

export type EmbeddingsProtocol = ProtocolCodec<EmbeddingsRequest, Embeddings>;

const CODECS: Readonly<Partial<Record<ProtocolName, EmbeddingsProtocol>>> = {
  'openai-chat': openAiEmbeddings,
  'bedrock-converse': bedrockEmbeddings,
  gemini: geminiEmbeddings,
  'cohere-v2': cohereEmbeddings,
};

/** How callers ask for vectors. */
export const embeddingsDialect: DialectCodec<EmbeddingsRequest, Embeddings> = openAiEmbeddings;

/** How a provider makes them. */
export function embeddingsProtocol(name: ProtocolName): EmbeddingsProtocol | undefined {
  return CODECS[name];
}

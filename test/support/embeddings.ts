import type { ProtocolName } from '../../lambda/wire/model/request';
import { bedrockEmbeddings } from '../../lambda/wire/operations/embeddings/bedrock-converse';
import { cohereEmbeddings } from '../../lambda/wire/operations/embeddings/cohere-v2';
import { geminiEmbeddings } from '../../lambda/wire/operations/embeddings/gemini';
import { openAiEmbeddings } from '../../lambda/wire/operations/embeddings/openai-chat';
import type { Dialect, Protocol } from '../../lambda/wire/protocols/protocol';

const CODECS: Readonly<Partial<Record<ProtocolName, Protocol>>> = {
  'openai-chat': openAiEmbeddings,
  'bedrock-converse': bedrockEmbeddings,
  gemini: geminiEmbeddings,
  'cohere-v2': cohereEmbeddings,
};

/** How callers ask for vectors. */
export const embeddingsDialect: Dialect = openAiEmbeddings;

/** How a provider makes them. */
export function embeddingsProtocol(name: ProtocolName): Protocol | undefined {
  return CODECS[name];
}

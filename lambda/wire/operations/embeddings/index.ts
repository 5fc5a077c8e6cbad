import type { ProtocolName } from '../../model/request';
import type { Protocol } from '../../protocols/protocol';
import { bedrockEmbeddings } from './bedrock';
import { cohereEmbeddings } from './cohere';
import { geminiEmbeddings } from './gemini';
import { openAiEmbeddings } from './openai';

export { embeddingsDialect } from './dialect';

const EMBEDDINGS: Readonly<Partial<Record<ProtocolName, Protocol>>> = {
  'openai-chat': openAiEmbeddings,
  'bedrock-converse': bedrockEmbeddings,
  gemini: geminiEmbeddings,
  'cohere-v2': cohereEmbeddings,
};

/** How a provider of this wire format makes embeddings; undefined when the format has none. */
export function embeddingsProtocol(name: ProtocolName): Protocol | undefined {
  return EMBEDDINGS[name];
}

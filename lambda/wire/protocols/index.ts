/** Every wire format, each loaded by the first call that needs it, and what all of them have in common. */
import { createMemo } from '../../platform/runtime';
import type { DialectName, Operation, ProtocolName } from '../model/request';
import type { Dialect, Protocol } from './protocol';

type Load<T> = () => Promise<T>;

/** Each protocol is a chunk of its own, loaded by the first call that needs it. */
const PROTOCOLS: Readonly<Record<ProtocolName, Load<Protocol>>> = {
  'openai-chat': async () => (await import('../dialects/openai-chat')).openAiChat,
  'openai-responses': async () => (await import('../dialects/openai-responses')).openAiResponses,
  'anthropic-messages': async () => (await import('../dialects/anthropic-messages')).anthropicMessages,
  'bedrock-converse': async () => (await import('./bedrock-converse')).bedrockConverse,
  gemini: async () => (await import('./gemini')).gemini,
  'cohere-v2': async () => (await import('./cohere-v2')).cohereV2,
};

const DIALECTS: Readonly<Record<DialectName, Load<Dialect>>> = {
  'openai-chat': async () => (await import('../dialects/openai-chat')).openAiChat,
  'openai-responses': async () => (await import('../dialects/openai-responses')).openAiResponses,
  'anthropic-messages': async () => (await import('../dialects/anthropic-messages')).anthropicMessages,
};

/** Every wire format, by name. */
export interface Protocols {
  /** How callers of a route are read and answered. */
  dialect(name: DialectName, operation: Operation): Promise<Dialect>;
  /** How a provider is written to and read; undefined when this wire format has no such operation. */
  protocol(name: ProtocolName, operation: Operation): Promise<Protocol | undefined>;
}

export const protocols: Protocols = {
  dialect: remembered(async (name: DialectName, operation) => {
    if (operation === 'embeddings') return (await import('../operations/embeddings')).embeddingsDialect;
    if (operation === 'count-tokens') return (await import('../operations/count-tokens')).countTokensDialect;
    return DIALECTS[name]();
  }),
  protocol: remembered(async (name: ProtocolName, operation) => {
    if (operation === 'embeddings') return (await import('../operations/embeddings')).embeddingsProtocol(name);
    if (operation === 'count-tokens') return (await import('../operations/count-tokens')).countTokensProtocol(name);
    return PROTOCOLS[name]();
  }),
};

function remembered<Name extends string, T>(load: (name: Name, operation: Operation) => Promise<T>) {
  const known = createMemo<Promise<T>>(100);
  return (name: Name, operation: Operation): Promise<T> => known(`${name} ${operation}`, () => load(name, operation));
}

export { withoutFreeText } from './free-text-tools';
export { mediaUrlIn } from './media-urls';
export type { CallFacts, Dialect, EncodeContext, Frame, Protocol, StreamDecoder, StreamEncoder, StreamMeter } from './protocol';
export { unreadableAnswer, upstreamIncomplete } from './provider-error';

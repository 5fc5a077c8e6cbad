import { anthropicMessages } from '../../dialects/anthropic-messages';
import type { ProtocolName } from '../../model/request';
import type { Dialect, Protocol } from '../../protocols/protocol';
import { geminiTokenCount } from './gemini';

/** Anthropic's `count_tokens` as callers speak it. @see https://docs.claude.com/en/api/messages-count-tokens */
export const countTokensDialect: Dialect = {
  ...anthropicMessages,
  encodeResponse: ({ usage }) => ({ input_tokens: usage?.inputTokens ?? 0 }),
};

const COUNTING: Readonly<Partial<Record<ProtocolName, Protocol>>> = {
  'anthropic-messages': anthropicMessages,
  gemini: geminiTokenCount,
};

/** How a provider of this wire format counts tokens in advance; undefined when the format has no such call. */
export function countTokensProtocol(name: ProtocolName): Protocol | undefined {
  return COUNTING[name];
}

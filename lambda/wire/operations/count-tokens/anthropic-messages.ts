import { anthropicMessages } from '../../dialects/anthropic-messages';
import type { Dialect, Protocol } from '../../protocols/protocol';

/** Anthropic's `count_tokens`, both ways. @see https://docs.claude.com/en/api/messages-count-tokens */
export const anthropicTokenCount: Dialect & Protocol = {
  ...anthropicMessages,
  encodeResponse: ({ usage }) => ({ input_tokens: usage?.inputTokens ?? 0 }),
};

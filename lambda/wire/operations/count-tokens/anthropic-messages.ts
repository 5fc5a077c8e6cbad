import { anthropicMessages } from '../../dialects/anthropic-messages';
import { countOf, objectOf } from '../../protocols/lenient';
import type { DialectCodec, ProtocolCodec } from '../../protocols/protocol';
import { unreadableAnswer } from '../../protocols/provider-error';
import { formatOf } from '../format';
import { encodeCounted } from './encode-counted';
import type { CountTokensRequest, TokenCount } from './request';

const { inspect, texts, forwardChanges, decodeRequest } = anthropicMessages;

/** Anthropic's `count_tokens`, both ways. @see https://docs.claude.com/en/api/messages-count-tokens */
export const anthropicTokenCount: DialectCodec<CountTokensRequest, TokenCount> & ProtocolCodec<CountTokensRequest, TokenCount> = {
  ...formatOf(anthropicMessages),
  inspect,
  texts,
  ...(forwardChanges === undefined ? {} : { forwardChanges }),
  decodeRequest(body, envelope) {
    const counted = decodeRequest(body, envelope);
    return { model: counted.model, counted, ...(counted.dropped === undefined ? {} : { dropped: counted.dropped }) };
  },
  encodeRequest(request, target) {
    const { body, dropped } = encodeCounted(anthropicMessages, request, target);
    const { max_tokens: _, ...counted } = body;
    return { body: counted, dropped };
  },
  decodeResponse(body) {
    if (objectOf(body['error']) !== undefined) throw anthropicMessages.decodeError(200, body, {}).error;
    const inputTokens = countOf(body['input_tokens']);
    if (inputTokens === undefined) throw unreadableAnswer();
    return { inputTokens };
  },
  isAnswer: (body) => countOf(body['input_tokens']) !== undefined,
  encodeResponse: ({ inputTokens }) => ({ input_tokens: inputTokens }),
  usage: () => undefined,
};

import { gemini } from '../../protocols/gemini';
import { countOf } from '../../protocols/lenient';
import type { ProtocolCodec } from '../../protocols/protocol';
import { unreadableAnswer } from '../../protocols/provider-error';
import { formatOf } from '../format';
import { encodeCounted } from './encode-counted';
import type { CountTokensRequest, TokenCount } from './request';

/**
 * How many tokens a call would be, counted by Gemini's `countTokens`: of a whole request on AI Studio, of its bare parts on Vertex AI.
 *
 * @see https://ai.google.dev/api/tokens#method:-models.counttokens
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
 */
export const geminiTokenCount: ProtocolCodec<CountTokensRequest, TokenCount> = {
  ...formatOf(gemini),
  encodeRequest(request, target) {
    const { body, dropped } = encodeCounted(gemini, request, target);
    if (target.quirks.has('vertex-operations')) {
      // Settings are no part of what is counted, and refused.
      const { contents, systemInstruction, tools } = body;
      return { body: { contents, systemInstruction, tools }, dropped };
    }
    return { body: { generateContentRequest: { model: `models/${target.requestModel}`, ...body } }, dropped };
  },
  decodeResponse(body) {
    const inputTokens = countOf(body['totalTokens']);
    if (inputTokens === undefined) throw unreadableAnswer();
    return { inputTokens };
  },
  usage: () => undefined,
};

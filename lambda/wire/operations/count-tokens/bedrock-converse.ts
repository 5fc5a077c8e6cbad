import { GatewayError } from '../../../platform/error';
import { bedrockConverse } from '../../protocols/bedrock-converse';
import { countOf, defined } from '../../protocols/lenient';
import type { ProtocolCodec } from '../../protocols/protocol';
import { unreadableAnswer } from '../../protocols/provider-error';
import { formatOf } from '../format';
import { encodeCounted } from './encode-counted';
import type { CountTokensRequest, TokenCount } from './request';

/**
 * How many tokens a call would be, counted by Bedrock's `CountTokens` of what Converse would be sent.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export const bedrockTokenCount: ProtocolCodec<CountTokensRequest, TokenCount> = {
  ...formatOf(bedrockConverse),
  encodeRequest(request, target) {
    const { body, dropped } = encodeCounted(bedrockConverse, request, target);
    // Settings are no part of what is counted, and refused.
    const { messages, system, toolConfig, additionalModelRequestFields } = body;
    return { body: { input: { converse: defined({ messages, system, toolConfig, additionalModelRequestFields }) } }, dropped };
  },
  decodeResponse(body) {
    const inputTokens = countOf(body['inputTokens']);
    if (inputTokens === undefined) throw unreadableAnswer();
    return { inputTokens };
  },
  usage: () => undefined,
  /** Its quota, its permission and the models that it counts are its own: a refusal says nothing of the call, and an estimate will do. */
  decodeError: () => ({
    error: new GatewayError({ code: 'operation_not_supported', message: 'Bedrock does not count the tokens of this call.' }),
    failover: false,
  }),
};

import { withMessages, withoutNativeSchema, withPairedResults, withResultsAfterCalls } from '../../fitting';
import type { EncodedRequest, Protocol, TargetFacts } from '../../protocols/protocol';
import { withFittingToolNames } from '../../protocols/tool-names';
import type { CountTokensRequest } from './request';

/** The conversation as it would be sent to be answered, but for its output cap: nobody writes. */
export function encodeCounted(protocol: Protocol, { counted }: CountTokensRequest, target: TargetFacts): EncodedRequest {
  const { maxOutputTokens: _, ...conversation } = counted;
  const paired = withMessages(conversation, withPairedResults(withResultsAfterCalls(conversation.messages)));
  const named = withFittingToolNames(protocol, paired, target.capabilities).request;
  const fitted = withoutNativeSchema(protocol, named, target.capabilities);
  const { body, dropped } = protocol.encodeRequest(fitted.request, target);
  return { body, dropped: [...fitted.dropped, ...dropped] };
}

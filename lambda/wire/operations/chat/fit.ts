import { unsupported } from '../../../platform/error';
import {
  fitMedia,
  refuseAddresses,
  withMessages,
  withoutNativeSchema,
  withPairedResults,
  withResultsAfterCalls,
  withThinkingHeld,
} from '../../fitting';
import type { ModelRequest } from '../../model/request';
import type { ModelResponse } from '../../model/response';
import { withoutFreeText } from '../../protocols/free-text-tools';
import { withFreshCallIds } from '../../protocols/fresh-call-ids';
import type { Protocol, ProtocolCodec } from '../../protocols/protocol';
import { namedByCaller, withFittingToolNames } from '../../protocols/tool-names';
import type { FittedCall, FittingPlace } from '../operation';

/** Media, names of tools, free-text tools and answers by a schema, for models and hosts that do not take them as they are. */
export function fit(
  codec: ProtocolCodec<ModelRequest, ModelResponse>,
  original: ModelRequest,
  { quirks, capabilities, lowered, showsPictures, fetchesNothing = false }: FittingPlace,
): FittedCall<ModelRequest, ModelResponse> {
  if (capabilities.imageOutput === true && !showsPictures) {
    throw unsupported(
      'model',
      'The model answers with pictures, for which this API has no place; call it by Chat Completions or Responses.',
    );
  }
  if (capabilities.textOutput === false) {
    throw unsupported('model', "The model answers in sound alone, which is not carried from its vendor's wire format to another.");
  }
  // Every wire format streams conversations.
  const protocol = codec as Protocol;
  refuseForeign(original, protocol);
  if (fetchesNothing) refuseAddresses(original.messages);
  const left = new Set<string>();
  const ordered = withMessages(original, withPairedResults(withResultsAfterCalls(original.messages)));
  const taken = fitMedia(ordered, capabilities, left);
  const thinking = lowered === undefined ? { request: taken, written: [] } : withThinkingHeld(taken, lowered.tokens, lowered.asked);
  const freeText = protocol.freeTextTools === true && !quirks.includes('no-free-text-tools');
  // What undoes these in the answer goes the other way round, so the caller's names come last.
  const { request: named, callersNames } = withFittingToolNames(protocol, thinking.request, capabilities);
  const spoken = freeText ? { protocol, request: named, dropped: [] } : withoutFreeText(protocol, named);
  const held = withoutNativeSchema(spoken.protocol, spoken.request, capabilities);
  return {
    ...held,
    protocol: withFreshCallIds(namedByCaller(held.protocol, callersNames), original),
    dropped: [...left, ...spoken.dropped, ...held.dropped],
    written: thinking.written,
  };
}

/** @throws GatewayError 400 that names a field of another provider's API */
function refuseForeign({ native = {} }: ModelRequest, { nativeFields = [] }: Protocol): void {
  const foreign = Object.keys(native).find((field) => !nativeFields.includes(field));
  if (foreign !== undefined) throw unsupported(foreign, `${foreign} cannot be carried to the chosen model's provider; leave it out.`);
}

import type { Clock } from '../../platform/runtime';
import type { ModelRequest, ModelResponse } from '../../wire/model';
import type { EncodeContext } from '../../wire/protocols';
import type { Delivery } from '../relay/delivery';
import { encodeContext } from '../relay/encode-context';
import type { AdmittedCall, Answer, AnswerSink } from './source';

/** What a source is given to answer into. */
export function answerSink(clock: Clock, admitted: AdmittedCall, delivery: Delivery): AnswerSink {
  const { call } = admitted;
  return {
    delivery,
    async send(response): Promise<Answer> {
      const body = Buffer.from(JSON.stringify(call.dialect.encodeResponse(response, lateContext(clock, admitted))));
      return { ...ownAnswer(response), whole: { body, headers: { 'content-type': 'application/json' } } };
    },
  };
}

function ownAnswer({ model, choices }: ModelResponse): Answer {
  return {
    billed: false,
    usage: undefined,
    responseModel: model,
    finishReason: choices[0]?.finishReason.unified,
    writtenTokens: () => 0,
    malformed: 0,
    firstTextMs: 0,
  };
}

/** Only some dialects look at the call again, so it is decoded when one does. */
function lateContext(clock: Clock, admitted: AdmittedCall): EncodeContext {
  const { dialect, document, facts } = admitted.call;
  const plain: ModelRequest = { model: facts.model, messages: [], stream: facts.stream };
  let decoded: ModelRequest | undefined;
  return Object.defineProperty(encodeContext(clock, admitted, plain), 'request', {
    get() {
      decoded ??= decodedOr(plain, () => dialect.decodeRequest(document.value));
      return decoded;
    },
  });
}

/** What the common model cannot hold is no reason to refuse an answer that is there. */
function decodedOr(plain: ModelRequest, decode: () => ModelRequest): ModelRequest {
  try {
    return decode();
  } catch {
    return plain;
  }
}

import type { Clock } from '../../platform/runtime';
import { eventsOf, type ModelRequest, type ModelResponse } from '../../wire/model';
import type { EncodeContext } from '../../wire/protocols';
import type { Gateway } from '../gateway';
import type { Delivery } from '../relay/delivery';
import { encodeContext } from '../relay/encode-context';
import { throughStages } from '../relay/staged-answer';
import { openStages } from '../relay/stages';
import type { AdmittedCall, Answer, AnswerSink } from './source';

/** What a source is given to answer into. */
export function answerSink(gateway: Gateway, admitted: AdmittedCall, delivery: Delivery): AnswerSink {
  return { delivery, send: (response) => send(gateway, admitted, delivery, response) };
}

async function send(gateway: Gateway, admitted: AdmittedCall, delivery: Delivery, response: ModelResponse): Promise<Answer> {
  const { call, totalAtMs } = admitted;
  const stages = openStages(gateway.stages, call);
  const staged =
    stages.length === 0
      ? { response, events: undefined }
      : await throughStages(stages, response, { ticker: gateway.ticker, untilMs: totalAtMs });
  if (staged.response === undefined) return { ...ownAnswer(response), error: staged.error, endedByStage: { complete: true } };

  const told = ownAnswer(staged.response);
  const context = lateContext(gateway.clock, admitted);
  if (!call.facts.stream) {
    const body = Buffer.from(JSON.stringify(call.dialect.encodeResponse(staged.response, context)));
    return { ...told, whole: { body, headers: { 'content-type': 'application/json' } } };
  }
  const encoder = call.dialect.streamEncoder(context);
  const events = staged.events ?? eventsOf(response);
  delivery.content(events.map((event) => encoder.encode(event)).join(''));
  delivery.end();
  return told;
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
  const { dialect, document, envelope, facts } = admitted.call;
  const plain: ModelRequest = { model: facts.model, messages: [], stream: facts.stream };
  let decoded: ModelRequest | undefined;
  return Object.defineProperty(encodeContext(clock, admitted, plain), 'request', {
    get() {
      decoded ??= decodedOr(plain, () => dialect.decodeRequest(document.value, envelope));
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

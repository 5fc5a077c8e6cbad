import type { Clock } from '../../platform/runtime';
import { type AnyAnswer, type AnyRequest, eventsOf, isWritten, type ModelRequest } from '../../wire/model';
import type { EncodeContext } from '../../wire/protocols';
import type { RoutedCall } from '../before/call';
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

async function send(gateway: Gateway, admitted: AdmittedCall, delivery: Delivery, response: AnyAnswer): Promise<Answer> {
  const { call, totalAtMs } = admitted;
  const written = isWritten(response) ? response : undefined;
  const stages = written === undefined ? [] : openStages(gateway.stages, call);
  const staged =
    written === undefined || stages.length === 0
      ? { response, events: undefined }
      : await throughStages(stages, written, { ticker: gateway.ticker, untilMs: totalAtMs });
  if (staged.response === undefined) return { ...ownAnswer(response), error: staged.error, endedByStage: { complete: true } };

  const told = ownAnswer(staged.response);
  const context = lateContext(gateway.clock, admitted);
  const encoder = written !== undefined && call.facts.stream ? call.dialect.streamEncoder?.(context) : undefined;
  if (written === undefined || encoder === undefined) {
    const body = Buffer.from(JSON.stringify(call.dialect.encodeResponse(staged.response, context)));
    return { ...told, whole: { body, headers: { 'content-type': 'application/json' } } };
  }
  const events = staged.events ?? eventsOf(written);
  delivery.content(events.map((event) => encoder.encode(event)).join(''));
  delivery.end();
  return told;
}

function ownAnswer(answer: AnyAnswer): Answer {
  return {
    billed: false,
    usage: undefined,
    responseModel: answer.model,
    finishReason: isWritten(answer) ? answer.choices[0]?.finishReason.unified : undefined,
    writtenTokens: () => 0,
    malformed: 0,
    firstTextMs: 0,
  };
}

/** Only some dialects look at the call again, so it is decoded when one does. */
function lateContext(clock: Clock, admitted: AdmittedCall): EncodeContext<AnyRequest> {
  const { dialect, document, envelope, facts } = admitted.call;
  let decoded: AnyRequest | undefined;
  return Object.defineProperty(encodeContext(clock, admitted, { model: facts.model }), 'request', {
    get() {
      decoded ??= decodedOr(admitted.call, () => dialect.decodeRequest(document.value, envelope));
      return decoded;
    },
  });
}

/** A conversation that the common model cannot hold is no reason to refuse an answer that is there. */
function decodedOr({ facts, operation }: RoutedCall, decode: () => AnyRequest): AnyRequest {
  try {
    return decode();
  } catch (error) {
    if (!operation.generates) throw error;
    const plain: ModelRequest = { model: facts.model, messages: [], stream: facts.stream };
    return plain;
  }
}

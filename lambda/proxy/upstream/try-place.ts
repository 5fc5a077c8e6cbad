import { GatewayError } from '../../platform/error';
import type { InboundReply } from '../../platform/http';
import { BodyTooLargeError, TransportError } from '../../platform/http';
import type { Watcher } from '../../platform/runtime';
import type { Visit } from '../../routing';
import { type AnyRequest, mostTokens } from '../../wire/model';
import type { StreamMeter } from '../../wire/protocols';
import { failingStream, saidQuota, unreadableAnswer, upstreamIncomplete } from '../../wire/protocols';
import type { AdmittedCall, Answer } from '../answer/source';
import { returnedHeaders } from '../before/headers';
import type { Gateway } from '../gateway';
import type { Delivery } from '../relay/delivery';
import { encodeContext } from '../relay/encode-context';
import { BYTE_FRAMES, frameSource } from '../relay/frames';
import { bytesAsTheyCome, passThrough } from '../relay/pass-through';
import { relayStream } from '../relay/stream';
import { translated } from '../relay/translated';
import type { StreamTranslation } from '../relay/translation';
import { readAnswer, readErrorBody, type WholeAnswer } from '../relay/whole';
import { type AttemptFailure, notAwaited, providerFailure, streamFailure, transportFailure, unusableAnswer } from './failure';
import type { PreparedCall } from './send';

export type PlaceResult =
  | { readonly answer: Answer; readonly status: number }
  | { readonly failure: AttemptFailure; readonly status?: number };

/**
 * Sends a prepared call and carries the answer as far as it goes.
 *
 * @param silenceMs after which a place that says nothing is left for another one
 */
export async function tryPlace(
  gateway: Gateway,
  context: AdmittedCall,
  delivery: Delivery,
  prepared: PreparedCall,
  visit: Visit,
  silenceMs: number,
): Promise<PlaceResult> {
  const { call, departure } = context;
  const { deadlines } = call.configuration.document;
  const nowMs = gateway.clock.monotonic();
  const leftMs = Math.max(1, context.totalAtMs - nowMs);
  const firstEventMs = Math.min(deadlines.firstEventMs, leftMs, silenceMs);
  const connectMs = Math.min(deadlines.connectMs, leftMs, departure.patienceMs(nowMs));
  let reply: InboundReply;
  try {
    reply = await prepared.transport.send(
      prepared.request,
      { connectMs, headersMs: firstEventMs, idleMs: Math.max(firstEventMs, deadlines.idleMs) },
      departure.wanted,
    );
  } catch (error) {
    const cutShort = connectMs < Math.min(deadlines.connectMs, leftMs) && isUnsent(error) && departure.hasLeft();
    return { failure: cutShort ? notAwaited() : transportFailure(error) };
  }
  const said = saidQuota(reply.headers, gateway.clock.now());
  if (said !== undefined) visit.quota(said);
  const refused = refusalOf(reply, prepared, call.answer !== 'json');
  if (refused !== undefined) return { failure: await refused, status: reply.status };
  if (call.answer === 'json') return await whole(gateway, context, prepared, reply);
  return await streamed(gateway, context, delivery, prepared, reply, visit, nowMs + firstEventMs);
}

function isUnsent(error: unknown): boolean {
  return error instanceof TransportError && !error.sent;
}

/** Why this is not an answer; the body is then read or destroyed. */
function refusalOf(reply: InboundReply, prepared: PreparedCall, stream: boolean): AttemptFailure | Promise<AttemptFailure> | undefined {
  const { status, headers } = reply;
  const give = (failure: AttemptFailure): AttemptFailure => {
    reply.destroy();
    return failure;
  };
  if (status >= 300 && status < 400) return give(unusableAnswer('upstream_redirect', 'The provider redirects, which is not followed.'));
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return give(unusableAnswer('upstream_encoded', 'The provider answered in an encoding that was not asked for.'));
  }
  const type = headers['content-type'] ?? '';
  if (status >= 200 && status < 300) {
    if (type.startsWith('text/html')) return give(unusableAnswer('upstream_invalid_response', 'The provider answered with a web page.'));
    return stream && type.startsWith('application/json') ? errorInGoodStatus(reply, prepared) : undefined;
  }
  return refusedBy(reply, prepared);
}

async function refusedBy(reply: InboundReply, { protocol }: PreparedCall): Promise<AttemptFailure> {
  const { status, headers } = reply;
  const facts = protocol.decodeError(status, await readErrorBody(reply), headers as Record<string, string | undefined>);
  return providerFailure(facts.error, facts.failover, status);
}

/** A stream or bytes were asked for and JSON came: an error under a status that hides it. */
async function errorInGoodStatus(reply: InboundReply, prepared: PreparedCall): Promise<AttemptFailure> {
  const body = await readErrorBody(reply);
  try {
    if (body !== undefined) prepared.protocol.decodeResponse(body);
    throw unreadableAnswer();
  } catch (error) {
    return streamFailure(asGatewayError(error));
  }
}

async function streamed(
  gateway: Gateway,
  context: AdmittedCall,
  delivery: Delivery,
  prepared: PreparedCall,
  reply: InboundReply,
  visit: Visit,
  firstEventAtMs: number,
): Promise<PlaceResult> {
  const { call } = context;
  const inBytes = call.answer === 'bytes';
  if (inBytes) delivery.bytesType = bytesTypeOf(reply);
  const source = inBytes ? BYTE_FRAMES : frameSource(prepared.protocol.framing);
  const translation = inBytes ? bytesAsTheyCome(prepared.protocol.headerUsage?.(reply.headers)) : translationOf(gateway, context, prepared);
  const result = await relayStream(
    reply,
    source,
    translation,
    delivery,
    {
      firstEventAtMs,
      onFirstEvent: visit,
      idleMs: call.configuration.document.deadlines.idleMs,
      totalAtMs: context.totalAtMs,
      maxOutputCharacters: context.maxOutputCharacters,
    },
    gateway.ticker,
  );
  // What a caller who left would have got of it, and what is held back, may be billed like what was sent.
  const begun = delivery.contentSent || result.firstEventMs > 0 || result.endedByStage !== undefined;
  if (result.error !== undefined && !begun) {
    const { usage } = result;
    return { failure: { ...streamFailure(result.error), ...(usage === undefined ? {} : { usage }) }, status: reply.status };
  }
  return { answer: { ...result, billed: true, finishReason: result.finishReason?.unified }, status: reply.status };
}

/** What the provider calls its bytes, where that can be said on. */
function bytesTypeOf({ headers }: InboundReply): string {
  const type = headers['content-type'] ?? '';
  return /^[\x20-\x7e]{1,128}$/.test(type) ? type : 'application/octet-stream';
}

function translationOf(gateway: Gateway, context: AdmittedCall, prepared: PreparedCall): StreamTranslation {
  const { dialect, facts } = context.call;
  const { protocol, decoded, stages } = prepared;
  if (prepared.passThrough && stages.length === 0) return passThrough(meterOf(prepared, !facts.wantsStreamUsage), dialect.terminator);
  const encoder = dialect.streamEncoder?.(encodeContext(gateway.clock, context, decoded as AnyRequest));
  const decoder = protocol.streamDecoder?.(decoded);
  if (encoder === undefined || decoder === undefined) throw new Error(`${protocol.name} has no streams of ${context.call.operation.name}`);
  return translated(failingStream(decoder), encoder, stages);
}

function meterOf({ protocol }: PreparedCall, hideUsage: boolean): StreamMeter {
  if (protocol.streamMeter === undefined) throw new Error(`the protocol ${protocol.name} cannot be passed through`);
  return protocol.streamMeter({ hideUsage });
}

async function whole(gateway: Gateway, context: AdmittedCall, prepared: PreparedCall, reply: InboundReply): Promise<PlaceResult> {
  const { call } = context;
  const endOfTime: Watcher = {
    tick: (nowMs) => {
      if (nowMs >= context.totalAtMs) reply.destroy(new TransportError('timeout', true));
    },
  };
  gateway.ticker.watch(endOfTime);
  try {
    const answer = await readAnswer(reply, {
      of: prepared,
      dialect: call.dialect,
      asked: call.document.value,
      context: (decoded) => encodeContext(gateway.clock, context, decoded),
      patience: { ticker: gateway.ticker, untilMs: context.totalAtMs },
    });
    return { answer: wholeAnswer(answer, reply, call.operation.generates), status: reply.status };
  } catch (error) {
    return { failure: bodyFailure(error, reply), status: reply.status };
  } finally {
    gateway.ticker.unwatch(endOfTime);
  }
}

/** Written out: a copy of most of an object's fields costs as much as reading a short answer. */
function wholeAnswer(answer: WholeAnswer, reply: InboundReply, generates: boolean): Answer {
  const { body, writtenIn, usage, responseModel, finishReason, error, endedByStage } = answer;
  return {
    billed: true,
    usage,
    responseModel,
    finishReason,
    // Whatever stands around the text makes an estimate from it dear rather than cheap.
    writtenTokens: () => (generates ? mostTokens(writtenIn.toString('utf8')) : 0),
    malformed: 0,
    error,
    firstTextMs: 0,
    endedByStage,
    whole: body === undefined ? undefined : { body, headers: returnedHeaders(reply.headers, 'application/json') },
  };
}

function bodyFailure(error: unknown, reply: InboundReply): AttemptFailure {
  reply.destroy();
  if (error instanceof TransportError) return transportFailure(error);
  if (error instanceof BodyTooLargeError) return streamFailure(tooLarge());
  // Anything but our own errors came out of the socket: the answer was cut.
  return error instanceof GatewayError ? streamFailure(error) : streamFailure(upstreamIncomplete());
}

function tooLarge(): GatewayError {
  return new GatewayError({ code: 'upstream_too_large', message: "The provider's answer is larger than the gateway takes." });
}

function asGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : unreadableAnswer();
}

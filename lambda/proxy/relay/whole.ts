import type { GatewayError } from '../../platform/error';
import type { InboundReply } from '../../platform/http';
import { isJsonObject, type JsonObject, parseJson } from '../../platform/json';
import { type AnyAnswer, type AnyRequest, isWritten, type Usage } from '../../wire/model';
import type { DialectCodec, EncodeContext, ProtocolCodec } from '../../wire/protocols';
import { checkGenerated, unreadableAnswer } from '../../wire/protocols';
import { type Patience, throughStages } from './staged-answer';
import type { AnswerStage, EndedByStage } from './stages';

/** Longest answer that is not a stream, in bytes. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** Longest error answer that is read, in bytes. */
const MAX_ERROR_BYTES = 256 * 1024;

/** A whole answer in the caller's dialect. */
export interface WholeAnswer {
  /** Undefined when a stage refused it. */
  readonly body: Buffer | undefined;
  /** What holds all that the model wrote. */
  readonly writtenIn: Buffer;
  readonly usage: Usage | undefined;
  readonly responseModel: string | undefined;
  readonly finishReason: string | undefined;
  readonly error: GatewayError | undefined;
  readonly endedByStage: EndedByStage | undefined;
}

/** What was asked of a provider, as far as its answer is read by it. */
export interface AnsweredCall {
  readonly protocol: ProtocolCodec;
  readonly passThrough: boolean;
  readonly stages: readonly AnswerStage[];
  readonly decoded?: AnyRequest;
}

/** How an answer is to be read. */
export interface WholeReading {
  readonly of: AnsweredCall;
  readonly dialect: DialectCodec;
  /** The caller's body. */
  readonly asked: JsonObject;
  readonly patience: Patience;
  context(decoded: AnyRequest): EncodeContext<AnyRequest>;
}

/**
 * Reads a whole answer and turns it into the caller's dialect; in the same dialect its bytes stay as they are, unless a stage changes them.
 *
 * @throws GatewayError 502, or the error that hides in a good status; what the stream of the body throws
 */
export async function readAnswer(reply: InboundReply, reading: WholeReading): Promise<WholeAnswer> {
  const { dialect, of } = reading;
  const { protocol, passThrough, stages, decoded } = of;
  const bytes = await reply.whole(MAX_ANSWER_BYTES);
  const body = objectOf(parseJson(bytes.toString('utf8')));
  if (body === undefined) throw unreadableAnswer();
  if (decoded === undefined || (passThrough && stages.length === 0)) return passedAnswer(reply, reading, body, bytes);
  const decodedResponse = protocol.decodeResponse(body);
  const usage = decodedResponse.usage ?? protocol.headerUsage?.(reply.headers);
  const response = usage === undefined ? decodedResponse : { ...decodedResponse, usage };
  const written = isWritten(response) ? response : undefined;
  if (written !== undefined) checkGenerated(written);
  const staged = stages.length === 0 || written === undefined ? { response } : await throughStages(stages, written, reading.patience);
  const same = passThrough && staged.response === response;
  const encoded =
    staged.response === undefined || same
      ? bytes
      : Buffer.from(JSON.stringify(dialect.encodeResponse(staged.response, reading.context(decoded))));
  return {
    body: staged.response === undefined ? undefined : encoded,
    writtenIn: stages.length === 0 ? encoded : bytes,
    usage: response.usage,
    responseModel: response.model,
    finishReason: finishOf(staged.response ?? response),
    error: 'error' in staged ? staged.error : undefined,
    endedByStage: 'error' in staged ? { complete: true } : undefined,
  };
}

function finishOf(answer: AnyAnswer): string | undefined {
  return isWritten(answer) ? answer.choices[0]?.finishReason.unified : undefined;
}

function passedAnswer(reply: InboundReply, { of, dialect, asked }: WholeReading, body: JsonObject, bytes: Buffer): WholeAnswer {
  const { protocol } = of;
  const finishReason = dialect.finishReason?.(body);
  // Its own reader knows how this protocol hides an error in a good status.
  if (namesError(body) || protocol.isAnswer?.(body) === false) protocol.decodeResponse(body);
  else if (finishReason?.unified === 'error') checkUsable(protocol.decodeResponse(body));
  const mended = dialect.mendResponse?.(body, asked);
  const told = mended === undefined ? bytes : Buffer.from(JSON.stringify(mended));
  return {
    body: told,
    writtenIn: told,
    usage: protocol.usage(body) ?? protocol.headerUsage?.(reply.headers),
    responseModel: textOf(body['model']),
    finishReason: finishReason?.unified,
    error: undefined,
    endedByStage: undefined,
  };
}

function namesError(body: JsonObject): boolean {
  return body['type'] === 'error' || (body['error'] !== undefined && body['error'] !== null);
}

function checkUsable(answer: AnyAnswer): void {
  if (isWritten(answer)) checkGenerated(answer);
}

/** The body of an error answer, as far as it is one; never throws. */
export async function readErrorBody(reply: InboundReply): Promise<JsonObject | undefined> {
  try {
    const body = parseJson((await reply.whole(MAX_ERROR_BYTES)).toString('utf8'));
    // Google puts some errors into a list.
    return objectOf(Array.isArray(body) ? body[0] : body);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

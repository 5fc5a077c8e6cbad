import type { MediaLocationConfig } from '../../../lib/private/contract';
import type { GatewayError } from '../../platform/error';
import type { JsonDocument, JsonObject } from '../../platform/json';
import type { FormFile } from '../../platform/multipart';
import type { Media } from '../model/media';
import type { UnitCounts } from '../model/price-unit';
import type { AnyRequest, ModelRequest, ProtocolName } from '../model/request';
import type { AnyAnswer, FinishReason, ModelResponse, StreamEvent } from '../model/response';
import type { ToolUse } from '../model/tool-use';
import type { Usage } from '../model/usage';
import type { WrittenText } from '../model/written-text';
import type { Capabilities, FormatNeeds, ToolNameGrammar } from '../models';
import type { RequestTexts } from '../texts';
import type { AskedSetting } from './asked-settings';
import type { BudgetState } from './budget-state';
import type { FieldNames } from './field-names';
import type { RoutedBy } from './opening';

/**
 * What the stages before the provider need to know of a call, read from the body by its dialect without decoding it.
 * All of it is validated: a wrong type or range is a 400 that names the field.
 */
export interface CallFacts {
  /** As the caller wrote it. */
  readonly model: string;
  readonly stream: boolean;
  /** The caller's output cap per choice; absent when none is given. */
  readonly maxOutputTokens?: number;
  /** The field that holds the output cap, where the gateway would inject one: `max_completion_tokens`, `max_output_tokens`, `max_tokens`. */
  readonly maxOutputField: string;
  /** `n` (and `best_of`); 1 when absent. */
  readonly choices: number;
  /** Whether the caller asked for usage in the stream. Always true where the dialect always reports it. */
  readonly wantsStreamUsage: boolean;
  /** Names of server-side tools and remote MCP servers that the provider would run. */
  readonly serverTools: readonly string[];
  /** Those of `serverTools` that the call can do without: where they are not allowed, they are left out and nothing is refused. */
  readonly spareServerTools?: readonly string[];
  /** Fields that refer to state kept at the provider by names of this dialect's own, beside those that `storedReferenceIn` finds. */
  readonly storedReferences: readonly string[];
  /** What the provider may bill of the tools in `serverTools`, for bounding. */
  readonly toolUses: readonly ToolUse[];
  /** The most that is billed beside tokens, for bounding, and what is charged where no report counts it. Absent: a call, once. */
  readonly units?: UnitCounts;
  /** Pictures, documents, recordings and films in the body, for bounding. */
  readonly media: readonly Media[];
  /** What the answer shall hold beside text. Absent: the caller does not say. */
  readonly modalities?: readonly string[];
  readonly serviceTier?: string;
  /** The longest cache life that the body asks for, for bounding. */
  readonly cacheWrite?: '5m' | '1h';
  /** The window that the call switches on, in tokens, where its model has it. */
  readonly asksWindow?: number;
  /** A conversation that is long is summed up first, which is a reading and an answer of its own. */
  readonly compacts?: boolean;
  /** Tokens at most of a text that the answer is held against: what of it is not in the answer is billed as if it were. */
  readonly predictedTokens?: number;
  /** See `FormatNeeds`. */
  readonly effortWithTools?: FormatNeeds['effortWithTools'];
  /** What not every model takes that the dialect knows. */
  readonly asks?: ModelNeeds;
  readonly answersBySchema?: boolean;
  /** Fields of other providers' APIs that stand beside those of the dialect: see `ProtocolCodec.nativeFields`. */
  readonly nativeFields?: readonly string[];
}

/** What a call asks of its model that another of the same maker may not take. */
export interface ModelNeeds {
  readonly effort?: string;
  /** The model is to decide how much it thinks. */
  readonly adaptiveThinking?: true;
  /** Instructions stand between the turns. */
  readonly systemBetweenTurns?: true;
  readonly settings?: readonly AskedSetting[];
}

/** What a call says outside of its body, or of the body's fields. */
export interface CallEnvelope {
  /** The model, where the path names it. */
  readonly model?: string;
  /** Whether a stream is asked for, where the path says it. */
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Of a form. */
  readonly files?: readonly FormFile[];
}

/** Who gets a call in its own dialect. */
export interface ForwardedTo {
  /** Whoever made the dialect, not others who speak it. */
  readonly maker?: boolean;
  /** It runs no tools itself. */
  readonly runsNoTools?: boolean;
}

/** What is changed in a call that goes on in its own dialect. */
export interface ChangedFields {
  /** New values of top-level fields. */
  readonly changes: JsonObject;
  /** What the caller wrote and does not leave, for `x-gateway-warnings`. */
  readonly dropped: readonly string[];
}

/** What the encoder of an answer knows beside the answer. */
export interface EncodeContext<Asked extends AnyRequest = ModelRequest> {
  /** `x-gateway-request-id`. */
  readonly requestId: string;
  /** What the caller asked for; answers carry the model the provider named, or this when it named none. */
  readonly originalModel: string;
  /** Epoch seconds, for answers whose provider gives no time. */
  readonly createdAt: number;
  readonly wantsStreamUsage: boolean;
  /** The decoded request, for dialects that echo parts of it (Responses). */
  readonly request: Asked;
}

/** Turns stream events into one caller's bytes. Holds the state of one stream. */
export interface StreamEncoder {
  /** Text to send for this event; empty when the dialect has nothing to say. The `end` event yields the family's terminator. */
  encode(event: StreamEvent): string;
}

/**
 * How callers of one dialect are read and answered when they ask for one operation. Pure: no I/O, no clock, no environment.
 * Without type arguments: of an operation that whoever serves calls need not know.
 */
export interface DialectCodec<Asked extends AnyRequest = AnyRequest, Answered extends AnyAnswer = AnyAnswer> extends RoutedBy {
  readonly name: string;
  /** The top-level field in which a body names its model; undefined where the path names it. */
  readonly modelField: string | undefined;
  /** Its own names for the common model's fields. Absent: it has the same. */
  readonly fieldNames?: FieldNames;
  /** Its answers have a place for pictures that a model makes. */
  readonly showsPictures?: true;
  /** Reads what the gateway needs. Throws `GatewayError` 400 naming the field. */
  inspect(body: JsonObject, envelope?: CallEnvelope): CallFacts;
  /** Every text of a call with its place, without decoding the call: nothing is refused. */
  texts(document: JsonDocument): RequestTexts;
  /**
   * What must change in a call that is forwarded in its own dialect: a history may hold thinking of other providers in the
   * gateway's own marks, which a provider refuses. Undefined when nothing must.
   */
  forwardChanges?(body: JsonObject, to?: ForwardedTo): ChangedFields | undefined;
  /** Where a call names how many tokens of its output cap it thinks for: a top-level field and its member. */
  readonly thinkingBudgets?: readonly (readonly [field: string, member: string])[];
  /** Fields that a call which is forwarded in its own dialect must have so that its provider reports usage. */
  usageFields?(body: JsonObject, facts: CallFacts): JsonObject;
  /**
   * What must change in a call that is forwarded in its own dialect, so that the provider keeps nothing of it and looks nothing up: all
   * callers share one account there. Undefined when nothing must.
   *
   * @param storesUnasked the provider keeps what it is not told to forget
   */
  forget?(body: JsonObject, storesUnasked: boolean): ChangedFields | undefined;
  /** Leaves out what `spareServerTools` names. Only where `inspect` may find such tools. */
  withoutSpareTools?(body: JsonObject): ChangedFields;
  /** Reads the whole call. Throws `GatewayError` 400 naming what is wrong or what the common model cannot hold. */
  decodeRequest(body: JsonObject, envelope?: CallEnvelope): Asked;
  encodeResponse(response: Answered, context: EncodeContext<Asked>): JsonObject;
  /** Why a whole answer in this dialect ended, as far as it says so. Only where a model writes it. */
  finishReason?(answer: JsonObject): FinishReason | undefined;
  /** An answer that came in the caller's own dialect but not on the caller's terms, set right; undefined when nothing is wrong. */
  mendResponse?(answer: JsonObject, asked: JsonObject): JsonObject | undefined;
  /** Only where answers are streamed. */
  streamEncoder?(context: EncodeContext<Asked>): StreamEncoder;
  /** Status for this dialect's callers (a spent budget is 402, 429 or 429). */
  errorStatus(error: GatewayError): number;
  encodeError(error: GatewayError, requestId: string): JsonObject;
  /** The terminal event after which nothing follows, for an error once the stream has begun. Complete SSE text. */
  encodeStreamError(error: GatewayError, requestId: string): string;
  /** Headers by which this dialect's own clients show how near a budget is to its end. Others have `x-gateway-budget-*`. */
  budgetHeaders?(budget: BudgetState): Readonly<Record<string, string>>;
  /** Keeps a silent stream alive. Complete SSE text. */
  readonly heartbeat: string;
  /** What ends a complete stream whose provider forgot to say so; empty when the family has no terminator beside its last event. */
  readonly terminator: string;
}

/** How callers of one dialect are read and answered in a conversation. */
export interface Dialect extends DialectCodec<ModelRequest, ModelResponse> {
  finishReason(answer: JsonObject): FinishReason | undefined;
  streamEncoder(context: EncodeContext): StreamEncoder;
}

/** What an encoder of requests needs to know of the place it writes for. */
export interface TargetFacts {
  /** The model's name at the provider. */
  readonly requestModel: string;
  /** Named quirks of the provider, see `wire/providers`. */
  readonly quirks: ReadonlySet<string>;
  /** What is known of the model at this place. */
  readonly capabilities: Capabilities;
  /** Where the provider may read media for callers. */
  readonly mediaLocations?: readonly MediaLocationConfig[] | undefined;
}

/** A call as one provider wants it. */
export interface EncodedRequest {
  readonly body: JsonObject;
  /** Request fields dropped because they do not change the answer's meaning; reported in `x-gateway-warnings`. */
  readonly dropped: readonly string[];
}

/** One frame of a provider's stream: an SSE event or an AWS event-stream message. */
export interface Frame {
  /** SSE `event:` or AWS `:event-type` / `:exception-type`; `message` when SSE names none. */
  readonly event: string;
  /** SSE data or message payload as text. */
  readonly data: string;
  /** AWS `:message-type` `exception` or `error`. */
  readonly exception?: boolean;
}

/** Turns a provider's frames into events. Holds the state of one stream. */
export interface StreamDecoder {
  /** Never throws for what a provider sent: malformed frames are counted and skipped, provider errors become an `error` event. */
  decode(frame: Frame): StreamEvent[];
  /** The provider closed the stream: yields what is still open and `end`, or an `error` (`upstream_incomplete`) when the answer is not complete. */
  end(): StreamEvent[];
  /** Frames that were malformed and skipped. */
  readonly malformed: number;
}

/**
 * Watches a stream that is passed through untouched. Sees a copy of each frame and says what the gateway must know.
 * Must be cheap: parses only frames that can matter (`data.includes(...)` first).
 */
export interface StreamMeter {
  observe(frame: Frame): FrameVerdict;
  /** What the stream reported so far; the last value of each field wins. */
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly responseModel: string | undefined;
  /** The dialect's terminator was seen (`[DONE]`, `message_stop`, `response.completed`). */
  readonly terminated: boolean;
  /** Every choice has a finish reason, so the answer is complete even without a terminator. */
  readonly complete: boolean;
  /** The generated text seen, for an estimate when usage is missing. */
  readonly written: WrittenText;
  /** Frames that were malformed and dropped. */
  readonly malformed: number;
}

/**
 * What to do with a frame of a passed-through stream. `forward`: meaningful, send it. `preamble`: send it, but it commits to nothing yet
 * (role-only chunk, `message_start`, ping). `drop`: the caller must not see it (usage it did not ask for, malformed). `error`: the provider
 * failed. `failed`: the answer ends, by the provider's word `raw`, and is of no use; what follows only tells what it cost.
 */
export type FrameVerdict =
  | { readonly kind: 'forward' | 'preamble' | 'drop' }
  | { readonly kind: 'error'; readonly error: GatewayError }
  | { readonly kind: 'failed'; readonly raw: string };

/** An error answer of a provider, read leniently. */
export interface ProviderErrorFacts {
  readonly error: GatewayError;
  /** Another target or another try may succeed. */
  readonly failover: boolean;
}

/**
 * How providers of one wire format are written to and read when they are asked for one operation. Pure: no I/O, no clock, no environment.
 * Without type arguments: of an operation that whoever serves calls need not know.
 */
export interface ProtocolCodec<Asked extends AnyRequest = AnyRequest, Answered extends AnyAnswer = AnyAnswer> {
  readonly name: ProtocolName;
  readonly framing: 'sse' | 'aws-event-stream';
  /** Whether it has OpenAI's free-text (`custom`) tools. Where it has not, they are sent as functions. Default: false. */
  readonly freeTextTools?: boolean;
  /** Its own fields that callers of Chat Completions may write beside that API's: what OpenAI's packages send as `extra_body`. */
  readonly nativeFields?: readonly string[];
  /** What names of tools must look like, whatever the model. */
  readonly toolNames?: ToolNameGrammar;
  /** Whether every call has to name an output cap. Default: false. */
  readonly requiresOutputCap?: boolean;
  /** The lowest output cap that a call may name, in tokens; at most `LOWEST_CAP_TOKENS`. Default: 1. */
  readonly lowestCapTokens?: number;
  /** Writes the call. Throws `GatewayError` 400 (`unsupported_parameter`) naming what this protocol cannot say. */
  encodeRequest(request: Asked, target: TargetFacts): EncodedRequest;
  /** Reads a whole answer. Throws `GatewayError` 502 when it is not one; an error inside a 200 becomes that error. */
  decodeResponse(body: JsonObject): Answered;
  /** Whether a body is plainly an answer; what any other is, `decodeResponse` says. Default: one that names no error. */
  isAnswer?(body: JsonObject): boolean;
  /** Only where answers are streamed. @param asked the call, for those that tell by it what an answer means */
  streamDecoder?(asked?: Asked): StreamDecoder;
  /** Usage of a whole answer, disjointness handled; undefined when it reports none. */
  usage(body: JsonObject): Usage | undefined;
  /** Usage that stands in the answer's headers, for protocols whose bodies may report none. */
  headerUsage?(headers: Readonly<Record<string, string | string[] | undefined>>): Usage | undefined;
  /** For streams passed through in the same dialect; only protocols that are also dialects have one. */
  streamMeter?(options: { readonly hideUsage: boolean }): StreamMeter;
  /** Total: every (status, body, headers) maps to exactly one error. */
  decodeError(status: number, body: JsonObject | undefined, headers: Readonly<Record<string, string | undefined>>): ProviderErrorFacts;
}

/** How providers of one wire format are written to and read in a conversation. */
export interface Protocol extends ProtocolCodec<ModelRequest, ModelResponse> {
  streamDecoder(asked?: ModelRequest): StreamDecoder;
}

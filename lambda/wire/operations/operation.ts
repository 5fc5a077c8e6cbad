import type { BillingUnit } from '../model/price-unit';
import type { AnyRequest, Operation, ProtocolName } from '../model/request';
import type { AnyAnswer } from '../model/response';
import type { Capabilities } from '../models';
import type { ProtocolCodec } from '../protocols/protocol';

/** What a call's body is. A form has no output cap: what it asks for is not written by the token. */
export type BodyKind = 'json' | 'multipart';

/**
 * What an answer comes as. It is streamed where the caller asks for that and the operation has `sse` among its kinds; it is bytes of the
 * provider's own type, such as sound, where the operation has `bytes`: those are relayed as they come, whatever wire format asked for them.
 */
export type AnswerKind = 'json' | 'sse' | 'bytes';

/** What is known of the place that a call is made fit for. */
export interface FittingPlace {
  readonly quirks: readonly string[];
  readonly capabilities: Capabilities;
  /** The output cap was written by the gateway, in place of the one that the caller asked for, if it asked for one. */
  readonly lowered?: { readonly tokens: number; readonly asked: number | undefined };
  /** The caller's dialect has a place for pictures that a model makes. */
  readonly showsPictures: boolean;
  /** It reads media by their bytes alone, none by an address. */
  readonly fetchesNothing?: boolean;
}

/** A field that the gateway set. */
export interface WrittenField {
  readonly field: string;
  /** For people. */
  readonly value: string;
}

/** A call as a place takes it, and what reads its answer. */
export interface FittedCall<Asked extends AnyRequest, Answered extends AnyAnswer> {
  readonly protocol: ProtocolCodec<Asked, Answered>;
  readonly request: Asked;
  /** What nobody enforces now; reported in `x-gateway-warnings`. */
  readonly dropped: readonly string[];
  /** What was set to another value than the caller's, by the common model's names; reported there too. */
  readonly written: readonly WrittenField[];
}

/**
 * What one operation is. Whoever serves calls asks this, and never which operation it is: what one of them needs alone gets a field here,
 * which the others then have to answer too. `Asked` and `Answered` are its request and its answer, which its codecs alone look into.
 */
export interface OperationDeclaration<Asked extends AnyRequest = AnyRequest, Answered extends AnyAnswer = AnyAnswer> {
  readonly name: Operation;
  readonly body: BodyKind;
  readonly answers: readonly AnswerKind[];
  /** What an answer is billed in: a model has a price where it says what one of them costs. Empty: nobody is billed, so nothing is reserved. */
  readonly billedIn: readonly BillingUnit[];
  /**
   * A model writes the answer: it may have an output cap, the model may use tools of its provider,
   * and what was written tells what to charge where no report does.
   */
  readonly generates: boolean;
  /** Where no provider can answer, the gateway does, with an estimate of its own. */
  readonly estimated: boolean;
  /** What the caller's guardrail policies find in it is the answer: it goes to no provider, and its `model` is none. */
  readonly answeredByGuards: boolean;
  /** Fields whose texts a provider may take for the place of a picture or file, and fetch. */
  readonly mediaInTexts: readonly string[];
  /** Makes a call that is translated such that its place takes it, whatever the wire format there. Absent: it is taken as it is. */
  fit?(protocol: ProtocolCodec<Asked, Answered>, request: Asked, place: FittingPlace): FittedCall<Asked, Answered>;
  /**
   * How providers are asked for it, one file a wire format, loaded by the first call that needs it; those that are not named have no such
   * call. Absent: every wire format is made for it, and is its own codec. How callers ask is what their dialects declare.
   */
  readonly protocols?: Readonly<Partial<Record<ProtocolName, () => Promise<ProtocolCodec<Asked, Answered>>>>>;
}

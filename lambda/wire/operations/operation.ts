import type { BillingUnit } from '../model/price-unit';
import type { Operation, ProtocolName } from '../model/request';
import type { Protocol } from '../protocols/protocol';

/** What a call's body is. */
export type BodyKind = 'json';

/** What an answer comes as. An answer is streamed where the caller asks for that and the operation has `sse` among its kinds. */
export type AnswerKind = 'json' | 'sse';

/**
 * What one operation is. Whoever serves calls asks this, and never which operation it is: what one of them needs alone gets a field here,
 * which the others then have to answer too.
 */
export interface OperationDeclaration {
  readonly name: Operation;
  readonly body: BodyKind;
  readonly answers: readonly AnswerKind[];
  /** What an answer is billed in: a model has a price where it says what one of them costs. Empty: nobody is billed, so nothing is reserved. */
  readonly billedIn: readonly BillingUnit[];
  /**
   * A model writes the answer: it has an output cap, which is injected where the caller gives none, the model may use tools of its provider,
   * and what was written tells what to charge where no report does.
   */
  readonly generates: boolean;
  /** Where no provider can answer, the gateway does, with an estimate of its own. */
  readonly estimated: boolean;
  /** Fields whose texts a provider may take for the place of a picture or file, and fetch. */
  readonly mediaInTexts: readonly string[];
  /**
   * How providers are asked for it, one file a wire format, loaded by the first call that needs it; those that are not named have no such
   * call. Absent: every wire format is made for it, and is its own codec. How callers ask is what their dialects declare.
   */
  readonly protocols?: Readonly<Partial<Record<ProtocolName, () => Promise<Protocol>>>>;
}

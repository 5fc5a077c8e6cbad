import type { Reservation } from '../../money/ledger';
import type { GatewayError } from '../../platform/error';
import type { Soon } from '../../platform/runtime';
import type { AnyAnswer, Usage } from '../../wire/model';
import type { Trace } from '../after/trace';
import type { BoundedCall, RoutedCall } from '../before/call';
import type { Delivery } from '../relay/delivery';
import type { Departure } from '../relay/departure';
import type { EndedByStage } from '../relay/stages';

/** A call whose money and limits are set aside, and what its answer has to keep to. */
export interface AdmittedCall {
  /** As its guards let it go on. */
  call: RoutedCall;
  /** As it was admitted: what is set aside may be another reservation once a provider may bill what it was sent; see `coverNext`. */
  bounded: BoundedCall;
  reservation: Reservation;
  readonly trace: Trace;
  /** Characters of output after which a stream is a runaway. */
  maxOutputCharacters: number;
  /** Monotonic end of everything: the gateway's own deadline. */
  readonly totalAtMs: number;
  readonly departure: Departure;
}

/** What came of an answer, as far as it came. */
export interface Answer {
  /** A provider bills it. What no provider bills costs its caller nothing. */
  readonly billed: boolean;
  readonly usage: Usage | undefined;
  readonly responseModel: string | undefined;
  readonly finishReason: string | undefined;
  /** Tokens of the generated text that came, at most. */
  readonly writtenTokens: () => number;
  readonly malformed: number;
  /** The answer broke off. */
  readonly error?: GatewayError | undefined;
  /** How the caller is to be told of it, where the dialect's general words would not fit. */
  readonly terminal?: string;
  /** Monotonic, of the first text that the model wrote; 0 when not known. */
  readonly firstTextMs: number;
  readonly endedByStage?: EndedByStage | undefined;
  /** A whole answer, still to be sent. */
  readonly whole?: { readonly body: Buffer; readonly headers: Record<string, string> } | undefined;
}

/** The source has no answer to such a call; the next one is asked. The last reason is what the caller hears when none has. */
export interface Declined {
  readonly declined: GatewayError | undefined;
}

export const NOT_ASKED: Declined = { declined: undefined };

/** The caller's end of one call. */
export interface AnswerSink {
  /** For bytes that are the caller's already. */
  readonly delivery: Delivery;
  /** Carries an answer that needs no provider to the caller, in its dialect and streamed where it asked for that. Nobody is charged for it. */
  send(response: AnyAnswer): Promise<Answer>;
}

/** Answers admitted calls: a provider, an estimate. The gateway asks its sources in order until one answers. */
export interface AnswerSource {
  /** @throws UnansweredError when nobody else is to be asked either */
  answer(call: AdmittedCall, sink: AnswerSink): Soon<Answer | Declined>;
}

/** No source has an answer. */
export class UnansweredError extends Error {
  public constructor(public readonly error: GatewayError) {
    super(error.message, { cause: error });
    this.name = 'UnansweredError';
  }
}

import type { GatewayError } from '../../platform/error';
import type { FinishReason, Usage } from '../../wire/model';
import type { RawFrame } from './frames';
import type { EndedByStage } from './stages';

/** What a stream said of itself, as far as it came. */
export interface StreamReport {
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly responseModel: string | undefined;
  /** Tokens of the generated text at most, for an estimate when usage is missing. */
  readonly writtenTokens: () => number;
  readonly malformed: number;
  readonly endedByStage?: EndedByStage;
}

/** Where a translation puts what the caller is to get. */
export interface StreamSink {
  /** The provider says something, whether or not anything of it can be sent yet. */
  begun(): void;
  /** Bytes that commit to nothing yet. */
  preamble(bytes: Buffer | string): void;
  content(bytes: Buffer | string): void;
  /** The answer is complete; nothing may follow. */
  complete(): void;
  /** The provider failed; nothing may follow. */
  fail(error: GatewayError): void;
}

/** Turns a provider's frames into the caller's bytes. Holds the state of one stream. */
export interface StreamTranslation {
  frames(frames: readonly RawFrame[], sink: StreamSink): void;
  /** The provider closed the stream. */
  end(sink: StreamSink): void;
  /** The provider's answer is over, and something of it is still held back. */
  readonly pending: boolean;
  /** Ends an answer that has begun, in words that fit what was sent of it. Undefined: the dialect's own words for an answer it has not seen. */
  terminal(error: GatewayError): string | undefined;
  readonly report: StreamReport;
  /** Characters of generated text so far, free to ask per chunk. */
  readonly outputCharacters: number;
}

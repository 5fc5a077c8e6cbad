import type { GatewayError } from '../../platform/error';
import type { JsonValue } from '../../platform/json';
import type { AssistantPart, Citation, MediaSource, Opaque } from './request';
import type { Usage } from './usage';

/** Why the model stopped: in common words, and as the provider wrote it. */
export interface FinishReason {
  readonly unified: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'error' | 'other';
  readonly raw?: string;
  /** The stop sequence that was hit, where the provider names it. */
  readonly stopSequence?: string;
  /** What a model that refuses says of it, beside an answer that is then often empty. */
  readonly explanation?: string;
}

/** One alternative answer. */
export interface Choice {
  readonly content: readonly AssistantPart[];
  readonly finishReason: FinishReason;
  /** OpenAI's `logprobs` object, carried as it is. */
  readonly logprobs?: JsonValue;
}

/** What an answer says whatever was asked for. The rest is its operation's own, declared in its folder. */
export interface AnyAnswer {
  /** The name the provider answered with (`responseModel`). */
  readonly model?: string;
  readonly usage?: Usage;
}

/** What a model wrote, whole and in no dialect. */
export interface ModelResponse extends AnyAnswer {
  readonly id?: string;
  /** Epoch seconds. */
  readonly createdAt?: number;
  readonly choices: readonly Choice[];
  readonly serviceTier?: string;
  readonly systemFingerprint?: string;
}

/**
 * One step of a streamed answer. Blocks are numbered from 0 within their choice; every block that starts also ends,
 * and the next one starts only after it (decoders close and renumber interleaved blocks).
 * A complete stream is: `start`, blocks, `finish` per choice, `usage` at most once (the last value wins), then `end`.
 * `error` is terminal: nothing follows it, not even `end`.
 */
export type StreamEvent =
  | { readonly type: 'start'; readonly id?: string; readonly model?: string; readonly createdAt?: number; readonly usage?: Usage }
  | { readonly type: 'text-start'; readonly choice: number; readonly block: number }
  | { readonly type: 'text-delta'; readonly choice: number; readonly block: number; readonly text: string; readonly logprobs?: JsonValue }
  | { readonly type: 'text-end'; readonly choice: number; readonly block: number }
  | { readonly type: 'citation'; readonly choice: number; readonly block: number; readonly citation: Citation }
  | { readonly type: 'reasoning-start'; readonly choice: number; readonly block: number; readonly id?: string }
  | { readonly type: 'reasoning-delta'; readonly choice: number; readonly block: number; readonly text: string }
  | {
      readonly type: 'reasoning-end';
      readonly choice: number;
      readonly block: number;
      readonly signature?: Opaque;
      readonly redacted?: Opaque;
    }
  | {
      readonly type: 'tool-call-start';
      readonly choice: number;
      readonly block: number;
      readonly id: string;
      readonly name: string;
      readonly custom?: boolean;
      /** Where the provider gives it with the call; else it comes with `tool-call-end`. */
      readonly signature?: Opaque;
    }
  | { readonly type: 'tool-call-delta'; readonly choice: number; readonly block: number; readonly text: string }
  | { readonly type: 'tool-call-end'; readonly choice: number; readonly block: number; readonly signature?: Opaque }
  /** A picture that the model made: a block of its own, whole. */
  | { readonly type: 'image'; readonly choice: number; readonly block: number; readonly source: MediaSource }
  | { readonly type: 'refusal-start'; readonly choice: number; readonly block: number }
  | { readonly type: 'refusal-delta'; readonly choice: number; readonly block: number; readonly text: string }
  | { readonly type: 'refusal-end'; readonly choice: number; readonly block: number }
  | { readonly type: 'finish'; readonly choice: number; readonly reason: FinishReason }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly error: GatewayError };
